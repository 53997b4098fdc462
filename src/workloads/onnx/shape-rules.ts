// The shape rule of every operator that has one: plain tables, put together.

import type { GraphNode } from './graph.js';
import { isStandard } from './graph.js';
import type { Rule } from './operation.js';
import { attentionRules } from './rules/attention-rules.js';
import { channelsLast } from './rules/channels-last.js';
import { einsumRules } from './rules/einsum-rules.js';
import { elementwiseRules } from './rules/elementwise.js';
import { layoutRules } from './rules/layout-rules.js';
import { makingRules } from './rules/making.js';
import { productRules } from './rules/products.js';
import {
  channelsLastRules,
  isChannelsLastDomain,
  isQuantiserDomain,
  plainName,
  quantiserRules,
} from './rules/quantisers.js';
import { recurrentRules } from './rules/recurrent-rules.js';
import { reductionRules } from './rules/reduction.js';
import { resamplingRules } from './rules/resampling.js';
import { selectionRules } from './rules/selection.js';
import { spectralRules } from './rules/spectral.js';
import { vendorRules } from './rules/vendor.js';
import { windowRules } from './rules/windows.js';

const standardRules: Readonly<Record<string, Rule>> = {
  ...elementwiseRules,
  ...layoutRules,
  ...makingRules,
  ...productRules,
  ...einsumRules,
  ...attentionRules,
  ...recurrentRules,
  ...reductionRules,
  ...resamplingRules,
  ...selectionRules,
  ...spectralRules,
  ...windowRules,
};

/** ONNX Runtime's layout transformation: standard operators, channels of the image last. */
export const nhwcDomain = 'com.ms.internal.nhwc';

const find = (rules: Readonly<Record<string, Rule>>, name: string) =>
  Object.hasOwn(rules, name) ? rules[name] : undefined;

export function ruleFor({ domain, operator }: Pick<GraphNode, 'domain' | 'operator'>): Rule | undefined {
  if (isStandard(domain)) return find(standardRules, operator);
  if (domain === 'com.microsoft') return find(vendorRules, operator);
  if (domain === nhwcDomain) {
    const rule = find(standardRules, operator);
    return rule && channelsLast(rule);
  }
  if (isChannelsLastDomain(domain)) return find(channelsLastRules, operator);
  return isQuantiserDomain(domain) ? find(quantiserRules, plainName(operator)) : undefined;
}
