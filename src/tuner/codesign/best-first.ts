// Branch and bound over a whole space: shapes the most promising first, each advanced in a worker for a while.

import type { DesignPoint } from '../../model/space/design-space.js';
import { shapeParameters, shapesOf } from '../../model/space/design-space.js';
import type { Weights } from '../../enumerate/item.js';
import { shapesWithCosts } from '../../enumerate/item-costs.js';
import type { CodesignProblem, TotalsProblem } from './codesign-problem.js';
import { lesser } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { Advance } from './advance.js';
import type { FoundMachine } from './found-machine.js';

export interface SearchState {
  readonly best: FoundMachine | undefined;
  /** No machine of the space costs less. */
  readonly bound: number;
  readonly nodes: number;
  readonly shapes: number;
  readonly open: number;
  /** Shapes that wait for a first bound. */
  readonly unbounded: number;
}

export interface SearchResult extends SearchState {
  readonly bounds: readonly ShapeBound[];
  readonly status: 'closed' | 'enough' | 'infeasible' | 'stopped';
}

export interface ShapeBound {
  readonly key: string;
  /** null where nothing of the shape fits. */
  readonly bound: number | null;
  readonly closed: boolean;
}

interface SearchOptions {
  readonly gap: number;
  /** On the clock of the hooks, ms. */
  readonly deadline: number;
  /** Machines to begin with. */
  readonly known: readonly FoundMachine[];
  /** The best machine that was guessed so far, of which nothing is proven. */
  readonly guessed?: () => FoundMachine | undefined;
  /** Bounds of shapes proven before. */
  readonly bounds: ReadonlyMap<string, number | null>;
  /** Whether the first machine found ends the search. */
  readonly anyWillDo?: boolean;
  /** What is not below this is of no interest. */
  readonly cutoff?: number;
  /** Ends the search early: a machine that is good enough, a bound that says enough. */
  readonly enough?: (best: FoundMachine | undefined, bound: number) => boolean;
  readonly progress: (state: SearchState, bounds: () => readonly ShapeBound[]) => void;
}

interface Shape {
  readonly point: DesignPoint;
  readonly key: string;
  bound: number;
  /** Its quick bound: says which to look at first where bounds are the same, as after a guess that was too low. */
  floor: number;
  open: Advance['open'];
  busy: boolean;
  /** The minimum bound of machines that are done. */
  settled: number;
  /** How often its first box was not finished. */
  tries: number;
  /** Its worker was lost: it keeps its bound and is not tried again. */
  lost: boolean;
}

/**
 * Seconds for which a worker goes on with one shape. Its first box is begun again if it is not finished, with more
 * time: where nothing is found yet a guess may want the worker too.
 */
const slice = { first: 30, more: 2, max: 600, later: 3 };
/** Shapes whose quick bounds are one task. */
const atOnce = 8;
/** How fast a guess grows, and beyond how many times the minimum bound it is given up: any machine will do then. */
const growth = 1.25;
const far = 1000;

const shapeKeyOf = (p: DesignPoint): string => shapeParameters.map((name) => p[name]).join(' ');

type Hooks = Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped'>;

