// The schedule of a network on one machine, as `magnet schedule` finds it: its runs in order, what may stay, the best of all.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { nth } from '../base/invariant.js';
import { lowered } from '../compile/lower.js';
import { runsIn } from '../compile/network-program.js';
import { shapesAlone } from '../compile/step-layers.js';
import type { NetworkLimits } from '../model/cost/network-goal.js';
import { magnetConventions } from '../model/cost/conventions.js';
import { whyNothingStays } from '../model/machine/parameters.js';
import type { Technology } from '../model/machine/technology.js';
import { technology16nm } from '../model/machine/technology.js';
import type { Template } from '../model/machine/template.js';
import type { Called, Design } from '../model/space/design.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { ScheduleResult } from '../results/schedule-result.js';
import { mapDesign } from '../results/map-design.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import { objectiveOfLayers } from '../model/cost/network-goal.js';
import { timeLimit as timeIsOver } from '../base/stop-reason.js';
import { groupBy } from '../base/group-by.js';
import { objectiveOf, resultsOf } from '../tuner/network/map-whole.js';
import type { Chosen, Patience } from '../tuner/network/network-question.js';
import { totalsOfChosen } from '../tuner/network/network-question.js';
import type { Layer } from '../model/workload/layer.js';
import type { Certified } from '../tuner/schedule/certify-schedule.js';
import { certifySchedule } from '../tuner/schedule/certify-schedule.js';
import type { Places } from '../tuner/schedule/place-schedule.js';
import type { Schedule, ScheduleAnswer } from '../tuner/schedule/schedule-network.js';
import { scheduleNetwork } from '../tuner/schedule/schedule-network.js';
import { masterLimits } from '../tuner/codesign/codesign-problem.js';
import { columnsOn } from '../tuner/on-workers.js';
import { printScheduleCertificate } from '../certificate/schedule/schedule-file.js';
import { calledBy, callText } from './called.js';
import { scheduleResult } from './schedule-answer.js';
import type { ScheduleAsked } from './schedule-asked.js';
import type { BandsSpace } from './schedule-bands.js';
import { bandsSpace, chainsInBands, noBands, withBands, withKeptWeights } from './schedule-bands.js';
import type { Prices } from './schedule-weights.js';
import { weightsThatStay } from './schedule-weights.js';
import { valueConfigured } from './schedule-configuration.js';
import { layerOfRun, onMachine } from './schedule-on-machine.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';
import type { ScheduleObjective } from '../tuner/schedule/schedule-question.js';

/** What `schedule` answers. */
export interface Scheduled {
  /** What `schedule --json` writes: `printScheduleResult` and `report` take it. Its status says what is proven. */
  readonly result: ScheduleResult;
  /** The machine with the mapping of every run; undefined where no schedule was found. */
  readonly design: Design | undefined;
  /** What "magnet check" reads; undefined where it was not asked for, or could not be made. */
  readonly certificate: string | undefined;
}

export interface ScheduleHooks {
  readonly columns: AskColumns;
  /** Milliseconds, monotone. */
  readonly now: () => number;
  readonly stopped: () => boolean;
}

/** A machine in whose global buffer tensors may stay: `template`, or as it would be with that. */
export function keepingMachine(template: Template): Parsed<Template> {
  const unable = whyNothingStays(template);
  return unable === undefined
    ? parsed({ ...template, residency: 1 })
    : refuse(
        'not-covered',
        [],
        `nothing can stay in the global buffer of ${template.name}: ${unable}; give other widths, or --no-residency`,
      );
}

/** What is left out is as for the command: energy x delay, tensors may stay, five minutes, 16 nm. */
export interface ScheduleOptions extends CallOptions {
  readonly technology?: Technology;
  readonly objective?: ScheduleObjective;
  /** On the totals of the network: pJ, cycles, pJ x cycles. */
  readonly limits?: NetworkLimits;
  /** How many of a batch the graph has. */
  readonly images?: number;
  /** Whether tensors may stay in the global buffer at all: true. */
  readonly residency?: boolean;
  /** Whether chains of steps may run in bands of rows, or of images: as `residency`. */
  readonly bands?: boolean;
  /** Whether weights of chains in bands may stay in the weight buffers: as `bands`. */
  readonly weights?: boolean;
  /** Whether bounds of layers may be padded: true. */
  readonly padding?: boolean;
  /** Whether layers on inputs of the network may be folded: true. */
  readonly folds?: boolean;
  /** Seconds for all of it. */
  readonly timeLimit?: number;
  /** Makes a certificate of the answer, in as much time again. */
  readonly certificate?: boolean;
}

