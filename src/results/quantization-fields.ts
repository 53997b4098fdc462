// How a network was quantized, as results record it.

import { z } from 'zod';
import { flag, record, text, whole } from '../interchange/schema.js';
import { listOf } from './fields.js';

export const quantizationFields = {
  weightBits: whole(0),
  activationBits: whole(0),
  /** Layers with bits of their own. */
  layerBits: listOf(
    'layers',
    record('a layer', { layer: text(), weightBits: whole(0), activationBits: whole(0) }),
  ).optional(),
  weights: text(),
  activations: text(),
  granularity: z.enum(['channel', 'tensor']).optional(),
  unsigned: flag(),
  biasCorrection: flag().optional(),
  equalize: flag().optional(),
};
