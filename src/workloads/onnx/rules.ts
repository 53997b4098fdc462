// The shape rule of every operator that has one: plain tables, put together.

import type { GraphNode } from './graph.js';
import { isStandard } from './graph.js';
import type { Rule } from './operation.js';
import { elementwiseRules } from './rules/elementwise.js';
import { layoutRules } from './rules/layout.js';
import { makingRules } from './rules/making.js';
import { productRules } from './rules/products.js';
import { recurrentRules } from './rules/recurrent.js';
import { reductionRules } from './rules/reduction.js';
import { resamplingRules } from './rules/resampling.js';
import { selectionRules } from './rules/selection.js';
import { vendorRules } from './rules/vendor.js';
import { windowRules } from './rules/windows.js';

const standardRules: Readonly<Record<string, Rule>> = {
  ...elementwiseRules,
  ...layoutRules,
  ...makingRules,
  ...productRules,
  ...recurrentRules,
  ...reductionRules,
  ...resamplingRules,
  ...selectionRules,
  ...windowRules,
};

const find = (rules: Readonly<Record<string, Rule>>, name: string) => (Object.hasOwn(rules, name) ? rules[name] : undefined);

export function ruleFor({ domain, operator }: GraphNode): Rule | undefined {
  if (isStandard(domain)) return find(standardRules, operator);
  return domain === 'com.microsoft' ? find(vendorRules, operator) : undefined;
}
