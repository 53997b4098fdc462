// Einsum as layers: two operands at a time, from the left.

import { nth } from '../../../base/invariant.js';
import { einsumAt } from '../rules/einsum-rules.js';
import { isFault } from '../value.js';
import type { Part, Products } from './part.js';
import { times, unknownPart } from './part.js';

/**
 * Of two operands, labels that both and the result have are groups (G), those that both have and the result has not are
 * summed (C), those of one side alone are rows (P) or columns (K). A label of one side that nobody needs behind is
 * summed before, which multiplies nothing.
 */
export const einsum: Products = (op) => {
  const equation = einsumAt(op);
  if (equation === undefined) return unknownPart;
  if (isFault(equation)) return equation;
  const { inputs, output, sizes } = equation;
  const parts: Part[] = [];
  let left: readonly string[] = inputs[0] ?? [];
  for (let i = 1; i < inputs.length; i++) {
    const later = new Set([...output, ...inputs.slice(i + 1).flat()]);
    const right = nth(inputs, i);
    const size = (labels: readonly string[]) => times(...labels.map((l) => sizes.get(l)));
    const both = left.filter((l) => right.includes(l));
    const [rows, columns] = [
      left.filter((l) => !right.includes(l) && later.has(l)),
      right.filter((l) => !left.includes(l) && later.has(l)),
    ];
    parts.push({
      bounds: {
        G: size(both.filter((l) => later.has(l))),
        P: size(rows),
        K: size(columns),
        C: size(both.filter((l) => !later.has(l))),
      },
      suffix: inputs.length > 2 ? `.${i}` : '',
    });
    left = [...new Set([...both.filter((l) => later.has(l)), ...rows, ...columns])];
  }
  return { parts };
};
