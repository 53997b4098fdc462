// A network's graph as files hold it: tensors, steps with what they multiply and move, placement, folds, totals.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { flag, nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';
import { check } from '../interchange/schema.js';
import { fusedTotals, productsOf, tensorWords, totalsByKind, trafficOf } from '../model/workload/graph-traffic.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { foldReasons, stepKinds } from '../model/workload/network-graph.js';
import { listOf } from './fields.js';
import { hostFunctionField } from './host-function-field.js';
import { shape, shapeFile } from '../interchange/layer-shape.js';

export const networkGraphSchema = 'magnet-graph/1';

/** What the graph is, and what follows from it: products and words of each step, totals. */
export function graphFile(graph: NetworkGraph) {
  const words = tensorWords(graph);
  return {
    schema: networkGraphSchema,
    ...graph,
    steps: graph.steps.map((step) => ({
      ...(step.kind === 'layer'
        ? {
            ...step,
            layers: step.layers.map(({ layer, count }) => ({ name: layer.name, count, layer: shapeFile(layer) })),
          }
        : step),
      macs: productsOf(step),
      words: trafficOf(step, words),
    })),
    totals: totalsByKind(graph),
    fused: fusedTotals(graph),
  };
}

const anyWhole = () =>
  z.number({ error: 'expected a whole number' }).refine(Number.isSafeInteger, 'expected a whole number');
const real = () => z.number({ error: 'expected a number' });
const sizes = () => listOf('sizes', whole(0));
const names = () => listOf('names', z.string());
const pair = (min: number) => z.tuple([whole(min), whole(min)]);
const weights = record('weights', { kind: z.literal('weights'), value: text(), shape: sizes() });
const operand = z.union([record('a tensor', { kind: z.literal('tensor'), name: text() }), weights], {
  error: 'expected {kind: "tensor", name} or {kind: "weights", value, shape}',
});
const numbers = record('numbers', {
  kind: z.literal('numbers'),
  shape: sizes(),
  values: listOf('numbers', real()),
});
const padding = record('padding', { top: anyWhole(), bottom: anyWhole(), left: anyWhole(), right: anyWhole() });
const operator = { name: z.string(), operator: text() };

const affine = z.union(
  [
    record('a batch norm', {
      kind: z.literal('batch-norm'),
      scale: weights,
      shift: weights,
      mean: weights,
      variance: weights,
      epsilon: real(),
    }),
    record('a scale or a shift', {
      kind: oneOf('kind', ['multiply', 'divide', 'add', 'subtract', 'subtract-from'] as const),
      value: z.union([weights, real()]),
    }),
  ],
  { error: 'expected a batch norm, or {kind, value}' },
);
const epilogue = record('an epilogue', {
  bias: weights.optional(),
  affine: listOf('scales and shifts', affine).optional(),
  residual: record('a residual', {
    tensor: text(),
    negative: oneOf('operand', ['sums', 'residual'] as const).optional(),
  }).optional(),
  clip: record('limits', { low: real().nullable(), high: real().nullable() }).optional(),
  pool: record('a pool', { P: whole(1), Q: whole(1) }).optional(),
});

const run = z.discriminatedUnion('kind', [
  record('a convolution', { kind: z.literal('convolution'), padding, weights: operand }),
  record('a product', {
    kind: z.literal('product'),
    left: operand,
    right: operand,
    transposed: record('what is transposed', { left: flag(), right: flag() }),
    flattened: record('a feature map', { channels: whole(1), height: whole(1), width: whole(1) }).optional(),
  }),
  record('a layer that is costed', { kind: z.literal('costed'), why: text() }),
]);
const window = record('a window', { kernel: pair(1), stride: pair(1), dilation: pair(1), padding });