export async function bestFirst(
  problem: CodesignProblem | TotalsProblem,
  options: SearchOptions,
  hooks: Hooks,
): Promise<SearchResult> {
  /** Those of the shape last begun: of totals a shape begins with them. */
  let prices: readonly Weights[] | undefined;
  const all = shapesOf(problem.space);
  let best = options.known.reduce<FoundMachine | undefined>((b, m) => (!b || m.value < b.value ? m : b), undefined);
  let nodes = 0;
  const shapes: Shape[] = shapesWithCosts(problem.space, problem.technology).flatMap(({ shape: point, costs }) => {
    const key = shapeKeyOf(point);
    const known = options.bounds.get(key);
    const bound = known ?? 0;
    return known === null || costs.min.area > problem.area
      ? []
      : [{ point, key, bound, floor: bound, open: undefined, busy: false, settled: Infinity, lost: false, tries: 0 }];
  });
  const unbounded = shapes.filter((s) => s.bound === 0);
  const byKey = new Map(shapes.map((s) => [s.key, s]));
  // As long as there is no machine to compare with, or one that was only guessed, nothing above a guess is looked at;
  // the guess grows. A machine found below it takes its place.
  let guess = options.cutoff ?? (best ? Infinity : 0);
  let lowestGuess = 0;
  const aim = () => (best?.value ?? Infinity) * (1 - options.gap);
  const target = () => Math.min(guess, aim());
  const bound = () =>
    Math.min(
      best?.value ?? Infinity,
      shapes.reduce((min, s) => Math.min(min, s.bound), Infinity),
    );
  const isEnough = (known: number) =>
    ((options.anyWillDo ?? false) && best !== undefined) || (options.enough?.(best, known) ?? false);
  const over = () => {
    best = lesser(best, options.guessed?.());
    return hooks.stopped() || hooks.now() >= options.deadline || isEnough(bound());
  };
  // A shape that is done keeps its bound, also where that is a little below the value of the machine that it is of.
  const isOpen = (s: Shape) => s.bound < target() && s.open?.length !== 0;
  const bounds = (): readonly ShapeBound[] =>
    all.map(shapeKeyOf).map((key) => {
      const shape = byKey.get(key);
      return {
        key,
        bound: shape && Number.isFinite(shape.bound) ? shape.bound : null,
        closed: !shape || !isOpen(shape),
      };
    });
  const state = (): SearchState => ({
    best,
    bound: bound(),
    nodes,
    shapes: all.length,
    open: shapes.filter(isOpen).length,
    unbounded: unbounded.length,
  });
  const progress = () => options.progress(state(), bounds);
  const lanes = (work: () => Promise<boolean>) =>
    Promise.all(
      Array.from({ length: hooks.width }, async () => {
        while (!over() && (await work())) progress();
      }),
    );

  await lanes(async () => {
    const some = unbounded.splice(0, atOnce);
    if (some.length === 0) return false;
    const found = await hooks.shapes.floors({ problem, shapes: some.map((s) => s.point) }).catch(() => undefined);
    // A lost worker leaves them as they are: nothing is below 0.
    if (found) some.forEach((s, i) => (s.bound = s.floor = found[i] ?? Infinity));
    return true;
  });

  // Lanes whose shapes are all taken wait for the others.
  let resting: (() => void)[] = [];
  await lanes(async () => {
    const [first, second] = shapes
      .filter((s) => !s.busy && !s.lost && isOpen(s))
      .sort((x, y) => x.bound - y.bound || x.floor - y.floor);
    if (!first) {
      if (!shapes.some((s) => s.busy)) return guess < aim() && !shapes.some((s) => s.lost) && raise();
      await new Promise<void>((resolve) => resting.push(resolve));
      return true;
    }
    await go(first, second?.bound ?? Infinity);
    for (const wake of resting) wake();
    resting = [];
    return true;
  });
  for (const wake of resting) wake();
  progress();
  const end = state();
  // Nothing below a guess is no proof that there is nothing.
  const proven = best ? guess >= aim() && end.open === 0 : shapes.every((s) => s.bound === Infinity);
  const status = proven ? (best ? 'closed' : 'infeasible') : isEnough(end.bound) ? 'enough' : 'stopped';
  return { ...end, status, bounds: bounds() };

  /** Nothing is below the guess: a larger one, if anything can be below that. */
  function raise(): boolean {
    const min = shapes.reduce((n, s) => Math.min(n, s.bound), Infinity);
    if (guess === Infinity || min === Infinity || options.cutoff !== undefined) return false;
    if (guess === 0) lowestGuess = min;
    guess = growth * Math.max(guess, min);
    if (guess >= far * lowestGuess) guess = Infinity;
    // What was cut off at the last guess is looked at anew.
    for (const s of shapes) if (s.bound < guess) s.open = undefined;
    return true;
  }

  async function go(shape: Shape, next: number): Promise<void> {
    shape.busy = true;
    const patience = shape.open ? slice.later : Math.min(slice.max, slice.first * slice.more ** shape.tries);
    const seconds = Math.max(0.1, Math.min(patience, (options.deadline - hooks.now()) / 1000));
    // A little beyond the next shape: going back and forth for nothing costs more.
    const input: Advance = {
      problem,
      shape: shape.point,
      open: shape.open,
      limit: target(),
      until: next * 1.01,
      seconds,
      prices,
      anyWillDo: options.anyWillDo ?? false,
    };
    const done = await hooks.shapes.advance(input).catch(() => undefined);
    shape.busy = false;
    shape.lost = done === undefined;
    if (!done) return;
    if (!shape.open && !done.open) shape.tries++;
    shape.open = done.open;
    prices = done.prices ?? prices;
    // What is settled in a slice stays, whatever is proven of the rest later.
    shape.settled = Math.min(shape.settled, done.settled);
    shape.bound = Math.min(shape.settled, Math.max(shape.bound, done.bound));
    nodes += done.nodes;
    best = lesser(best, done.best);
  }
}
