// Shape rules of operators that make tensors from nothing or from shapes: Constant, Shape, Range, Expand, Tile.

import { defined, nth } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { allOf, dataOf, numberOf, numbersOf, shapeOf } from '../operation.js';
import { foldLimit } from '../graph.js';
import type { Known, Shape } from '../value.js';
import {
  broadcast,
  constantValue,
  fault,
  isFault,
  isSmall,
  knownVolume,
  listValue,
  positions,
  printSizes,
  strides,
  valueOf,
} from '../value.js';

const constant: Rule = ({ node }) => {
  const [attribute] = [...node.attributes]
    .filter(([name]) => name.startsWith('value') || name === 'sparse_value')
    .map(([, a]) => a);
  switch (attribute?.kind) {
    case 'tensor':
      return [constantValue(attribute.value)];
    case 'number':
      return [valueOf([], [attribute.value], attribute.whole)];
    case 'numbers':
      return [
        valueOf(
          [attribute.values.length],
          attribute.values.length <= foldLimit ? attribute.values : undefined,
          attribute.whole,
        ),
      ];
    case 'text':
      return [valueOf([])];
    default:
      return undefined;
  }
};

const negative = (shape: Shape) => fault(`the wanted shape ${printSizes(shape)} holds a negative size`);

const constantOfShape: Rule = (op) => {
  const shape = dataOf(op, 0);
  if (shape === undefined) return rankOnly(op, 0);
  if (shape.some((d) => d !== undefined && d < 0)) return negative(shape);
  const a = op.node.attributes.get('value');
  const fill = a?.kind === 'tensor' ? a.value.values?.[0] : 0;
  const whole = a?.kind === 'tensor' && a.value.whole;
  return [valueOf(shape, isSmall(shape) ? new Array<Known>(defined(knownVolume(shape))).fill(fill) : undefined, whole)];
};

/** The length of a list of sizes is the rank of what is made from it. */
function rankOnly(op: Operation, input: number) {
  const rank = shapeOf(op, input)?.[0];
  return rank === undefined || rank > 64 ? undefined : [valueOf(new Array<Known>(rank).fill(undefined))];
}

const shape: Rule = (op) => {
  const x = shapeOf(op, 0);
  if (x === undefined) return [valueOf([undefined], undefined, true)];
  const end = op.node.attributes.has('end') ? numberOf(op, 'end', 0) : x.length;
  return [listValue(x.slice(numberOf(op, 'start', 0), end))];
};

const size: Rule = (op) => [valueOf([], [knownVolume(shapeOf(op, 0))], true)];

const range: Rule = (op) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => dataOf(op, i)?.[0]);
  if (start === undefined || limit === undefined || delta === undefined) return [valueOf([undefined])];
  if (delta === 0) return fault('the step of a Range is 0');
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  const whole = op.inputs.every((x) => x?.whole === true);
  return [
    valueOf(
      [count],
      count <= foldLimit ? Array.from({ length: count }, (_, i) => start + i * delta) : undefined,
      whole,
    ),
  ];
};

const expand: Rule = (op) => {
  const [x, given] = [shapeOf(op, 0), dataOf(op, 1)];
  if (x === undefined || given === undefined) return undefined;
  if (given.some((d) => d !== undefined && d < 0)) return negative(given);
  // The batch that the exporter saw, in the shape or in the tensor, stretches to the new one.
  const { from, to: now } = op.rebatch ?? {};
  const stale = (a: Known, b: Known | undefined) => from !== undefined && a === from && b === now;
  const behind = given.length - x.length;
  const tensor = x.map((d, i) => (stale(d, given[i + behind]) ? now : d));
  const to = broadcast([tensor, given.map((d, i) => (stale(d, x[i - behind]) ? now : d))]);
  if (isFault(to)) return to;
  const data = dataOf(op, 0);
  if (data === undefined || !isSmall(to) || !isSmall(x)) return [valueOf(to)];
  return [
    valueOf(
      to,
      [...positions(to, [strides(x, to.length)])].map(([at]) => data[defined(at)]),
      op.inputs[0]!.whole,
    ),
  ];
};

const tile: Rule = (op) => {
  const [x, repeats] = [shapeOf(op, 0), dataOf(op, 1)];
  if (x === undefined) return undefined;
  if (repeats === undefined) return [valueOf(x.map(() => undefined))];
  if (repeats.length !== x.length) return fault(`${repeats.length} repeats for the shape ${printSizes(x)}`);
  const to = x.map((d, i) => (d === undefined || repeats[i] === undefined ? undefined : d * repeats[i]));
  const data = dataOf(op, 0);
  const list = x.length === 1 && isSmall(to) && data !== undefined;
  return [
    valueOf(
      to,
      list ? Array.from({ length: nth(to, 0) }, (_, i) => data[i % data.length]) : undefined,
      op.inputs[0]!.whole,
    ),
  ];
};

const eyeLike: Rule = (op) => [valueOf(shapeOf(op, 0))];
const random: Rule = (op) => {
  const given = numbersOf(op, 'shape');
  return given && [valueOf(given)];
};
const windowFunction: Rule = (op) => [valueOf([allOf(op, 0)?.[0]])];

export const makingRules: Readonly<Record<string, Rule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shape,
  Size: size,
  Range: range,
  Expand: expand,
  Tile: tile,
  EyeLike: eyeLike,
  RandomNormal: random,
  RandomUniform: random,
  HannWindow: windowFunction,
  HammingWindow: windowFunction,
  BlackmanWindow: windowFunction,
};
