// Whether biases are added to the sums of a layer: as an input of its operator, or by a node
// behind it that folds into one.

import { entry } from '../../base/invariant.js';
import type { Body, GraphNode } from './graph.js';
import type { Value } from './value.js';
import type { Step } from './walk.js';

/** Where operators take a bias; others that become layers have no such input. */
const biasInput: Readonly<Record<string, number>> = {
  Conv: 2,
  ConvTranspose: 2,
  ConvInteger: Infinity,
  QLinearConv: 8,
  FusedConv: 2,
  NhwcConv: 2,
  NhwcFusedConv: 2,
  Gemm: 2,
  FusedGemm: 2,
  QGemm: 6,
  MatMul: Infinity,
  FusedMatMul: Infinity,
  MatMulInteger: Infinity,
  QLinearMatMul: Infinity,
  MatMulIntegerToFloat: 6,
  DynamicQuantizeMatMul: 4,
  MatMulNBits: 5,
  Einsum: Infinity,
};
const products: readonly string[] = ['MatMul', 'FusedMatMul', 'Einsum'];

/** What scales, rounds or moves sums on their way to the addition. */
const through: readonly string[] = [
  'Cast',
  'Mul',
  'Div',
  'DequantizeLinear',
  'QuantizeLinear',
  'Identity',
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Quant',
  'Trunc',
];
const additions: readonly string[] = ['Add', 'Sub'];
/** Their shift per channel becomes a bias of what is before. */
const shifting: readonly string[] = [
  'BatchNormalization',
  'BiasAdd',
  'BiasGelu',
  'FastGelu',
  'BiasSoftmax',
  'SkipLayerNormalization',
  'FusedBatchNormRelu',
];

/** Tells of every step whether its layer has biases. Where that cannot be seen it is taken to have them. */
export function biasesOf(steps: readonly Step[]): (step: Step) => boolean {
  const values = new Map<Body, Map<string, Value | undefined>>();
  for (const { op, origin, body, outputs } of steps) {
    const known = values.get(body) ?? new Map<string, Value | undefined>();
    values.set(body, known);
    for (const [i, name] of origin.inputs.entries()) known.set(name, op.inputs[i]);
    for (const [i, name] of origin.outputs.entries()) known.set(name, outputs[i]);
  }
  const readers = new Map<Body, ReadonlyMap<string, readonly GraphNode[]>>();

  return (step) => {
    const { origin: node, body } = step;
    const place = Object.hasOwn(biasInput, node.operator) ? entry(biasInput, node.operator) : undefined;
    if (place === undefined || (node.inputs[place] ?? '') !== '') return true;
    // A product of two values that the network computes, as in attention.
    if (products.includes(node.operator) && node.inputs.slice(0, 2).every((name) => !isFixed(body, name))) return false;
    return node.outputs.some((name) => addedTo(body, name, step.nested));
  };

  function addedTo(body: Body, name: string, nested: boolean): boolean {
    const reading = readersOf(body);
    // What leaves a function or a loop may meet its bias outside.
    const leaving = new Set(nested ? body.outputs.map((info) => info.name) : []);
    const seen = new Set<string>();
    const open = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (leaving.has(next)) return true;
      for (const reader of reading.get(next) ?? []) {
        if (shifting.includes(reader.operator)) return true;
        if (additions.includes(reader.operator) && reader.inputs.some((input) => isRow(body, input))) return true;
        if (through.includes(reader.operator)) open.push(...reader.outputs);
      }
    }
    return false;
  }

  function readersOf(body: Body): ReadonlyMap<string, readonly GraphNode[]> {
    const known = readers.get(body);
    if (known) return known;
    const found = new Map<string, GraphNode[]>();
    for (const node of body.nodes)
      for (const name of new Set(node.inputs)) found.set(name, [...(found.get(name) ?? []), node]);
    readers.set(body, found);
    return found;
  }

  /** What follows from the file with a number for each channel (of each group), or one for all. */
  function isRow(body: Body, name: string): boolean {
    if (!isFixed(body, name)) return false;
    const shape = values.get(body)?.get(name)?.shape;
    return !shape || shape.filter((size) => size !== 1).length <= 1 || shape.at(-2) === 1;
  }

  function isFixed(body: Body, name: string): boolean {
    return name === '' || values.get(body)?.get(name)?.fixed === true;
  }
}
