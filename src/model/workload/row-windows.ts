// Which rows of what it reads a step needs for some rows of what it makes, and the step that makes these alone.

import { nth } from '../../base/invariant.js';
import type { GraphStep, Operand, Padding } from './network-graph.js';

/** Rows of an image from one on up to another, which is not among them. */
export interface RowRange {
  readonly from: number;
  readonly upTo: number;
}

/** So many rows in bands of nearly the same number, the larger first; undefined where a band would have none. */
export function bandRows(rows: number, bands: number): readonly RowRange[] | undefined {
  if (bands > rows) return undefined;
  const each = Math.ceil(rows / bands);
  const cuts = Array.from({ length: bands }, (_, i) => ({
    from: Math.min(rows, i * each),
    upTo: Math.min(rows, (i + 1) * each),
  }));
  return cuts.every(({ from, upTo }) => from < upTo) ? cuts : undefined;
}

/** A window along rows. */
interface RowWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
  /** Rows of the window's places for one row of the result: more than one under a pool of the epilogue. */
  readonly pooled: number;
}

function windowOf(step: GraphStep): RowWindow | undefined {
  if (step.kind === 'pool') {
    const { kernel, stride, dilation, padding } = step.window;
    return { kernel: kernel[0], stride: stride[0], dilation: dilation[0], padding, pooled: 1 };
  }
  if (step.kind !== 'layer' || step.run.kind !== 'convolution') return undefined;
  const { bounds, stride, dilation } = nth(step.layers, 0).layer;
  const pooled = step.epilogue.pool?.Q ?? 1;
  return { kernel: bounds.S, stride: stride.Q, dilation: dilation.S, padding: step.run.padding, pooled };
}

/** Rows that windows look at, those in the padding too. */
function looked({ kernel, stride, dilation, padding, pooled }: RowWindow, { from, upTo }: RowRange): RowRange {
  const first = from * pooled * stride - padding.top;
  return { from: first, upTo: (upTo * pooled - 1) * stride + (kernel - 1) * dilation + 1 - padding.top };
}

const inside = ({ from, upTo }: RowRange, rows: number): RowRange => ({
  from: Math.max(0, from),
  upTo: Math.min(rows, upTo),
});

/** Rows that a step reads of each of its inputs, in their order, for some rows of its result; `rows` has how many there are. */
export function rowsRead(
  step: GraphStep,
  made: RowRange,
  rows: (tensor: string) => number,
): readonly { readonly tensor: string; readonly range: RowRange }[] {
  const window = windowOf(step);
  return step.inputs.map((tensor, i) => ({
    tensor,
    range: window && i === 0 ? inside(looked(window, made), rows(tensor)) : made,
  }));
}

/** The step that makes some rows alone, of inputs that have the rows which it reads of them and no others. */
export function withRows(
  step: GraphStep,
  made: RowRange,
  rows: (tensor: string) => number,
  inputs: readonly string[],
): GraphStep {
  const window = windowOf(step);
  const padding = (given: Padding): Padding => {
    if (!window) return given;
    const { from, upTo } = looked(window, made);
    // A last window may look beyond the padding, which is in no average.
    const bottom = Math.max(0, Math.min(given.bottom, upTo - rows(nth(step.inputs, 0))));
    return { ...given, top: Math.max(0, -from), bottom };
  };
  switch (step.kind) {
    case 'layer': {
      if (step.run.kind !== 'convolution') break;
      const Q = (made.upTo - made.from) * (step.epilogue.pool?.Q ?? 1);
      const { residual } = step.epilogue;
      return {
        ...step,
        inputs,
        epilogue: {
          ...step.epilogue,
          ...(residual && { residual: { ...residual, tensor: nth(inputs, inputs.length - 1) } }),
        },
        layers: step.layers.map(({ layer, count }) => ({
          layer: { ...layer, bounds: { ...layer.bounds, Q } },
          count,
        })),
        run: { ...step.run, padding: padding(step.run.padding) },
      };
    }
    case 'pool':
      return { ...step, inputs, window: { ...step.window, padding: padding(step.window.padding) } };
    case 'addition': {
      const operand = (x: Operand): Operand =>
        x.kind === 'tensor' ? { kind: 'tensor', name: nth(inputs, step.inputs.indexOf(x.name)) } : x;
      const [a, b] = step.operands;
      return { ...step, inputs, operands: [operand(a), operand(b)] };
    }
    default:
  }
  throw new Error(`invariant: ${step.name} makes no rows`);
}
