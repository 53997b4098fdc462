// The recurrent operators: their sizes and the shapes of what they give.

import type { Operation, Rule } from '../operation.js';
import { numberOf, shapeOf, textOf } from '../operation.js';
import type { Known } from '../value.js';
import { valueOf } from '../value.js';

export interface Recurrence {
  readonly steps: Known;
  readonly batch: Known;
  /** The width of what comes in, and of the state. */
  readonly width: Known;
  readonly hidden: Known;
  readonly directions: number;
}

export function recurrenceOf(op: Operation): Recurrence {
  const x = shapeOf(op, 0);
  const [first, second] = [x?.[0], x?.[1]];
  const packed = op.node.operator === 'DynamicQuantizeLSTM';
  return {
    steps: isBatchFirst(op) ? second : first,
    batch: isBatchFirst(op) ? first : second,
    width: x?.[2] ?? shapeOf(op, 1)?.[packed ? 1 : 2],
    hidden: numberOf(op, 'hidden_size', 0) || shapeOf(op, 2)?.[packed ? 1 : 2],
    directions: textOf(op, 'direction', 'forward') === 'bidirectional' ? 2 : 1,
  };
}

const isBatchFirst = (op: Operation) => numberOf(op, 'layout', 0) === 1;

/** Y over all steps, then the last state (and the last cell). `layout` 1 puts the batch first. */
export const recurrent: Rule = (op) => {
  const { steps, batch, hidden, directions } = recurrenceOf(op);
  const shapes = isBatchFirst(op)
    ? [
        [batch, steps, directions, hidden],
        [batch, directions, hidden],
      ]
    : [
        [steps, directions, batch, hidden],
        [directions, batch, hidden],
      ];
  return op.node.outputs.map((_, i) => valueOf(shapes[Math.min(i, 1)]));
};

export const recurrentRules: Readonly<Record<string, Rule>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
