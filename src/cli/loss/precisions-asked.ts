// Which precisions are measured: those that a command names, or those of a space.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { maxWordBits, minWordBits, precision } from '../../interchange/schema.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { Precision } from '../../quantize/quantize-options.js';
import { precisionIn } from '../../quantize/quantize-options.js';

/** What is tried where neither the space nor the command says: the widths that hardware is built for. */
const usual = [8, 6, 5, 4];

/** What is tried of a space: `given`, or what its menus hold. The widest first. */
export function precisionsIn(
  given: readonly string[] | undefined,
  { menus }: DesignSpace,
): Parsed<readonly Precision[]> {
  if (given) {
    const read = given.map((text): Parsed<Precision> => {
      const read = precision().safeParse(text.trim());
      const found = read.success ? precisionIn(read.data) : undefined;
      return found
        ? parsed(found)
        : refuse(
            'invalid-value',
            [],
            `--precisions ${text}: expected w8a8, w4a8 and the like, ${minWordBits} to ${maxWordBits} bits`,
          );
    });
    const faults = faultsOf(...read);
    return faults.length > 0 ? refused(faults) : parsed(read.flatMap((r) => (r.ok ? [r.value] : [])));
  }
  const { weightPrecision: w, inputPrecision: a } = menus;
  const [weights, inputs] = w.length * a.length > 1 ? [w, a] : [usual, usual];
  return parsed(
    weights
      .toReversed()
      .flatMap((weightBits) => inputs.toReversed().map((bits) => ({ weightBits, bits })))
      .sort((x, y) => y.weightBits + y.bits - (x.weightBits + x.bits) || y.weightBits - x.weightBits),
  );
}
