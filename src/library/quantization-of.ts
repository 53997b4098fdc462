// How a network was quantized, for the record.

import type { QuantizeOptions } from '../quantize/quantize-options.js';

export const quantizationOf = ({ weightBits, bits, layerBits, ...how }: QuantizeOptions) => ({
  weightBits,
  activationBits: bits,
  ...(layerBits &&
    layerBits.size > 0 && {
      layerBits: [...layerBits].map(([layer, own]) => ({
        layer,
        weightBits: own.weightBits,
        activationBits: own.bits,
      })),
    }),
  ...how,
});
