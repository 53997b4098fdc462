// From a node with known shapes to the layer that it computes, or to the reason why it is not mapped.

import type { Bounds, Layer } from '../../model/layer.js';
import { makeLayer } from '../../model/layer.js';
import { tooLarge } from '../limits.js';
import { isStandard, operatorName } from './graph.js';
import type { Step } from './infer.js';
import { numberOf } from './operation.js';
import { einsumLabels, einsumSizes, operands, productAt } from './rules/products.js';
import { windowOf } from './rules/windows.js';
import type { Fault, Known, Shape, Value } from './value.js';
import { fault, isFault, knownVolume } from './value.js';

export type Finding =
  | { readonly kind: 'layer'; readonly layer: Layer }
  | { readonly kind: 'unmapped'; readonly operator: string }
  /** A layer whose size is not known, and why. */
  | { readonly kind: 'blocked'; readonly blame: string }
  | { readonly kind: 'fault'; readonly message: string };

/** Which inputs are image and weights, by operator. */
const convolutions: Readonly<Record<string, readonly [number, number]>> = { Conv: [0, 1], ConvInteger: [0, 1], QLinearConv: [0, 3], FusedConv: [0, 1] };
const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);
const vendorLayers = ['FusedConv', 'FusedMatMul', 'FusedGemm', 'QGemm', 'DynamicQuantizeMatMul', 'MatMulIntegerToFloat'];

/** Whether an operator is one that becomes layers: standard ones, and ONNX Runtime's fused forms of them. */
export function isLayerOperator(domain: string, operator: string): boolean {
  const known = operator === 'Einsum' || own(convolutions, operator) !== undefined || own(operands, operator) !== undefined;
  return known && (vendorLayers.includes(operator) ? domain === 'com.microsoft' : isStandard(domain));
}

export function findingOf(step: Step, isFunction: boolean): Finding {
  const { node } = step.op;
  const name = operatorName(node);
  if (isFunction) return { kind: 'unmapped', operator: `${name} (function of the file, not looked into)` };
  const inside = [...node.attributes.values()].flatMap((a) => (a.kind === 'graph' ? a.operators : []));
  if (inside.length > 0) {
    const layers = inside.filter((operator) => isLayerOperator('', operator)).length;
    const lost = layers === 0 ? '' : `, ${layers} of them multiplying`;
    return { kind: 'unmapped', operator: `${name} (subgraph of ${inside.length} operator${inside.length === 1 ? '' : 's'}${lost}, not looked into)` };
  }
  if (!isLayerOperator(node.domain, node.operator)) return { kind: 'unmapped', operator: name };
  const found = own(convolutions, node.operator) ? convolutionLayer(step) : node.operator === 'Einsum' ? einsumLayer(step) : productLayer(step);
  if (typeof found === 'string') return { kind: 'unmapped', operator: `${name} (${found})` };
  if (isFault(found)) return { kind: 'fault', message: found.fault };
  if (!('bounds' in found)) return { kind: 'blocked', blame: found.blame };
  const excess = tooLarge(found);
  return excess === undefined ? { kind: 'layer', layer: found } : { kind: 'fault', message: excess };
}

/** A layer, why its operator is not mapped, a contradiction, or what keeps its size from being known. */
type Found = Layer | string | Fault | { readonly blame: string };

const blocked = (...values: readonly (Value | undefined)[]): { readonly blame: string } => ({
  blame: values.find((v) => v?.blame !== undefined)?.blame ?? 'the file does not say its shape; export the model with shapes',
});

/** A layer once every bound is known and at least 1. */
function layerOf({ op, outputs }: Step, bounds: Partial<Readonly<Record<keyof Bounds, Known>>>, options: Parameters<typeof makeLayer>[2], needs: readonly (Value | undefined)[]): Found {
  for (const [d, size] of Object.entries(bounds)) {
    if (size === undefined) return blocked(...needs, ...outputs);
    if (size < 1 || !Number.isSafeInteger(size)) return fault(`its dimension ${d} would be ${size}; expected a whole number of at least 1`);
  }
  return makeLayer(op.node.name, bounds as Partial<Bounds>, options);
}

