// Attention of the standard and of ONNX Runtime: sizes of its products, and the shapes of what it gives.

import type { Operation, Rule } from '../operation.js';
import { dataOf, has, numberOf, numbersOf, shapeOf } from '../operation.js';
import type { Fault, Known, Shape } from '../value.js';
import { fault, isFault, printSizes, valueOf } from '../value.js';

export interface Heads {
  readonly batch: Known;
  readonly heads: Known;
  /** Fewer than `heads` where several queries share keys and values. */
  readonly kvHeads: Known;
  readonly queries: Known;
  /** Keys in all: those of the cache and the new ones. */
  readonly keys: Known;
  /** Width of a key and of a value in one head. */
  readonly depth: Known;
  readonly valueDepth: Known;
  /** Where the operator itself projects its input: rows, width in, width out. */
  readonly projection?: { readonly rows: Known; readonly c: Known; readonly k: Known };
  readonly outputs: readonly (Shape | undefined)[];
}
export type HeadsRule = (op: Operation) => Heads | Fault | undefined;

const add = (a: Known, b: Known): Known => (a === undefined || b === undefined ? undefined : a + b);
const times = (a: Known, b: Known): Known => (a === undefined || b === undefined ? undefined : a * b);
function divided(size: Known, by: Known, what: string): Known | Fault {
  if (size === undefined || by === undefined) return undefined;
  return by >= 1 && size % by === 0 ? size / by : fault(`${what} of ${size} does not divide into ${by} heads`);
}
const firstFault = (...sizes: readonly (Known | Fault)[]): Fault | undefined =>
  sizes.find((d): d is Fault => typeof d === 'object');

/** The `layout` of one operand: batch, heads, length, width of a head; from three axes by the number of heads. */
function split(shape: Shape | undefined, heads: Known, what: string): readonly [Known, Known, Known, Known] | Fault {
  if (shape === undefined) return [undefined, heads, undefined, undefined];
  if (shape.length === 4) return [shape[0], shape[1], shape[2], shape[3]];
  if (shape.length !== 3) return fault(`${what} has the shape ${printSizes(shape)}; expected three or four axes`);
  const width = divided(shape[2], heads, `the width of ${what}`);
  return typeof width === 'object' ? width : [shape[0], heads, shape[1], width];
}

/** Operator set 23: Q, K, V, mask, past key, past value. */
export const standardAttention: HeadsRule = (op) => {
  const [q, k, v] = [shapeOf(op, 0), shapeOf(op, 1), shapeOf(op, 2)];
  const attribute = (name: string) => numberOf(op, name, 0) || undefined;
  const flat = q?.length === 3;
  const [queries, keys, values] = [
    split(q, attribute('q_num_heads'), 'Q'),
    split(k, attribute('kv_num_heads'), 'K'),
    split(v, attribute('kv_num_heads'), 'V'),
  ];
  if (isFault(queries)) return queries;
  if (isFault(keys)) return keys;
  if (isFault(values)) return values;
  if (flat && queries[1] === undefined) return fault('q_num_heads is missing; operands of three axes need it');
  const [batch, heads, length, depth] = queries;
  const total = has(op, 4) ? add(shapeOf(op, 4)?.[2], keys[2]) : keys[2];
  const [kvHeads, valueDepth] = [keys[1] ?? values[1], values[3]];
  const outputs: Shape[] = [
    flat ? [batch, length, times(heads, valueDepth)] : [batch, heads, length, valueDepth],
    [batch, kvHeads, total, depth],
    [batch, kvHeads, total, valueDepth],
    [batch, heads, length, total],
  ];
  return { batch, heads, kvHeads, queries: length, keys: total, depth: depth ?? keys[3], valueDepth, outputs };
};

/** The length of a cache: what the operator is told is in it, else all of it. */
const cached = (op: Operation, told: number, cache: Known): Known => (has(op, told) ? dataOf(op, told)?.[0] : cache);

/**
 * ONNX Runtime's first one: projections of queries, keys and values in one, then heads. `past` is
 * [2, batch, heads, length, depth].
 */
