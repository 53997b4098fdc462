// Operators whose images have their channels behind height and width: as the standard ones, with axes moved.

import type { Operation, Rule } from '../operation.js';
import type { Shape, Value } from '../value.js';
import { isFault } from '../value.js';

const toFront = (shape: Shape): Shape => (shape.length < 3 ? shape : [shape[0], shape.at(-1), ...shape.slice(1, -1)]);
const toBack = (shape: Shape): Shape => (shape.length < 3 ? shape : [shape[0], ...shape.slice(2), shape[1]]);
const moved = (value: Value, by: (shape: Shape) => Shape): Value => ({
  ...value,
  shape: value.shape && by(value.shape),
  data: undefined,
});

/** The operation with the channels of the inputs at these places in front. */
export const channelsFirst = (op: Operation, at: readonly number[]): Operation => ({
  ...op,
  inputs: op.inputs.map((x, i) => (x && at.includes(i) ? moved(x, toFront) : x)),
});

export const outputsFirst = (outputs: readonly Value[]): readonly Value[] =>
  outputs.map((value) => moved(value, toFront));

export const channelsLast =
  (rule: Rule, at: readonly number[] = [0]): Rule =>
  (op) => {
    const result = rule(channelsFirst(op, at));
    return result === undefined || isFault(result) ? result : result.map((value) => moved(value, toBack));
  };
