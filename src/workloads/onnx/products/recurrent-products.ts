// LSTM, GRU and RNN as layers: what comes in for all steps at once, the state step by step.

import type { Operation } from '../operation.js';
import { has, numberOf } from '../operation.js';
import { recurrenceOf } from '../rules/recurrent-rules.js';
import type { Part, Products } from './part.js';
import { times } from './part.js';

/**
 * The input does not wait for the state: per direction one product of all steps with the weights of all gates. The
 * state does: a product per step and direction, gates that read the same state side by side along K. Peepholes and what
 * joins the gates are element by element.
 */
const recurrence =
  (gates: number, apart: (op: Operation) => number = () => 0): Products =>
  (op) => {
    const { steps, batch, width, hidden, directions } = recurrenceOf(op);
    // One tensor holds the biases of both products.
    const bias = has(op, 3);
    const state = (side: number, suffix: string): Part => ({
      bounds: { P: batch, K: times(side, hidden), C: hidden },
      count: times(steps, directions),
      suffix,
      bias,
    });
    const alone = apart(op);
    return {
      parts: [
        {
          bounds: { P: times(steps, batch), K: times(gates, hidden), C: width },
          count: directions,
          suffix: '.input',
          bias,
        },
        state(gates - alone, '.state'),
        ...(alone > 0 ? [state(alone, '.candidate')] : []),
      ],
    };
  };

export const lstm = recurrence(4);
export const rnn = recurrence(1);
/**
 * The candidate of a GRU reads the state that its reset gate has let through, unless the gate comes behind the product.
 */
export const gru = recurrence(3, (op) => (numberOf(op, 'linear_before_reset', 0) === 0 ? 1 : 0));
