// How much of a network its layers are: what is left out and multiplies is counted, apart
// from what is free of products.

import type { Network, Unmapped } from './network.js';
import { networkMacs } from './network.js';

export interface Coverage {
  /** Multiply-accumulates of the layers. */
  readonly mapped: number;
  readonly unmapped: readonly Unmapped[];
}

export const coverageOf = (network: Network): Coverage => ({
  mapped: networkMacs(network),
  unmapped: network.unmapped,
});

/** What multiplies, or may. */
export const multiplying = ({ unmapped }: Coverage): readonly Unmapped[] => unmapped.filter((u) => u.macs !== 0);
export const freeOfProducts = ({ unmapped }: Coverage): readonly Unmapped[] => unmapped.filter((u) => u.macs === 0);

/** MACs that are known to be left out. */
export const macsLeftOut = ({ unmapped }: Coverage): number => unmapped.reduce((n, u) => n + (u.macs ?? 0), 0);

/** Whether all that is left out is counted. */
export const isCounted = ({ unmapped }: Coverage): boolean => unmapped.every((u) => u.macs !== null);

/** The layers' share of the MACs that are counted: of the network, where all are; where not, it has less. */
export const mappedShare = (c: Coverage): number => c.mapped / (c.mapped + macsLeftOut(c));

/** Of several networks together, each once; operators of one name are added up. */
export function sumCoverage(all: readonly Coverage[]): Coverage {
  const sums = new Map<string, Unmapped>();
  for (const { operator, count, macs } of all.flatMap((c) => c.unmapped)) {
    const known = sums.get(operator);
    sums.set(
      operator,
      known
        ? {
            operator,
            count: known.count + count,
            macs: known.macs === null || macs === null ? null : known.macs + macs,
          }
        : { operator, count, macs },
    );
  }
  return { mapped: all.reduce((n, c) => n + c.mapped, 0), unmapped: [...sums.values()] };
}
