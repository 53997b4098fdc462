// A certificate of the schedule that was found, made anew once its prices are known: by each of them what steps cost at least, and how
// much lies ahead of every state.

import { defined, nth } from '../../base/invariant.js';
import { toNumber } from '../../base/rational.js';
import { networkAtLeast } from '../../certificate/network-lines.js';
import { goalOf } from '../../certificate/leaf-value.js';
import type {
  Minimum,
  ScheduleAsked,
  ScheduleCertificate,
  ScheduleLine,
  ScheduleWitness,
  Variant,
} from '../../certificate/schedule/schedule-certificate.js';
import { exactLineOf } from '../../certificate/schedule/schedule-lines.js';
import { mappingsInFile } from '../../certificate/schedule/schedule-file.js';
import type { Totals } from '../../milp/master/master.js';
import type { Routes } from '../../milp/schedule/routes.js';
import { problemOf } from '../../milp/schedule/routes.js';
import type { Move } from '../../milp/schedule/trellis.js';
import type { Layer } from '../../model/workload/layer.js';
import { shapeKey } from '../../model/workload/layer.js';
import { residentTensors } from '../../model/workload/resident.js';
import type { Patience } from '../network/network-question.js';
import { cheapestSchedule } from './cheapest-schedule.js';
import type { Places } from './place-schedule.js';
import type { Schedule } from './schedule-network.js';
import type { ScheduleQuestion } from './schedule-question.js';
import { hasRoom, routesIn, stepFloor } from './schedule-question.js';
import { stepVariants } from './step-variants.js';

/** What a certificate says of the question beside its runs. */
export type Certified = Pick<ScheduleAsked, 'network' | 'objective' | 'limits' | 'padding' | 'machine' | 'technology'>;

/** What a search found: by these prices it is bounded. */
interface FoundSchedule {
  readonly schedule: Schedule<Places>;
  readonly prices: readonly Totals[];
}

/** What is written is lowered by so much of itself: more than sums of doubles are off by. */
const lowered = 1 - 2 ** -37;
/** Sums of a line have about so many bits. */
const sumBits = 50;

/** Undefined where the time was over, or nothing is proven. */
export async function certifySchedule(
  question: ScheduleQuestion,
  asked: Certified,
  { schedule, prices }: FoundSchedule,
  patience: Patience,
): Promise<ScheduleCertificate | undefined> {
  const routes = routesIn(question);
  const runs = new Runs(question);
  const free: ReadonlyMap<number, boolean> = new Map();
  const trellis = stepVariants(question).trellis(free);
  const variants = runs.variantsOn(routes);
  const lines = [floorLine('energy'), floorLine('cycles')];
  for (const weights of prices) {
    const found = await cheapestSchedule(question, weights, patience, free);
    if (!found || found === 'none') return undefined;
    const { minima } = found;
    lines.push(lineOf(weights, found.sum, (step, kept) => minima.floors(step, kept)));
  }
  const proven: ScheduleAsked = {
    ...asked,
    layers: runs.layers,
    runs: question.steps.map(({ layer, roles }) => ({ layer: runs.numberOf(layer), roles })),
    tensors: routes.tensors.map(({ name, banks }) => ({ name, banks })),
    end: routes.end,
    stretches: routes.stretches.map(({ from, upTo, steps }) => ({
      from,
      upTo,
      steps: steps.map(({ step, operands, begun, ended, barred }) => ({
        run: step,
        operands,
        begun,
        ended,
        ...(barred && { barred }),
      })),
    })),
  };
  const atLeast = (own: readonly ScheduleLine[]): number => {
    const least = networkAtLeast(goalOf(proven), own.map(exactLineOf));
    return least === 'none' ? Infinity : toNumber(least);
  };
  const all = atLeast(lines);
  // Lines without which no less is proven say nothing.
  const needed = lines.reduce<readonly ScheduleLine[]>((kept, line) => {
    const others = kept.filter((l) => l !== line);
    return atLeast(others) >= all ? others : kept;
  }, lines);
  // Rounded to a double it may be above what is proven.
  const bound = atLeast(needed) * (1 - 2 ** -50);
  if (!Number.isFinite(bound) || bound <= 0) return undefined;
  return {
    question: proven,
    bound,
    witness: witnessOf(question, schedule),
    variants: variants.map(({ layer, resident }) => ({ layer, resident })),
    states: trellis.points.map(({ at, within, kept }) => ({ at, ...(within && { within }), kept })),
    lines: needed,
  };

  /** What no step takes less of, whatever it costs to settle what it does take. */
  function floorLine(of: 'energy' | 'cycles'): ScheduleLine {
    const weights = { energy: 0, cycles: 0, both: 0, [of]: 1 };
    const least = question.steps.reduce((n, _, step) => n + stepFloor(question, step)[of], 0);
    return lineOf(weights, least, (step) => [{ taken: 0, min: stepFloor(question, step)[of] }]);
  }

  function lineOf(
    { energy, cycles }: Totals,
    sum: number,
    floors: (step: number, kept: readonly boolean[]) => readonly { readonly taken: number; readonly min: number }[],
  ): ScheduleLine {
    const unit = Math.floor(Math.log2(Math.max(sum, Number.MIN_VALUE))) - sumBits;
    const minima = variants.map(({ examples, room }): readonly Minimum[] => [
      ...examples
        .flatMap(({ step, kept }) => floors(step, kept))
        .toSorted((x, y) => x.taken - y.taken || x.min - y.min)
        .flatMap(({ taken, min }): Minimum[] =>
          taken > room ? [] : [{ taken, min: min === Infinity ? null : Math.floor((min * lowered) / 2 ** unit) }],
        ),
      { taken: room + 1, min: null },
    ]);
    return { energy, cycles, unit, minima, potentials: potentialsOf(minima) };
  }

  /** What the cheapest way from each state to the end costs: no step costs less than these fall. */
  function potentialsOf(minima: readonly (readonly Minimum[])[]): readonly (number | null)[] {
    const ahead = new Float64Array(trellis.points.length).fill(Infinity);
    if (trellis.end !== undefined) ahead[trellis.end] = 0;
    for (const move of trellis.moves.toReversed())
      ahead[move.from] = Math.min(nth(ahead, move.from), leastOf(minima, move) + nth(ahead, move.to));
    return [...ahead].map((own) => (own === Infinity ? null : own));
  }

  function leastOf(minima: readonly (readonly Minimum[])[], { state }: Move): number {
    const taken = question.problem.banks - state.free;
    return nth(minima, runs.variantOf(state.step, state.kept)).reduce(
      (least, own) => (own.taken > taken ? least : Math.max(least, own.min ?? Infinity)),
      0,
    );
  }
}

