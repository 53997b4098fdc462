// Which questions of `codesign` are asked with schedules, so that tensors stay in the global buffer: all that can be, unless
// --no-residency is given. What cannot be yet is named here, once.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, printDiagnostic, refuse, refused } from '../../base/diagnostics.js';
import { defined } from '../../base/invariant.js';
import type { SchedulesAsked } from '../../library/codesign-schedules.js';
import { loweredOver } from '../../library/codesign-schedules.js';
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

type Networks = readonly Pick<Workload, 'network' | 'graph'>[];

export interface SchedulesWanted {
  readonly asked?: Omit<SchedulesAsked, 'request'>;
  /** Why every tensor goes through DRAM, where nobody said that it shall. */
  readonly unscheduled?: string;
}

/** Why schedules cannot be asked for, and the way out. */
interface Uncovered {
  readonly why: string;
  readonly way: string;
}

function uncovered(
  { objective = 'edp', residency, diagonal, pareto, explain, certificate, layersOnly }: CodesignOptions,
  networks: Networks,
  { limits: { limits, layerLimits }, loss, space }: Asked,
): Uncovered | undefined {
  const drop = (option: string, why: string): Uncovered => ({ why: `${option}: ${why}`, way: `drop ${option}` });
  if (pareto !== undefined) return drop('--pareto', 'fronts are of machines without schedules');
  if (explain) return drop('--explain', 'parameters are moved on machines without schedules');
  if (certificate !== undefined) return drop('--certificate', 'certificates are of machines without schedules');
  if (layersOnly) return drop('--layers-only', 'tensors pass steps that it leaves out');
  if (objective === 'layer-edp')
    return {
      why: 'schedules are not found for layer-edp',
      way: `minimise ${scheduleObjectives.join(', ')} or area`,
    };
  const limited = limits['layer-edp'] !== undefined ? 'layer-edp' : layerLimits && 'single layers';
  if (limited !== undefined || loss !== undefined)
    return {
      why: `no limit on ${limited ?? 'accuracy-loss'} is kept by schedules`,
      way: 'limit energy, latency, edp or area',
    };
  if (residency !== true && (objective === 'area' || Object.keys(limits).some((name) => name !== 'area')))
    return { why: 'within limits on networks, and for area, schedules are asked for by --residency', way: 'give it' };
  if (!diagonal) return drop('--no-diagonal', 'schedules have groups joined where that is better');
  if (space.menus.inputPrecision.length > 1)
    return { why: `${space.name} has activations of several widths`, way: 'give a space with one width' };
  const list = networks.find(({ graph }) => !graph);
  return list
    ? {
        why: `${list.network.name} is a list of layers without an order`,
        way: 'give a built-in network or an ONNX file',
      }
    : undefined;
}

export function schedulesIn(options: CodesignOptions, networks: Networks, asked: Asked): Parsed<SchedulesWanted> {
  const { residency, folds, schedule } = options;
  if (residency === false)
    return schedule === undefined
      ? parsed({})
      : refuse('no-effect', [], '--schedule says which tensors stay in the global buffer; drop --no-residency');
  if (schedule === '-' && networks.length > 1)
    return refuse(
      'conflict',
      [],
      '--schedule -: each network has a schedule of its own; name a file, from whose name theirs are made',
    );
  const wanted = residency === true ? '--residency' : schedule === undefined ? undefined : '--schedule';
  const without = uncovered(options, networks, asked);
  if (without)
    return wanted === undefined
      ? parsed({ unscheduled: without.why })
      : refuse('conflict', [], `${wanted}: ${without.why}; ${without.way}, or drop ${wanted}`);
  const graphs = networks.map(({ graph }) => defined(graph?.()));
  const read = graphs.flatMap((graph) => (graph.ok ? [graph.value] : []));
  const faults = faultsOf(...graphs, read.length < graphs.length ? parsed(undefined) : loweredOver(read, asked.space));
  const [first] = faults;
  if (!first) return parsed({ asked: { graphs: read, folds } });
  return wanted === undefined
    ? parsed({ unscheduled: printDiagnostic(first) })
    : refused(faults.map((d) => ({ ...d, message: `${wanted}: ${d.message}; or drop ${wanted}` })));
}
