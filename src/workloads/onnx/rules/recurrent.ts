// Shape rules of the recurrent operators.

import type { Rule } from '../operation.js';
import { numberOf, shapeOf, textOf } from '../operation.js';
import { valueOf } from '../value.js';

/** Y over all steps, then the last state (and the last cell). `layout` 1 puts the batch first. */
const recurrent: Rule = (op) => {
  const x = shapeOf(op, 0);
  const hidden = numberOf(op, 'hidden_size', 0) || shapeOf(op, 2)?.[2];
  const directions = textOf(op, 'direction', 'forward') === 'bidirectional' ? 2 : 1;
  if (numberOf(op, 'layout', 0) === 1) {
    const [batch, steps] = [x?.[0], x?.[1]];
    return op.node.outputs.map((_, i) => valueOf(i === 0 ? [batch, steps, directions, hidden] : [batch, directions, hidden]));
  }
  const [steps, batch] = [x?.[0], x?.[1]];
  return op.node.outputs.map((_, i) => valueOf(i === 0 ? [steps, directions, batch, hidden] : [directions, batch, hidden]));
};

export const recurrentRules: Readonly<Record<string, Rule>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
