// What of a network is mapped, in files: fields that results of every verb and designs have, and that older ones lack.

import { z } from 'zod';
import type { Coverage } from '../model/workload/coverage.js';
import { isCounted, mappedShare } from '../model/workload/coverage.js';
import type { Unmapped } from '../model/workload/network.js';
import { nonNegative, record, text, whole } from '../interchange/schema.js';

export interface CoverageFile {
  /** Every operator that is not mapped; `macs` is 0 where it is free of products, null where it multiplies and nobody knows how much. */
  readonly unmapped?: readonly Unmapped[] | undefined;
  /** MACs of the layers in one run of the network. */
  readonly mappedMacs?: number | undefined;
  /** Share of all MACs that the layers have; null where not all are counted. */
  readonly mappedShare?: number | null | undefined;
}

export const coverageFile = (c: Coverage): Required<CoverageFile> => ({
  unmapped: c.unmapped,
  mappedMacs: c.mapped,
  mappedShare: isCounted(c) ? mappedShare(c) : null,
});

export const coverageFields = {
  unmapped: z
    .array(
      record('an operator that is not mapped', { operator: text(), count: whole(1), macs: nonNegative().nullable() }),
      { error: 'expected the list of operators that are not mapped' },
    )
    .optional(),
  mappedMacs: nonNegative().optional(),
  mappedShare: nonNegative().nullable().optional(),
};

/** Null in files from before it was written. */
export const coverageIn = ({ unmapped, mappedMacs }: CoverageFile): Coverage | null =>
  unmapped === undefined || mappedMacs === undefined ? null : { mapped: mappedMacs, unmapped };
