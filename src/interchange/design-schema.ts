// The form of a design file; what its parts mean together is asked in `design-check`.

import { z } from 'zod';
import { conventionsByName } from '../model/conventions.js';
import { objectives } from '../model/goal.js';
import { dimensions } from '../model/layer.js';
import { statuses } from './map-result.js';
import { nonNegative, oneOf, positive, record, text, whole } from './schema.js';

export const designSchema = 'magnet-design/1';

const figure = () => nonNegative().nullable();
const present = (what: string) => z.unknown().refine((x) => x !== undefined, `is missing; expected ${what}`);
const bounds = record('bounds', Object.fromEntries(dimensions.map((d) => [d, whole(1)])) as Record<(typeof dimensions)[number], ReturnType<typeof whole>>);

const layer = record('a layer of a design', {
  name: text(),
  count: whole(1),
  layer: record('a shape', {
    bounds,
    stride: record('a stride', { P: whole(1), Q: whole(1) }),
    dilation: record('a dilation', { R: whole(1), S: whole(1) }),
    pool: record('a pool', { P: whole(1), Q: whole(1) }).optional(),
  }),
  status: oneOf('status', statuses),
  objective: figure(),
  bound: figure(),
  gap: figure(),
  energy: figure(),
  cycles: whole(0).nullable(),
  mapping: present('a mapping, or null where there is none'),
});
export type LayerFile = z.infer<typeof layer>;

const totals = record('totals', { objective: nonNegative(), bound: nonNegative(), energy: nonNegative(), cycles: whole(0), edpOfTotals: nonNegative() });
export type TotalsFile = z.infer<typeof totals>;

export const designFile = record('a design', {
  schema: z.unknown(),
  name: text(),
  machine: present('{template: {...}} or a hierarchy {name, levels, compute}'),
  technology: present('a technology {name, constants, sramArea}'),
  conventions: oneOf('conventions', conventionsByName.map((c) => c.name)),
  objective: oneOf('objective', objectives),
  limits: record('limits', { energy: positive().optional(), latency: positive().optional(), edp: positive().optional(), area: positive().optional() }),
  layers: z.array(layer, { error: 'expected the list of layers' }).min(1, 'a design needs at least one layer'),
  totals: totals.nullable(),
  provenance: record('a provenance', { magnet: text(), node: text(), command: text(), workload: text(), backend: text(), gap: nonNegative(), seed: whole(0) }),
});
