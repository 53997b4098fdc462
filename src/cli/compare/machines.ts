// The question of `compare --space`: searches over the machines of a space, under the same limit on the area.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import { magnetConventions } from '../../model/conventions.js';
import { forNetworks } from '../../model/design-space.js';
import { objectiveUnits } from '../../model/goal.js';
import type { Network } from '../../model/network.js';
import { technology16nm } from '../../model/technology.js';
import { machineContestants, machineReferee } from '../../tuner/compare/contestants.js';
import type { CompareJob } from './job.js';
import { strategiesOf } from './job.js';
import type { CompareOptions } from './options.js';
import type { Io } from '../io.js';
import { parseLimits } from '../limits.js';
import { loadTechnology } from '../machine.js';
import { readSpace } from '../space.js';
import type { Workload } from '../workload.js';

export function prepareMachines(io: Io, { fromCase }: Workload, network: Network, options: CompareOptions & { readonly space: string }): Parsed<CompareJob> {
  const { objective, conventions } = options;
  if (fromCase) return refuse('not-a-network', [], `${network.name} is a case, which has its machine with it; for a space, give a network or a layer table`);
  if (conventions === 'timeloop') return refuse('conflict', [], '--conventions timeloop: machines of a space are counted as our hardware counts; drop it, or name one machine with --arch');
  if (objective === 'ed2p') return refuse('conflict', [], '--objective ed2p: searches over machines minimise sums of edp, energy or latency; take one of these');
  const [read, technology, names] = [readSpace(io, options.space), options.technology === undefined ? parsed(technology16nm) : loadTechnology(io, options.technology), strategiesOf(options.strategies, machineContestants)];
  if (!read.ok || !technology.ok || !names.ok) return refused([read, technology, names].flatMap((r) => (r.ok ? [] : r.diagnostics)));
  const limits = parseLimits(options.limit ?? [], read.value.menus.clock[0]!);
  if (!limits.ok) return limits;
  const [other] = Object.keys(limits.value.layer);
  if (other !== undefined) return refuse('bad-limit', [], `--limit ${other}: searches over machines are compared under a limit on the area alone; drop it, or ask "magnet codesign"`);
  const contestants = names.value ?? machineContestants;
  const area = limits.value.area === undefined ? {} : { area: limits.value.area };
  const gap = options.gap ?? 0.01;
  return parsed({
    request: {
      arenas: [{ name: read.value.name, count: 1 }],
      contestants,
      referee: { strategy: machineReferee, first: !contestants.includes(machineReferee) },
      time: options.time,
      repeat: options.repeat,
      seed: options.seed,
      gap,
    },
    question: {
      kind: 'machines',
      codesign: { networks: [{ network, weight: 1 }], space: forNetworks(read.value, [network]), technology: technology.value, conventions: magnetConventions, objective, limits: area, padding: options.padding, gap, timeLimit: options.time, seed: 1 },
    },
    network,
    on: read.value.name,
    unit: objectiveUnits[objective],
    conventions: magnetConventions.name,
    limits: area,
    hopeless: undefined,
    notes: [],
  });
}
