// Einsum: its equation with sizes, and the shape of what it gives.

import { nth } from '../../../base/invariant.js';
import type { Operation, Rule } from '../operation.js';
import { shapeOf, textOf } from '../operation.js';
import type { Fault, Known } from '../value.js';
import { fault, isFault, printSizes, valueOf } from '../value.js';

export interface Equation {
  /**
   * Labels of each operand, none twice: the diagonal of a repeated one is taken first. Axes
   * of an ellipsis have labels too.
   */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly sizes: ReadonlyMap<string, Known>;
}

/** `undefined` where an operand's rank is not known. */
export function einsumAt(op: Operation): Equation | Fault | undefined {
  const text = textOf(op, 'equation', '').replace(/\s/g, '');
  const [left = '', right, ...more] = text.split('->');
  const words = left.split(',');
  if (more.length > 0 || !/^[A-Za-z.,]*$/.test(left) || !/^[A-Za-z.]*$/.test(right ?? ''))
    return fault(`"${text}" is not an equation; expected labels such as bij,bjk->bik`);
  if (words.length !== op.inputs.length)
    return fault(`the equation "${text}" has ${words.length} operands but ${op.inputs.length} are given`);
  const shapes = words.map((_, i) => shapeOf(op, i));
  if (shapes.includes(undefined)) return undefined;
  const ranks = words.map((word, i) => shapes[i]!.length - word.replace('...', '').length);
  const stars = Math.max(0, ...words.map((word, i) => (word.includes('...') ? nth(ranks, i) : 0)));
  /** The axes of an ellipsis are aligned at the right; labels of their own, which no letter is. */
  const spelt = (word: string, rank: number): readonly string[] =>
    word
      .split('...')
      .flatMap((run, i) => [
        ...(i > 0 ? Array.from({ length: Math.max(0, rank) }, (_, at) => `.${stars - rank + at}`) : []),
        ...Array.from(run),
      ]);
  const sizes = new Map<string, Known>();
  for (const [i, word] of words.entries()) {
    const shape = shapes[i]!;
    const labels = spelt(word, nth(ranks, i));
    if (word.split('...').length > 2 || labels.some((l) => l === '.') || labels.length !== shape.length)
      return fault(`the operand "${word}" has the shape ${printSizes(shape)}`);
    for (const [j, label] of labels.entries()) {
      const [known, size] = [sizes.get(label), shape[j]];
      if (known !== undefined && known !== 1 && size !== undefined && size !== 1 && known !== size)
        return fault(`the label ${label} stands for both ${known} and ${size}`);
      sizes.set(label, known === undefined || known === 1 ? (size ?? known) : known);
    }
  }
  // An operand of size 1 along a label is stretched: it does not have it.
  const stretched = (i: number, at: number, label: string) => shapes[i]![at] === 1 && sizes.get(label) !== 1;
  const every = words.map((word, i) => spelt(word, nth(ranks, i)));
  const inputs = every.map((labels, i) => [...new Set(labels.filter((label, at) => !stretched(i, at, label)))]);
  const all = every.flat();
  const once = [...new Set(all)].filter((l) => l.startsWith('.') || all.indexOf(l) === all.lastIndexOf(l));
  const implied = [...once.filter((l) => l.startsWith('.')), ...once.filter((l) => !l.startsWith('.')).sort()];
  const output = right === undefined ? implied : spelt(right, stars);
  const strange = output.find((l) => !sizes.has(l));
  return strange === undefined
    ? { inputs, output, sizes }
    : fault(`the result has the label ${strange}, which no operand has`);
}

const einsum: Rule = (op) => {
  const equation = einsumAt(op);
  return equation === undefined || isFault(equation)
    ? equation
    : [valueOf(equation.output.map((l) => equation.sizes.get(l)))];
};

export const einsumRules: Readonly<Record<string, Rule>> = { Einsum: einsum };