const ofEvery = {
  name: z.string(),
  operators: listOf('operators', record('an operator', operator)),
  inputs: names(),
  outputs: names(),
  epilogue,
  macs: nonNegative().nullable(),
  words: record('words', { read: nonNegative().nullable(), written: nonNegative().nullable(), weights: nonNegative() }),
};
const step = z.discriminatedUnion('kind', [
  record('a layer', {
    ...ofEvery,
    kind: z.literal('layer'),
    layers: listOf('layers', record('a layer', { name: text(), count: whole(1), layer: shape })),
    run,
    counted: nonNegative().nullable(),
  }),
  record('a pool', {
    ...ofEvery,
    kind: z.literal('pool'),
    mode: oneOf('mode', ['max', 'average'] as const),
    window,
    countPadding: flag(),
    global: flag(),
  }),
  record('an addition', {
    ...ofEvery,
    kind: z.literal('addition'),
    operands: z.tuple([operand, operand]),
    signs: z.tuple([z.literal(1), z.union([z.literal(1), z.literal(-1)])]),
  }),
  record('a multiplication', {
    ...ofEvery,
    kind: z.literal('multiplication'),
    operands: z.tuple([operand, operand]),
    perChannel: flag(),
  }),
  record('an upsampling', { ...ofEvery, kind: z.literal('upsampling'), factor: pair(1) }),
  record('a scale', { ...ofEvery, kind: z.literal('scale'), axis: whole(0).nullable() }),
  record('work of the host', {
    ...ofEvery,
    kind: z.literal('host'),
    operator: text(),
    work: record('what it computes', {
      function: hostFunctionField,
      operands: listOf('operands', z.union([operand, numbers])),
    }).optional(),
    counted: nonNegative().nullable(),
    picks: text().optional(),
  }),
]);

const placed = { ...operator, inputs: listOf('operands', operand), outputs: names() };
const placement = z.discriminatedUnion('kind', [
  record('a concat', { ...placed, kind: z.literal('concat'), axis: whole(0), offsets: sizes() }),
  record('a split', { ...placed, kind: z.literal('split'), axis: whole(0), offsets: sizes() }),
  record('a slice', { ...placed, kind: z.literal('slice'), starts: sizes(), steps: listOf('steps', anyWhole()) }),
  record('a reshape', { ...placed, kind: z.literal('reshape') }),
  record('a transpose', { ...placed, kind: z.literal('transpose'), order: sizes() }),
]);

const tensor = record('a tensor', {
  name: text(),
  shape: sizes().nullable(),
  producer: z.discriminatedUnion('kind', [
    record('an input', { kind: z.literal('input') }),
    record('a step', { kind: z.literal('step'), step: whole(0) }),
    record('a placement', { kind: z.literal('placement'), placement: whole(0) }),
  ]),
  consumers: listOf('steps', whole(0)),
  placements: listOf('placements', whole(0)),
});

export const graphForm = record('a graph', {
  schema: z.literal(networkGraphSchema),
  name: text(),
  source: text(),
  inputs: names(),
  outputs: names(),
  tensors: listOf('tensors', tensor),
  steps: listOf('steps', step),
  placements: listOf('placements', placement),
  folds: listOf('folds', record('a fold', { ...operator, reason: oneOf('reason', foldReasons) })),
  totals: listOf(
    'totals',
    record('a total', {
      kind: oneOf('kind', stepKinds),
      steps: whole(1),
      words: nonNegative().nullable(),
      products: nonNegative().nullable(),
    }),
  ),
  fused: listOf(
    'additions and pools',
    record('additions or pools', {
      what: oneOf('kind', ['addition', 'pool'] as const),
      count: whole(1),
      fused: whole(0),
      alone: nonNegative().nullable(),
      moved: nonNegative().nullable(),
    }),
  ),
});

/** The graph alone, as plain data again; figures that follow from it are left out. */
export function parseGraph(data: unknown): Parsed<NetworkGraph> {
  const read = check(graphForm, data);
  if (!read.ok) return read;
  const { name, source, inputs, outputs, tensors, steps, placements, folds } = read.value;
  return {
    ok: true,
    value: {
      name,
      source,
      inputs,
      outputs,
      tensors,
      placements,
      folds,
      steps: steps.map(({ macs: _m, words: _w, ...s }) =>
        s.kind === 'layer'
          ? { ...s, layers: s.layers.map(({ name: of, count, layer }) => ({ layer: { name: of, ...layer }, count })) }
          : s,
      ),
    },
  };
}