/**
 * Which tensors of a network stay in the global buffer of a machine, with the mapping of every run beside them, and what is
 * proven of it. Rejects with a sentence where nothing can stay there, or the network does not run.
 */
export async function schedule(
  graph: NetworkGraph,
  machine: Template,
  options: ScheduleOptions = {},
): Promise<Scheduled> {
  const { technology = technology16nm, objective = 'edp', residency = true, timeLimit = 300 } = options;
  const {
    padding = true,
    folds = true,
    limits = {},
    bands = residency,
    weights = bands,
    certificate = false,
    images = 1,
  } = options;
  const template = residency ? keepingMachine(machine) : parsed(machine);
  if (!template.ok) throw new Error(template.diagnostics.map((d) => d.message).join('; '));
  const arch = machine.name;
  const asked = {
    graph,
    arch,
    template: template.value,
    technology,
    objective,
    ...(images > 1 && { images }),
    limits,
    residency,
    bands,
    weights,
    padding,
    folds,
    timeLimit,
    certificate,
  };
  const called = calledBy(callText('schedule', [JSON.stringify(graph.name), JSON.stringify(arch)], options));
  const found = await inSession(options, ({ runner, now, stopped }) =>
    scheduleWith(asked, called, { columns: columnsOn(runner), now, stopped }),
  );
  if (!found.ok) throw new Error(found.diagnostics.map((d) => d.message).join('; '));
  const { chosen: _, ...scheduled } = found.value;
  return scheduled;
}

/** With the mapping of each of its runs, in order; undefined where there is none. */
export interface ScheduledRuns extends Scheduled {
  readonly chosen: Chosen | undefined;
}

/** `called`: how the design that is made came about. */
export async function scheduleWith(
  asked: ScheduleAsked,
  called: Called,
  hooks: ScheduleHooks,
): Promise<Parsed<ScheduledRuns>> {
  const { graph, template, objective, limits, folds, residency, bands, enough = -Infinity, timeLimit } = asked;
  const bits = template.inputPrecision;
  const made = lowered(graph, shapesAlone(graph, bits), bits);
  if (!made.ok) return made;
  const runs = runsIn(made.value);
  if (runs.length === 0) return refuse('empty', [], `${graph.name} has no step that a run of the machine does`);
  const begin = hooks.now();
  const patience = patienceFor(hooks, timeLimit);
  const { may, question, place } = onMachine(made.value, asked, hooks.columns);
  const isLimited = Object.keys(limits).length > 0;
  const whole = { graph, template, lowered: made.value, may };
  const layerOf = (run: { readonly layer: Layer }) => layerOfRun(run, folds);
  const questionOf = (keeping: boolean, among: BandsSpace) =>
    among.steps.length > 0 ? withBands(question(keeping), among) : question(keeping);
  const answer = (keeping: boolean, space = noBands, among?: ScheduleAnswer<Places>) =>
    scheduleNetwork(questionOf(keeping, space), objective, place, patience, masterLimits(limits), among);
  // Limits that cannot be kept without may be kept with tensors that stay, or in bands.
  const isWorthMore = (answer: ScheduleAnswer<Places>) =>
    answer.status === 'found' ? answer.schedule.value > enough : answer.status === 'none' && isLimited;
  const ofWholeTensors = async () => {
    const alone = await answer(false);
    return { alone, staying: residency && isWorthMore(alone) ? await answer(true, noBands, alone) : alone };
  };
  const [{ alone, staying }, chains] = await Promise.all([
    ofWholeTensors(),
    bands && residency ? chainsInBands(whole) : [],
  ]);
  const loading = chains.length > 0 ? bandsSpace(whole, runs.length, layerOf, chains) : noBands;
  const banded = loading.steps.length > 0 && isWorthMore(staying) ? await answer(true, loading, staying) : staying;
  const inBands = better(banded, staying, (of) => valueConfigured(asked, loading, of));
  // Where limits leave nothing, weights that stay are looked for around the best without limits.
  const around =
    !asked.weights || chains.length === 0 || !isWorthMore(inBands)
      ? undefined
      : inBands.status === 'none'
        ? await scheduleNetwork(questionOf(true, loading), objective, place, patience)
        : inBands;
  const kept =
    around?.status === 'found'
      ? await weightsThatStay(chains, {
          columns: onMachine(made.value, { ...asked, padding: false }, hooks.columns).question(true).columns,
          layerOf,
          prices: pricesAt(objective, around.schedule.chosen),
          template,
          patience,
        })
      : new Map();
  const space = kept.size > 0 ? withKeptWeights(loading, whole, runs.length, layerOf, kept) : loading;
  const found =
    kept.size > 0
      ? better(await answer(true, space, inBands), inBands, (of) => valueConfigured(asked, space, of))
      : inBands.status === 'none' && around && patience.over()
        ? ({ status: 'unknown', reason: timeIsOver, bound: 0 } as const)
        : inBands;
  const seconds = (hooks.now() - begin) / 1000;
  const certificate =
    asked.certificate && found.status === 'found'
      ? await certifySchedule(questionOf(residency, space), certified(asked), found, patienceFor(hooks, timeLimit))
      : undefined;
  return parsed({
    result: scheduleResult(
      asked,
      runs,
      may,
      space,
      found,
      {
        ...(residency && alone.status === 'found' && { alone: alone.schedule }),
        ...(space.steps.length > 0 && staying.status === 'found' && { whole: staying.schedule }),
        ...(kept.size > 0 && inBands.status === 'found' && { loading: inBands.schedule }),
      },
      seconds,
    ),
    design: found.status === 'found' ? designOf(asked, found.schedule.chosen, called, seconds) : undefined,
    certificate: certificate && printScheduleCertificate(certificate, called.magnet),
    chosen: found.status === 'found' ? found.schedule.chosen : undefined,
  });
}

