// From a node with known shapes to the layers that it computes, or to the reason why it has none.

import type { Bounds } from '../../model/workload/layer.js';
import { macs, makeLayer } from '../../model/workload/layer.js';
import type { CountedLayer, Unmapped } from '../../model/workload/network.js';
import { tooLarge } from '../size-limits.js';
import { bodiesOf, operatorName } from './graph.js';
import type { Part, Pieces } from './products/part.js';
import { productsFor } from './products/product-table.js';
import type { Fault, Value } from './value.js';
import { fault, isFault } from './value.js';
import type { Step } from './walk.js';

export type Finding =
  | { readonly kind: 'layers'; readonly layers: readonly CountedLayer[]; readonly rest: Unmapped | undefined }
  /** A layer whose size is not known, and why. */
  | { readonly kind: 'blocked'; readonly blame: string }
  | { readonly kind: 'fault'; readonly message: string };

const unmapped = (operator: string, macs: number | null): Finding => ({
  kind: 'layers',
  layers: [],
  rest: { operator, count: 1, macs },
});

export function findingOf(step: Step, hasBiases: (step: Step) => boolean): Finding {
  const { node } = step.op;
  const name = operatorName(node);
  if (step.control) {
    const { remark, open, blame } = step.control;
    return blame === undefined ? unmapped(`${name} (${remark})`, open ? null : 0) : { kind: 'blocked', blame };
  }
  const inside = bodiesOf(node).size;
  if (inside > 0) return unmapped(`${name} (its ${inside === 1 ? 'graph' : 'graphs'} cannot be followed)`, null);
  const products = productsFor(node);
  if (products === undefined) return unmapped(name, 0);
  const pieces = products(step.op, step.outputs);
  const finding = isFault(pieces)
    ? { kind: 'fault' as const, message: pieces.fault }
    : foundIn(step, name, pieces, hasBiases);
  if (finding.kind !== 'blocked' || step.steady) return finding;
  return unmapped(`${name} (its size changes from one trip of the loop around it to the next)`, null);
}

function foundIn(step: Step, name: string, { parts, counted }: Pieces, hasBiases: (step: Step) => boolean): Finding {
  const layers: CountedLayer[] = [];
  for (const part of parts) {
    const layer = layerOf(step, part, part.bias ?? hasBiases(step));
    if ('blame' in layer) return { kind: 'blocked', blame: layer.blame };
    if (isFault(layer)) return { kind: 'fault', message: layer.fault };
    if (layer.count > 0) layers.push(layer);
  }
  if (counted) {
    if (counted.macs === undefined) return { kind: 'blocked', blame: blameOf(step) };
    const total = counted.macs === null ? null : counted.macs * step.times;
    if (total !== null && !Number.isSafeInteger(total))
      return {
        kind: 'fault',
        message: `it has ${total.toPrecision(4)} multiply-accumulates; at most 2^53 are counted exactly`,
      };
    return {
      kind: 'layers',
      layers,
      rest: { operator: counted.why === '' ? name : `${name} (${counted.why})`, count: step.times, macs: total },
    };
  }
  // Nothing is left of a product of empty tensors, or of a convolution all of whose outputs are zeros.
  return layers.length > 0 ? { kind: 'layers', layers, rest: undefined } : unmapped(`${name} (nothing to multiply)`, 0);
}

const blameOf = ({ op, outputs }: Step): string =>
  [...op.inputs, ...outputs].find((v: Value | undefined) => v?.blame !== undefined)?.blame ??
  'the file does not say its shape; export the model with shapes';

/** A layer once every bound is known; none where one of them is 0. */
function layerOf(step: Step, part: Part, bias: boolean): CountedLayer | Fault | { readonly blame: string } {
  const { bounds, stride, dilation, suffix = '' } = part;
  const known = 'count' in part ? part.count : 1;
  if (known === undefined) return { blame: blameOf(step) };
  let empty = known === 0;
  for (const [d, size] of Object.entries(bounds)) {
    if (size === undefined) return { blame: blameOf(step) };
    if (size < 0 || !Number.isSafeInteger(size))
      return fault(`its dimension ${d} would be ${size}; expected a whole number of at least 1`);
    empty ||= size === 0;
  }
  const times = known * step.times;
  if (!Number.isSafeInteger(times)) return fault(`it would run ${times} times; at most 2^53 are counted exactly`);
  const layer = makeLayer(`${step.op.node.name}${suffix}`, empty ? {} : (bounds as Partial<Bounds>), {
    ...(stride && { stride }),
    ...(dilation && { dilation }),
    bias,
  });
  const total = macs(layer) * times;
  const beyond =
    `has ${total.toPrecision(4)} multiply-accumulates over all its trips; ` + 'at most 2^53 are counted exactly';
  const excess = tooLarge(layer) ?? (total > Number.MAX_SAFE_INTEGER ? beyond : undefined);
  return excess === undefined ? { layer, count: empty ? 0 : times } : fault(excess);
}
