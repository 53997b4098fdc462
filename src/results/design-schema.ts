// The form of a design file; what its parts mean together is asked in `design-check`.

import { z } from 'zod';
import { conventionsByName } from '../model/cost/conventions.js';
import { networkObjectives } from '../model/cost/network-goal.js';
import { coverageFields } from './coverage-fields.js';
import { hardwareFields } from '../interchange/hardware-file.js';
import { shape } from '../interchange/layer-shape.js';
import { keptTensor } from '../interchange/schedule-file.js';
import { layerFields } from './result-layer.js';
import { nonNegative, numbers, oneOf, positive, present, record, text, whole } from '../interchange/schema.js';

export const designSchema = 'magnet-design/2';

const { parts: _, utilization: __, ...fields } = layerFields;
const layer = record('a layer of a design', {
  ...fields,
  layer: shape,
  cycles: whole(0).nullable(),
  mapping: present('a mapping, or null where there is none'),
});
export type LayerFile = z.infer<typeof layer>;

const totals = record('totals', {
  objective: nonNegative(),
  bound: nonNegative(),
  energy: nonNegative(),
  cycles: whole(0),
  edp: nonNegative(),
});
export type TotalsFile = z.infer<typeof totals>;

const list = <T extends z.ZodType>(what: string, item: T) => z.array(item, { error: `expected the list of ${what}` });
const machineProof = record('a proof of the machine', {
  status: oneOf('status', ['optimal', 'feasible'] as const),
  goal: text(),
  objective: nonNegative(),
  bound: nonNegative(),
  gap: nonNegative(),
  space: record('a design space', { name: text(), digest: text(), shapes: whole(0), machines: whole(0) }),
  limits: numbers(positive),
  networks: list('networks', record('a network', { name: text(), weight: nonNegative() })),
  reason: z.string(),
  seconds: nonNegative(),
});

const schedule = record('a schedule', {
  network: text(),
  keep: list('tensors that stay', keptTensor),
  runs: list('layers of runs', whole(0)),
});

export const designFile = record('a design', {
  schema: z.unknown(),
  name: text(),
  ...hardwareFields,
  conventions: oneOf(
    'conventions',
    conventionsByName.map((c) => c.name),
  ),
  objective: oneOf('objective', networkObjectives),
  limits: record('limits', {
    energy: positive().optional(),
    latency: positive().optional(),
    edp: positive().optional(),
    area: positive().optional(),
  }),
  layers: z.array(layer, { error: 'expected the list of layers' }).min(1, 'a design needs at least one layer'),
  totals: totals.nullable(),
  ...coverageFields,
  machineProof: machineProof.optional(),
  schedules: list('schedules', schedule).optional(),
  provenance: record('a provenance', {
    magnet: text(),
    node: text(),
    command: text(),
    workload: text(),
    backend: text(),
    gap: nonNegative(),
    seed: whole(0),
  }),
});