/** What energy and cycles count for around a schedule: of a product each counts for the other. */
function pricesAt(objective: ScheduleObjective, chosen: Chosen): Prices {
  const prices = objectiveOf[objective];
  if (prices !== 'product') return prices;
  const { energy, cycles } = totalsOfChosen(chosen);
  return { energy: cycles, cycles: energy, both: 0 };
}

/** Seconds from now on. */
function patienceFor({ now, stopped }: ScheduleHooks, seconds: number): Patience {
  const deadline = now() + 1000 * seconds;
  return {
    left: () => Math.max(0, (deadline - now()) / 1000),
    over: () => stopped() || now() >= deadline,
  };
}

/** What a certificate says of the question. */
function certified({ graph, objective, limits, padding, template, technology }: ScheduleAsked): Certified {
  const { energy, latency, edp } = limits;
  return {
    network: graph.name,
    objective,
    limits: {
      ...(energy !== undefined && { energy }),
      ...(latency !== undefined && { latency }),
      ...(edp !== undefined && { edp }),
    },
    padding,
    machine: template,
    technology,
  };
}

/**
 * The answer over the wider space; with the schedule of the narrower where that is found to be better, or is so as soon as the
 * writing of programs is counted, which more runs have more of.
 */
function better(
  wide: ScheduleAnswer<Places>,
  narrow: ScheduleAnswer<Places>,
  configured: (schedule: Schedule<Places>) => number,
): ScheduleAnswer<Places> {
  if (narrow.status !== 'found') return wide;
  if (wide === narrow) return narrow;
  if (wide.status === 'found' && wide.schedule.value <= narrow.schedule.value) {
    const value = configured(wide.schedule);
    if (value <= narrow.schedule.value || value <= configured(narrow.schedule)) return wide;
  }
  const bound = wide.status === 'none' ? narrow.bound : wide.bound;
  const prices = wide.status === 'found' ? wide.prices : [];
  return { ...narrow, bound: Math.min(bound, narrow.bound), prices };
}

/** The machine with the mapping of every run: `run --schedule` takes both files. */
function designOf(
  { graph, template, technology, objective }: ScheduleAsked,
  chosen: Chosen,
  called: Called,
  seconds: number,
): Design {
  const each = [...groupBy(chosen, ({ found }) => found).values()].map((own) => ({
    ...nth(own, 0),
    count: own.length,
  }));
  const network = {
    name: graph.name,
    source: 'its runs as they are scheduled',
    layers: each.map(({ layer, count }) => ({ layer, count })),
    unmapped: [],
  };
  const own = objectiveOfLayers[objective];
  const goal = { objective: own, limits: {} };
  const asked = {
    network,
    conventions: magnetConventions,
    goal,
    objective,
    solver: 'enumerate',
    gap: 0,
    seed: 1,
  } as const;
  const machine = { machinery: { kind: 'template', template }, technology } as const;
  return mapDesign({ request: asked, machine }, resultsOf(each, own, seconds), called);
}
