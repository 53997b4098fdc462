// `magnet map` asked about the network as a whole: what such a question needs, and its answer.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import { defined } from '../../base/invariant.js';
import type { MapOptions } from '../../options/map-table.js';
import type { MapResultNetwork } from '../../results/map-result.js';
import { mapResultNetwork } from '../../results/map-answer.js';
import type { LayerResult, MapRequest } from '../../tuner/map-network.js';
import type { WholeGoal, WholeObjective } from '../../tuner/network/map-whole.js';
import { mapWhole, whyNoColumns } from '../../tuner/network/map-whole.js';
import { noColumns } from '../../tuner/on-workers.js';
import type { Interruption } from '../interruption.js';
import type { Io } from '../io.js';
import type { LayerLimits } from '../../library/layer-limits.js';
import { isOneLayer } from '../../library/read-limits.js';
import type { Solving } from '../workers.js';

/** What is asked of the network as a whole; undefined where every layer is asked about alone. */
export function wholeGoalOf(
  request: MapRequest,
  { objective, certify, lp, mps }: Pick<MapOptions, 'objective' | 'certify' | 'lp' | 'mps'>,
  { network: limits = {}, oneByOne = [] }: LayerLimits,
): Parsed<WholeGoal | undefined> {
  const named = Object.keys(limits);
  // Of one layer that runs once EDP is the same either way.
  if (named.length === 0 && (objective !== 'edp' || isOneLayer(request.network))) return parsed(undefined);
  const asked = named.length > 0 ? `--limit ${named.join(', ')}` : '--objective edp';
  const no = (why: string) => refuse('unsuited', [], `${asked} is about the network as a whole, and ${why}`);
  const without = whyNoColumns(request);
  if (without !== undefined)
    return oneByOne.length > 0
      ? refused(oneByOne)
      : no(`${without}; take --objective layer-edp, the sum of what every layer has`);
  if (objective === 'ed2p')
    return no('ED2P is defined for single layers only; take --objective energy, latency, edp or layer-edp');
  if (request.solver !== 'auto' && request.solver !== 'enumerate')
    return no(`--solver ${request.solver} maps single layers only; leave it out`);
  if (certify) return no('certificates are for single layers; leave out --certify');
  if (lp !== undefined || mps !== undefined) return no('programs are for single layers; leave out --lp and --mps');
  return parsed({ objective: objective satisfies WholeObjective, limits });
}

export interface WholeAnswer {
  readonly request: MapRequest;
  readonly results: readonly LayerResult[];
  readonly network: MapResultNetwork;
}

export async function answerWhole(
  io: Io,
  request: MapRequest,
  goal: WholeGoal,
  { columns }: Pick<Solving, 'columns'>,
  interruption: Interruption,
  quiet: boolean,
): Promise<WholeAnswer> {
  if (!quiet) io.err(`choosing a mapping for every layer of ${request.network.name} together\n`);
  const mapped = await mapWhole({ ...request, machine: defined(request.machine) }, goal, {
    now: io.now,
    columns: (question, seconds) =>
      Promise.race([columns(question, seconds), interruption.happening.then(() => noColumns)]),
    stopped: interruption.happened,
  });
  return { ...mapped, network: mapResultNetwork(goal.objective, mapped.answer, mapped.without) };
}

/** Why there are no mappings, with the way out; empty where there are. */
export function whyNoneTogether({ status, reason }: MapResultNetwork, given: string, arch: string): readonly string[] {
  if (status === 'infeasible')
    return [
      `infeasible: ${reason}; "magnet prove ${given} --arch ${arch}" with the same limits says how far each must move`,
    ];
  return status === 'unknown' ? [`not settled: ${reason}; give it more time with --time-limit`] : [];
}
