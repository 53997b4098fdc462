// Operators of which nothing is left: without effect, rounding alone, or zeros that a convolution takes as padding.

import { nth } from '../../base/invariant.js';
import type { Padding } from '../../model/workload/network-graph.js';
import { operatorName } from '../onnx/graph.js';
import { dataOf, has, listOf, numberOf, textOf } from '../onnx/operation.js';
import { isQuantiserDomain, plainName } from '../onnx/rules/quantisers.js';
import type { Step } from '../onnx/walk.js';
import type { GraphBuilder } from './graph-builder.js';
import { shapeMade, shapeRead } from './graph-builder.js';
import type { Handler } from './place-operators.js';

/** Whether anything but the first output is wanted. */
export const wantsMore = (b: GraphBuilder, { op: { node } }: Step): boolean =>
  node.outputs.slice(1).some((name) => name !== '' && (b.readersOf(name).length > 0 || b.leaves(name)));

const identity: Handler = (b, at) => {
  const x = b.input(at, 0);
  if (x === undefined || wantsMore(b, at)) return false;
  b.fold(at, 'identity', x);
  return true;
};

/** Between kinds of real numbers, or of whole ones, and from those to real numbers. */
const cast: Handler = (b, at) => {
  const [from, to] = [at.op.inputs[0]?.whole, at.outputs[0]?.whole];
  return (from === to || (from === true && to === false)) && identity(b, at);
};

/** In training it drops. */
const dropout: Handler = (b, at) => {
  const training = at.op.inputs[2];
  return (training === undefined || training.data?.[0] === 0) && identity(b, at);
};

const quantiser: Handler = (b, at) => {
  const x = b.input(at, 0);
  if (x === undefined) return false;
  b.fold(at, 'quantiser', x);
  return true;
};

/** Zeros around an image of which convolutions alone read: as much padding of theirs. */
const pad: Handler = (b, at) => {
  const { op } = at;
  const [x, shape] = [b.input(at, 0), shapeRead(at, 0)];
  const pads = listOf(op, 'pads', 1);
  if (!x || !shape || !pads || has(op, 3) || pads.length !== 2 * shape.length) return false;
  if (pads.every((p) => p === 0)) return identity(b, at);
  const value = has(op, 2) ? dataOf(op, 2)?.[0] : numberOf(op, 'value', 0);
  if (value !== 0 || textOf(op, 'mode', 'constant') !== 'constant' || pads.some((p) => p < 0)) return false;
  const rank = shape.length;
  const besides = pads.some((p, i) => p !== 0 && i % rank < 2);
  const name = nth(op.node.outputs, 0);
  const readers = b.readersOf(name);
  const forConvolutions =
    readers.length > 0 && readers.every((r) => operatorName(r) === 'Conv' && r.inputs.indexOf(name) === 0);
  if (besides || rank < 3 || rank > 4 || b.leaves(name) || !forConvolutions || x.kind !== 'tensor' || x.padding)
    return false;
  const at4 = (i: number) => nth(pads, i);
  const padding: Padding = {
    top: rank === 4 ? at4(2) : 0,
    left: at4(rank - 1),
    bottom: rank === 4 ? at4(rank + 2) : 0,
    right: at4(2 * rank - 1),
  };
  b.fold(at, 'padding', x, { padding });
  return true;
};

/** A resize to the same size. */
export const sameSize: Handler = (b, at) => {
  const [x, made] = [shapeRead(at, 0), shapeMade(at)];
  return x !== null && made !== null && x.every((d, i) => d === made[i]) && identity(b, at);
};

const rounding: readonly string[] = ['Quant', 'IntQuant', 'FloatQuant', 'FixedPoint', 'BipolarQuant', 'Trunc'];
const standard: Readonly<Record<string, Handler>> = {
  Identity: identity,
  Dropout: dropout,
  Cast: cast,
  CastLike: cast,
  Pad: pad,
  QuantizeLinear: quantiser,
  DequantizeLinear: quantiser,
};

export const foldHandlers: Readonly<Record<string, Handler>> = standard;
/** Of other domains. */
export const foreignHandler = ({ op: { node } }: Step): Handler | undefined => {
  if (node.domain === 'com.microsoft')
    return ['QuantizeLinear', 'DequantizeLinear'].includes(node.operator) ? quantiser : undefined;
  return isQuantiserDomain(node.domain) && rounding.includes(plainName(node.operator)) ? quantiser : undefined;
};
