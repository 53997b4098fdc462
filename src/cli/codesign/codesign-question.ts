// The question that a command line of `codesign` asks: networks, a space, weights and limits, with every fault found before any work.

import type { FrontMetric } from '../../results/codesign-result.js';
import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { unknownName } from '../../base/text.js';
import { magnetConventions } from '../../model/cost/conventions.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { forNetworks } from '../../model/space/design-space.js';
import type { Configure } from '../../compile/network-configuration.js';
import type { Network } from '../../model/workload/network.js';
import { technology16nm } from '../../model/machine/technology.js';
import type { Precision } from '../../quantize/quantize-options.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import type { OnnxNames } from '../../workloads/onnx/import.js';
import { checkFigure } from '../files.js';
import type { SplitLimits } from '../loss/loss-limit.js';
import { accuracyLoss, splitAccuracy, withoutLoss } from '../loss/loss-limit.js';
import { precisionsIn } from '../loss/precisions-asked.js';
import { limitsIn } from './limits.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import { dashed } from '../../options/option.js';
import type { Io } from '../io.js';
import type { SchedulesWanted } from '../schedules-wanted.js';
import type { AskedFront } from './asked-front.js';
import { parseFront } from './asked-front.js';
import { schedulesIn } from './schedules-asked.js';
import { loadTechnology } from '../read-machine.js';
import { readSpace } from '../read-space.js';
import type { Workload } from '../read-workload.js';
import { loadWorkload, onnxNames } from '../read-workload.js';

export interface CodesignJob {
  readonly request: CodesignRequest;
  /** As it was named: before networks decided the width of its sums. */
  readonly space: DesignSpace;
  /** The front that is asked for: the first is minimised under limits on the second. */
  readonly front: readonly [min: FrontMetric, limited: FrontMetric] | undefined;
  /** What is minimised for each precision of a front between it and accuracy. */
  readonly lossAgainst: FrontMetric | undefined;
  /** How limits were understood, a line each: said even where all else is quiet. */
  readonly understood: readonly string[];
  /** The share of samples that may be lost, where that is limited. */
  readonly loss: number | undefined;
  /** Those that are measured, where accuracy is asked for. */
  readonly precisions: readonly Precision[];
  /** Whether tensors may stay in the global buffer. */
  readonly schedules: SchedulesWanted;
  /** What writing the programs of each network takes, in their order. */
  readonly configured: readonly Configure[];
}

export function prepareCodesign(io: Io, given: readonly string[], options: CodesignOptions): Parsed<CodesignJob> {
  const targets = checkOutputs(options);
  if (!targets.ok) return targets;
  const workloads = loadNetworks(io, given, options);
  const networks = workloads.ok ? parsed(workloads.value.map((w) => w.network)) : workloads;
  const space = readSpace(io, options.space, options.dramBandwidth);
  const technology = options.technology === undefined ? parsed(technology16nm) : loadTechnology(io, options.technology);
  const front = parseFront(options, given.length);
  const split = splitAccuracy(options.limit ?? []);
  const limits = limitsIn(space, split.ok ? split.value.costs : [], networks.ok ? networks.value : []);
  const precisions = space.ok ? precisionsIn(options.precisions, space.value) : parsed([]);
  const accuracy = checkAccuracy(split, given, options, front.ok ? front.value : undefined);
  if (
    !networks.ok ||
    !space.ok ||
    !technology.ok ||
    !front.ok ||
    !split.ok ||
    !limits.ok ||
    !accuracy.ok ||
    !precisions.ok
  ) {
    return refused(faultsOf(networks, space, technology, front, split, limits, accuracy, precisions));
  }
  const weighted = weigh(networks.value, options.weight ?? {});
  if (!weighted.ok) return weighted;
  const decided = forNetworks(space.value, networks.value);
  const request: CodesignRequest = {
    networks: weighted.value,
    space: decided,
    technology: technology.value,
    conventions: magnetConventions,
    objective: options.objective ?? 'edp',
    limits: limits.value.limits,
    ...(limits.value.layerLimits && { layerLimits: limits.value.layerLimits }),
    padding: options.padding,
    gap: options.gap,
    timeLimit: options.timeLimit,
  };
  const isMeasured = split.value.loss !== undefined || front.value?.kind === 'accuracy';
  const beside = { front: front.value, precisions: isMeasured ? precisions.value : undefined };
  const schedules = workloads.ok ? schedulesIn(options, workloads.value, request, beside) : parsed({});
  if (!schedules.ok) return schedules;
  return parsed({
    request,
    space: space.value,
    front: front.value?.kind === 'costs' ? front.value.metrics : undefined,
    lossAgainst: front.value?.kind === 'accuracy' ? front.value.metric : undefined,
    understood: limits.value.understood,
    loss: split.value.loss,
    precisions: precisions.value,
    schedules: schedules.value,
    configured: workloads.ok ? workloads.value.map((w) => w.configured) : [],
  });
}