const projectedAttention =
  (past: number, told: number): HeadsRule =>
  (op) => {
    const [x, w] = [shapeOf(op, 0), shapeOf(op, 1)];
    const heads = numberOf(op, 'num_heads', 0);
    const third = divided(w?.[1], 3, 'the width of the weights');
    const sizes = numbersOf(op, 'qkv_hidden_sizes');
    const [k, v] = sizes?.length === 3 ? [sizes[1], sizes[2]] : [third, third];
    if (typeof k === 'object') return k;
    if (typeof v === 'object') return v;
    const [depth, valueDepth] = [divided(k, heads, 'the width of keys'), divided(v, heads, 'the width of values')];
    const bad = firstFault(depth, valueDepth);
    if (bad) return bad;
    if (x !== undefined && x.length !== 3)
      return fault(`the input has the shape ${printSizes(x)}; expected batch, length, width`);
    const [batch, length] = [x?.[0], x?.[1]];
    const cache = shapeOf(op, past);
    const shares = numberOf(op, 'past_present_share_buffer', 0) === 1;
    const total = has(op, past) ? add(shares ? cached(op, told, undefined) : cache?.[3], length) : length;
    return {
      batch,
      heads,
      kvHeads: heads,
      queries: length,
      keys: total,
      depth: depth as Known,
      valueDepth: valueDepth as Known,
      projection: { rows: times(batch, length), c: w?.[0] ?? x?.[2], k: w?.[1] },
      outputs: [[batch, length, v], shares ? cache : [2, batch, heads, total, depth as Known]],
    };
  };

/**
 * Queries, keys and values apart, or packed into one or two operands of five axes; keys
 * of four axes are ready and past.
 */
const multiHead =
  (past: number, told: number): HeadsRule =>
  (op) => {
    const [q, k, v] = [shapeOf(op, 0), has(op, 1) ? shapeOf(op, 1) : null, has(op, 2) ? shapeOf(op, 2) : null];
    const heads = numberOf(op, 'num_heads', 0);
    if (q === undefined || k === undefined || v === undefined) return undefined;
    const ready = k !== null && k.length === 4;
    const depth = q.length === 5 ? q[4] : divided(q[2], heads, 'the width of queries');
    const valueDepth = v === null || v.length >= 4 ? (v?.[3] ?? depth) : divided(v[2], heads, 'the width of values');
    const bad = firstFault(depth, valueDepth);
    if (bad) return bad;
    const [batch, length] = [q[0], q[1]];
    const fresh = k === null ? length : ready ? k[2] : k[1];
    const total = has(op, past) ? add(cached(op, told, shapeOf(op, past)?.[2]), fresh) : fresh;
    const present: Shape = has(op, told) ? (shapeOf(op, past) ?? []) : [batch, heads, total, depth as Known];
    const out: Shape = [batch, length, times(heads, valueDepth as Known)];
    return {
      batch,
      heads,
      kvHeads: heads,
      queries: length,
      keys: total,
      depth: depth as Known,
      valueDepth: valueDepth as Known,
      outputs: [out, present, present, [batch, heads, length, total]],
    };
  };

/** Several queries to a key; past key and value are inputs 3 and 4, the total length may be told. */
const groupQuery: HeadsRule = (op) => {
  const [q, k] = [shapeOf(op, 0), has(op, 1) ? shapeOf(op, 1) : null];
  if (q === undefined || k === undefined) return undefined;
  const [heads, kvHeads] = [numberOf(op, 'num_heads', 0), numberOf(op, 'kv_num_heads', 0)];
  const depth =
    k === null
      ? divided(q[2], heads + 2 * kvHeads, 'the width of queries, keys and values')
      : divided(q[2], heads, 'the width of queries');
  if (typeof depth === 'object') return depth;
  const [batch, length] = [q[0], q[1]];
  const cache = has(op, 3) ? shapeOf(op, 3)?.[2] : 0;
  const fresh = k === null ? length : k.length === 4 ? k[2] : k[1];
  const total = (has(op, 6) ? dataOf(op, 6)?.[0] : undefined) ?? add(cache, fresh);
  const kept: Shape = [
    batch,
    kvHeads,
    total === undefined || cache === undefined ? undefined : Math.max(cache, total),
    depth,
  ];
  return {
    batch,
    heads,
    kvHeads,
    queries: length,
    keys: total,
    depth,
    valueDepth: depth,
    outputs: [[batch, length, times(heads, depth)], kept, kept],
  };
};

const ruleOf =
  (heads: HeadsRule): Rule =>
  (op) => {
    const found = heads(op);
    return found === undefined || isFault(found) ? found : found.outputs.map((shape) => valueOf(shape));
  };

export const attentionRules: Readonly<Record<string, Rule>> = { Attention: ruleOf(standardAttention) };

/** ONNX Runtime's, by operator. */
export const vendorHeads: Readonly<Record<string, HeadsRule>> = {
  Attention: projectedAttention(4, 6),
  QAttention: projectedAttention(8, Infinity),
  MultiHeadAttention: multiHead(6, 8),
  DecoderMaskedMultiHeadAttention: multiHead(5, 7),
  GroupQueryAttention: groupQuery,
};
export const vendorAttentionRules: Readonly<Record<string, Rule>> = Object.fromEntries(
  Object.entries(vendorHeads).map(([name, heads]) => [name, ruleOf(heads)]),
);
