// The form of a design file; what its parts mean together is asked in `design-check`.

import { z } from 'zod';
import { conventionsByName } from '../model/conventions.js';
import { objectives } from '../model/goal.js';
import { hardwareFields } from './hardware-file.js';
import { layerFields, shape } from './result-layer.js';
import { nonNegative, oneOf, positive, present, record, text, whole } from './schema.js';

export const designSchema = 'magnet-design/1';

const { parts: _, utilization: __, ...fields } = layerFields;
const layer = record('a layer of a design', { ...fields, layer: shape, cycles: whole(0).nullable(), mapping: present('a mapping, or null where there is none') });
export type LayerFile = z.infer<typeof layer>;

const totals = record('totals', { objective: nonNegative(), bound: nonNegative(), energy: nonNegative(), cycles: whole(0), edpOfTotals: nonNegative() });
export type TotalsFile = z.infer<typeof totals>;

export const designFile = record('a design', {
  schema: z.unknown(),
  name: text(),
  ...hardwareFields,
  conventions: oneOf('conventions', conventionsByName.map((c) => c.name)),
  objective: oneOf('objective', objectives),
  limits: record('limits', { energy: positive().optional(), latency: positive().optional(), edp: positive().optional(), area: positive().optional() }),
  layers: z.array(layer, { error: 'expected the list of layers' }).min(1, 'a design needs at least one layer'),
  totals: totals.nullable(),
  provenance: record('a provenance', { magnet: text(), node: text(), command: text(), workload: text(), backend: text(), gap: nonNegative(), seed: whole(0) }),
});
