// What `codesign --residency` is asked about: networks with an order of steps, and no limit but the area. All else is refused by name.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import type { SchedulesAsked } from '../../library/codesign-schedules.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import { scheduleObjectives } from '../../tuner/schedule/schedule-question.js';
import type { Workload } from '../read-workload.js';

interface Asked {
  readonly limits: Pick<CodesignRequest, 'limits' | 'layerLimits'>;
  readonly loss: number | undefined;
  readonly space: DesignSpace;
}

export function schedulesIn(
  { residency, objective = 'edp', diagonal, folds, schedule }: CodesignOptions,
  workloads: readonly Pick<Workload, 'network' | 'graph'>[],
  { limits: { limits, layerLimits }, loss, space }: Asked,
): Parsed<Omit<SchedulesAsked, 'request'> | undefined> {
  if (!residency) return parsed(undefined);
  if (schedule === '-' && workloads.length > 1)
    return refuse(
      'conflict',
      [],
      '--schedule -: each network has a schedule of its own; name a file, from whose name theirs are made',
    );
  const not = (what: string, way: string) => refuse('conflict', [], `--residency: ${what}; ${way}`);
  if (!scheduleObjectives.some((o) => o === objective))
    return not(`schedules are not found for ${objective}`, `minimise ${scheduleObjectives.join(', ')}, or drop it`);
  const limited = Object.keys(limits).find((name) => name !== 'area') ?? (layerLimits && 'single layers');
  if (limited !== undefined || loss !== undefined)
    return not(`no limit on ${limited ?? 'accuracy-loss'} is kept by schedules`, 'limit the area alone, or drop it');
  if (!diagonal) return not('schedules have groups joined where that is better', 'drop --no-diagonal');
  if (space.menus.inputPrecision.length > 1)
    return not(`${space.name} has activations of several widths`, 'give a space with one width');
  const graphs = workloads.map(
    ({ network, graph }) =>
      graph?.() ??
      not(`${network.name} is a list of layers without an order`, 'give a built-in network or an ONNX file'),
  );
  const faults = faultsOf(...graphs);
  return faults.length > 0
    ? refused(faults)
    : parsed({ graphs: graphs.flatMap((graph) => (graph.ok ? [graph.value] : [])), folds });
}