/** What says nothing without a limit on accuracy, and what such a limit does not go with. */
function checkAccuracy(
  split: Parsed<SplitLimits>,
  given: readonly string[],
  options: CodesignOptions,
  front: AskedFront | undefined,
): Parsed<undefined> {
  if (!split.ok) return parsed(undefined);
  if (options.allPrecisions && split.value.loss === undefined)
    return refuse(
      'no-effect',
      [],
      `--all-precisions is for --limit ${accuracyLoss}=1%, which may leave some out; give it, or drop this`,
    );
  if (front?.kind === 'accuracy') return checkPrecisions(split.value, given, options);
  if (split.value.loss === undefined)
    return withoutLoss(options, `give --limit ${accuracyLoss}=1% or --pareto ${accuracyLoss},energy`);
  if (given.length > 1)
    return refuse('conflict', [], `--limit ${accuracyLoss} is about one trained network; ${given.length} are given`);
  return options.pareto === undefined
    ? parsed(undefined)
    : refuse('conflict', [], `--pareto does not go with --limit ${accuracyLoss}; drop one of them`);
}

/** A front of precisions has a search for each, and no machine that is the one found. */
function checkPrecisions({ loss }: SplitLimits, given: readonly string[], options: CodesignOptions): Parsed<undefined> {
  const asked = `--pareto ${options.pareto ?? ''}`;
  if (given.length > 1)
    return refuse('conflict', [], `${asked} is about one trained network; ${given.length} are given`);
  if (loss !== undefined)
    return refuse('conflict', [], `${asked} has every precision, whatever it loses; drop --limit ${accuracyLoss}`);
  const other = (['points', 'checkpoint', 'test', 'testLabels', 'design', 'schedule'] as const).find(
    (name) => options[name] !== undefined,
  );
  return other === undefined
    ? parsed(undefined)
    : refuse('conflict', [], `--${dashed(other)} does not go with ${asked}, a search for each precision; drop it`);
}

/** Files that cannot be what they are asked to be. */
function checkOutputs(o: CodesignOptions): Parsed<undefined> {
  const checkpoint =
    o.checkpoint === '-'
      ? refuse('conflict', [], '--checkpoint -: a checkpoint is read back to go on from it; name a file')
      : parsed(undefined);
  const figure = checkFigure('--figure', o.figure);
  const piped = (['design', 'schedule'] as const).find((name) => o[name] === '-');
  const points =
    piped !== undefined && o.pareto !== undefined
      ? refuse(
          'conflict',
          [],
          `--${piped} -: each point of a front has its own; name a file, from whose name theirs are made`,
        )
      : parsed(undefined);
  return checkpoint.ok && figure.ok && points.ok ? figure : refused(faultsOf(checkpoint, figure, points));
}

type ReadNetwork = Pick<Workload, 'network' | 'configured' | 'graph'>;

function loadNetworks(
  io: Io,
  given: readonly string[],
  { batch, dim, sameShape, diagonal, folds, layersOnly }: CodesignOptions,
): Parsed<readonly ReadNetwork[]> {
  // A name is for the files that have it; one that no file has is refused with the first.
  const names = new Map(
    given.flatMap((name) => {
      const known = onnxNames(io, name);
      return known ? [[name, known] as const] : [];
    }),
  );
  const isFor = (file: string, name: string, kind: keyof OnnxNames) =>
    names.get(file)?.[kind].has(name) !== false || ![...names.values()].some((known) => known[kind].has(name));
  const options = (file: string) => {
    if (!names.has(file) && names.size > 0) return {};
    const [dims, same] = [
      Object.entries(dim ?? {}).filter(([name]) => isFor(file, name, 'dims')),
      sameShape?.filter((name) => isFor(file, name, 'operators')),
    ];
    return { dims: dims.length > 0 ? Object.fromEntries(dims) : undefined, sameShape: same?.length ? same : undefined };
  };
  const read = given.map((name): Parsed<ReadNetwork> => {
    const workload = loadWorkload(io, name, { batch, diagonal, folds, allSteps: !layersOnly, ...options(name) });
    if (!workload.ok) return workload;
    return workload.value.fromCase
      ? refuse(
          'not-a-network',
          [],
          `${name} is a case, which includes its machine; co-design chooses the machine, so give a network or a layer table`,
        )
      : parsed(workload.value);
  });
  const faults = [...faultsOf(...read)];
  const networks = read.flatMap((r) => (r.ok ? [r.value] : []));
  const twice = new Set(networks.map((n) => n.network.name).filter((name, i, all) => all.indexOf(name) !== i));
  for (const name of twice)
    faults.push({
      code: 'conflict',
      path: [],
      message: `two networks are called ${name}; name each once (--weight ${name}=2 counts it double), or rename a file`,
    });
  return faults.length > 0 ? refused(faults) : parsed(networks);
}

function weigh(
  networks: readonly Network[],
  weights: Readonly<Record<string, number>>,
): Parsed<CodesignRequest['networks']> {
  const known = networks.map((n) => n.name);
  const unknown = Object.keys(weights).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    return refused(
      unknown.map((name) => ({
        code: 'unknown-name',
        path: [],
        message: `--weight: ${unknownName('network', name, known)}`,
      })),
    );
  return parsed(networks.map((network) => ({ network, weight: weights[network.name] ?? 1 })));
}
