// The machine and mappings that meet all requirements as a design, for rtl, simulate and synth.

import { defined, nth } from '../base/invariant.js';
import { totalsOf } from './design-check.js';
import { coverageOf } from '../model/workload/coverage.js';
import type { Called, Design, MappedLayer } from '../model/space/design.js';
import { measure } from '../model/cost/goal.js';
import { toldApart } from '../model/workload/network.js';
import { machineryName } from '../model/machine/presets.js';
import type { Witness } from '../tuner/prove/proof.js';
import type { ProveRequest } from '../tuner/prove/prove-request.js';
import type { ScheduleResult } from './schedule-result.js';

/** Nothing is proven of how good the mappings are: only that they meet what was asked. */
const unproven = { status: 'feasible', bound: 0, gap: 1 } as const;

/** `schedule`: of a witness that keeps tensors in the global buffer. */
export function proveDesign(
  { network, technology, conventions, requirements }: ProveRequest,
  { machine, layers, scheduled, runs }: Witness,
  called: Called,
  schedule?: ScheduleResult,
): Design {
  const mapped = toldApart(layers).map(({ layer, count, found: { mapping, evaluation: e } }): MappedLayer => ({
    layer,
    count,
    ...unproven,
    objective: measure('edp', e),
    energy: e.energy,
    cycles: e.cycles,
    mapping,
  }));
  // Limits of a design are per layer; what was required is in the command line.
  const goal = { objective: 'layer-edp' as const, limits: {} };
  return {
    name: `${network.name}-${machineryName(machine)}`,
    machine,
    technology,
    conventions,
    goal,
    areaLimit: requirements.find((r) => r.kind === 'area')?.max ?? null,
    layers: mapped,
    totals: totalsOf(goal, mapped),
    provenance: {
      ...called,
      workload: network.name,
      backend: 'prove',
      gap: unproven.gap,
      seed: 1,
    },
    // A design says no bands: the file of the schedule does.
    ...(schedule &&
      !schedule.bands && {
        schedules: [
          {
            network: schedule.network,
            keep: schedule.keep,
            runs: runs ?? nth(defined(scheduled).schedules, 0).steps,
          },
        ],
      }),
    coverage: coverageOf(network),
  };
}
