// Where in the global buffer the operands of a run lie that stay there, and where its tiles have room beside them.

import type { ResidentPlaces } from '../rtl/program/region.js';

/** What stays of the operands of a run, where, and which banks are left for tiles. */
export interface RunPlaces {
  readonly places: Pick<ResidentPlaces, 'input' | 'output' | 'residual' | 'weights'>;
  readonly free: readonly boolean[];
}

/** Banks for both tiles of inputs and of outputs, of so many banks each; undefined where what is left has gaps too small. */
export function tileBanks(
  { free }: Pick<RunPlaces, 'free'>,
  inputs: number,
  outputs: number,
): ResidentPlaces['tiles'] | undefined {
  const left = [...free];
  const take = (n: number): number | undefined => {
    if (n === 0) return 0;
    const first = left.findIndex((_, b) => b + n <= left.length && left.slice(b, b + n).every(Boolean));
    if (first < 0) return undefined;
    left.fill(false, first, first + n);
    return first;
  };
  // The larger first: they have fewer places.
  const order = inputs >= outputs ? [inputs, inputs, outputs, outputs] : [outputs, outputs, inputs, inputs];
  const [a, b, c, d] = order.map(take);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return inputs >= outputs ? { inputs: [a, b], outputs: [c, d] } : { inputs: [c, d], outputs: [a, b] };
}
