// The shape of a layer as files hold it: bounds, strides, dilations, what stands behind it, and its own names.

import type { Dimension, Layer, Tensor } from '../model/workload/layer.js';
import { dimensions, tensors } from '../model/workload/layer.js';
import { residentTensors } from '../model/workload/resident.js';
import { z } from 'zod';
import { flag, oneOf, record, text, whole } from './schema.js';

/** As magnet names it, beside what its own file calls things. */
export type ShapeFile = Omit<Layer, 'name'>;

export const shapeFile = ({ name: _, ...shape }: Layer): ShapeFile => shape;

const bounds = record(
  'bounds',
  Object.fromEntries(dimensions.map((d) => [d, whole(1)])) as Record<
    (typeof dimensions)[number],
    ReturnType<typeof whole>
  >,
);
/** Without those that have none. */
const given = (
  names: Readonly<Partial<Record<Dimension | Tensor, string | undefined>>>,
): NonNullable<Layer['called']> => Object.fromEntries(Object.entries(names).filter(([, name]) => name !== undefined));

const axis = <D extends string>(dims: readonly D[]) =>
  record('an axis', { dim: oneOf<D>('dimension', dims), factor: whole(1) });
/** How weights that stay lie in the weight buffers. */
export const layoutField = record('a layout of weights', {
  block: whole(1).optional(),
  fold: record('a fold', { R: whole(1), S: whole(1) }).optional(),
  split: z.literal(true).optional(),
  mapped: record('bounds', { G: whole(1), K: whole(1), C: whole(1), R: whole(1), S: whole(1) }),
  columns: axis(['K', 'G'] as const),
  rows: axis(['P', 'C', 'G'] as const),
  lanes: whole(1),
  vector: whole(1),
});

/** What lies in the global buffer as a whole, and the banks that are taken there. */
const resident = record('what stays', {
  input: flag().optional(),
  output: flag().optional(),
  residual: flag().optional(),
  weights: record('weights that stay', { held: flag(), layout: layoutField }).optional(),
  banks: whole(0),
});

export const shape = record('a shape', {
  bounds,
  stride: record('a stride', { P: whole(1), Q: whole(1) }),
  dilation: record('a dilation', { R: whole(1), S: whole(1) }),
  pool: record('a pool', { P: whole(1), Q: whole(1) }).optional(),
  bias: flag().optional(),
  residual: flag().optional(),
  weightBits: whole(1).optional(),
  inputBits: whole(1).optional(),
  diagonal: flag().optional(),
  fromHost: flag().optional(),
  resident: resident.optional(),
  called: record(
    'names',
    Object.fromEntries([...dimensions, ...tensors].map((x) => [x, text().optional()])) as Record<
      Dimension | Tensor,
      ReturnType<ReturnType<typeof text>['optional']>
    >,
  ).optional(),
}).transform(
  (
    { pool, bias, residual, weightBits, inputBits, diagonal, fromHost, resident: stays, called, ...rest },
    context,
  ): ShapeFile => {
    const pooled = pool && pool.P * pool.Q > 1;
    if (pooled && residual)
      context.addIssue({
        code: 'custom',
        path: ['residual'],
        message: 'a layer has a pool or a residual behind it, not both; leave one out',
      });
    return {
      ...rest,
      ...(pooled && { pool }),
      ...(bias === false && { bias }),
      ...(residual && { residual }),
      ...(weightBits !== undefined && { weightBits }),
      ...(inputBits !== undefined && { inputBits }),
      ...(diagonal === false && { diagonal }),
      ...(fromHost && { fromHost }),
      ...(stays && {
        resident: {
          ...Object.fromEntries(residentTensors.flatMap((t) => (stays[t] ? [[t, true]] : []))),
          ...(stays.weights && { weights: stays.weights }),
          banks: stays.banks,
        },
      }),
      ...(called && { called: given(called) }),
    };
  },
);