interface Example {
  readonly step: number;
  readonly kept: readonly boolean[];
}

interface KnownVariant extends Variant {
  readonly examples: readonly Example[];
  readonly room: number;
}

/** The runs of a question, those of one layer alike. */
class Runs {
  readonly layers: Layer[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly variants = new Map<string, number>();

  constructor(private readonly question: ScheduleQuestion) {
    for (const { layer } of question.steps) this.numberOf(layer);
  }

  numberOf(layer: Layer): number {
    const key = shapeKey(layer);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.layers.length);
    return this.layers.push(layer) - 1;
  }

  /** Of every choice of operands that stay: with steps that have it, and the most banks that may be taken beside it. */
  variantsOn({ stretches }: Routes): readonly KnownVariant[] {
    const { problem, steps } = this.question;
    const found: (KnownVariant & { examples: Example[] })[] = [];
    const seen = new Set<string>();
    for (const { step, operands } of stretches.flatMap((s) => s.steps)) {
      const own = nth(steps, step);
      const layer = this.numberOf(own.layer);
      for (let choice = 0; choice < 2 ** operands.length; choice++) {
        const kept = operands.map((_, i) => Math.floor(choice / 2 ** i) % 2 === 1);
        const alike = `${layer} ${own.roles.join()} ${kept.join()}`;
        if (seen.has(alike)) continue;
        seen.add(alike);
        const resident = this.residentIn(step, kept);
        const key = `${layer} ${resident.join()}`;
        const known = this.variants.get(key);
        if (known !== undefined) {
          nth(found, known).examples.push({ step, kept });
          continue;
        }
        this.variants.set(key, found.length);
        let room = problem.banks;
        while (room >= 0 && !hasRoom(own, { kept, free: problem.banks - room })) room--;
        found.push({ layer, resident, examples: [{ step, kept }], room });
      }
    }
    return found;
  }

  variantOf(step: number, kept: readonly boolean[]): number {
    const layer = this.numberOf(nth(this.question.steps, step).layer);
    return defined(this.variants.get(`${layer} ${this.residentIn(step, kept).join()}`));
  }

  private residentIn(step: number, kept: readonly boolean[]): Variant['resident'] {
    const { roles } = nth(this.question.steps, step);
    return residentTensors.filter((t) => roles.some((role, i) => role === t && kept[i]));
  }
}

function witnessOf(question: ScheduleQuestion, { route, places, chosen }: Schedule<Places>): ScheduleWitness {
  const routes = routesIn(question);
  const { tensors } = problemOf(routes, route);
  // Stretches of single runs come first, and are made anew for each question; chains in bands are the same.
  const numberOf = (own: (typeof route)[number]) => {
    const at = routes.stretches.indexOf(own);
    return at >= 0 ? at : routes.stretches.findIndex((s) => s.from === own.from && s.upTo === own.upTo);
  };
  return {
    route: route.map(numberOf),
    stays: places.flatMap((bank, i) => (bank === undefined ? [] : [{ tensor: nth(tensors, i), bank }])),
    mappings: mappingsInFile(chosen.map(({ found }) => found.mapping)),
  };
}