/** W[K, C per group, (height,) width]: the last axis is the width, hence P and R; a 1-D convolution has Q = S = 1. */
function convolutionLayer(step: Step): Found {
  const { op, outputs } = step;
  const [image, weights] = convolutions[op.node.operator]!.map((i) => op.inputs[i]);
  const [x, w, y] = [image?.shape, weights?.shape, outputs[0]?.shape];
  if (w === undefined) return blocked(weights);
  if (w.length === 5) return '3-D; only 1-D and 2-D convolutions are mapped';
  if (w.length !== 3 && w.length !== 4) return fault(`the weights have ${w.length} axes; expected 3 or 4`);
  if (y === undefined || y.length !== w.length) return blocked(image, outputs[0]);
  const window = windowOf(op, w.length - 2, w.slice(2));
  if (isFault(window)) return window;
  const groups = numberOf(op, 'group', 1);
  if (!Number.isSafeInteger(groups) || groups < 1) return fault(`group is ${groups}; expected a whole number of at least 1`);
  const [k, c] = [w[0], w[1]];
  if (k !== undefined && k % groups !== 0) return fault(`${k} output channels do not divide into ${groups} groups`);
  const channels = x?.[1];
  if (c !== undefined && channels !== undefined && channels !== c * groups) {
    return fault(`the image has ${channels} channels but the weights are for ${c * groups} (${groups} groups of ${c})`);
  }
  const width = w.length - 3;
  const height = width - 1;
  const bounds = {
    N: y[0],
    G: groups,
    K: k === undefined ? undefined : k / groups,
    C: c,
    P: y[width + 2],
    Q: height < 0 ? 1 : y[height + 2],
    R: window.kernel[width],
    S: height < 0 ? 1 : window.kernel[height],
  };
  const pair = (list: readonly number[]): readonly [number, number] => [list[width]!, list[height] ?? 1];
  return layerOf(step, bounds, { stride: pair(window.stride), dilation: pair(window.dilation) }, [image, weights]);
}

/** Batch axes that only the left side has are rows of one product; those that the right side has too are products of their own. */
function productLayer(step: Step): Found {
  const { op } = step;
  const [left, right] = operands[op.node.operator]!;
  const needs = [op.inputs[left], op.inputs[right]];
  const p = productAt(op);
  if (p === undefined) return blocked(...needs);
  if (isFault(p)) return p;
  const { rows, groups } = foldBatch(p.batchA, p.batchB);
  return layerOf(step, { G: groups, P: times(rows, p.m), K: p.n, C: p.c }, {}, needs);
}

const times = (a: Known, b: Known): Known => (a === undefined || b === undefined ? undefined : a * b);

function foldBatch(a: Shape, b: Shape): { readonly rows: Known; readonly groups: Known } {
  let rows: Known = 1;
  let groups: Known = 1;
  for (let i = 1; i <= Math.max(a.length, b.length); i++) {
    const [x, y] = [i > a.length ? 1 : a.at(-i), i > b.length ? 1 : b.at(-i)];
    if (y === 1) rows = times(rows, x);
    else groups = times(groups, y ?? x);
  }
  return { rows, groups };
}

/** Labels of both sides and the result are groups, of both sides alone are summed over, of one side are rows or columns. */
function einsumLayer(step: Step): Found {
  const { op } = step;
  const labels = einsumLabels(op);
  if (labels === undefined || labels.inputs.length !== 2) return 'only two plain operands are mapped';
  const sizes = einsumSizes(op);
  if (isFault(sizes)) return sizes;
  if (sizes === undefined) return blocked(...op.inputs);
  const [a, b] = labels.inputs as readonly [string, string];
  const all = [...new Set(a + b)];
  const size = (test: (l: string) => boolean) => knownVolume(all.filter(test).map((l) => sizes.get(l)));
  const [inA, inB, out] = [a, b, labels.output].map((word) => (l: string) => word.includes(l)) as [Test, Test, Test];
  const summed = all.filter((l) => inA(l) && inB(l) && !out(l));
  if (summed.length === 0) return 'sums over nothing';
  if (all.some((l) => inA(l) !== inB(l) && !out(l))) return 'sums over an axis of one operand alone';
  const bounds = { G: size((l) => inA(l) && inB(l) && out(l)), P: size((l) => inA(l) && !inB(l)), K: size((l) => inB(l) && !inA(l)), C: size((l) => summed.includes(l)) };
  return layerOf(step, bounds, {}, op.inputs);
}
type Test = (label: string) => boolean;

