// Branch and bound over a whole space: shapes the most promising first, each advanced in a worker for some boxes. What is
// decided does not depend on which worker is done first (`base/in-order.ts`), but where the time is over.

import type { Work } from '../../base/in-order.js';
import { inOrder } from '../../base/in-order.js';
import type { DesignPoint } from '../../model/space/design-space.js';
import { shapeParameters, shapesOf } from '../../model/space/design-space.js';
import type { Weights } from '../../enumerate/item.js';
import { shapesWithCosts } from '../../enumerate/item-costs.js';
import type { TotalsProblem } from './codesign-problem.js';
import { lesser } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { Advance, Advanced } from './advance.js';
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

export interface SearchOptions {
  readonly gap: number;
  /** On the clock of the hooks, ms. */
  readonly deadline: number;
  /** Machines to begin with. */
  readonly known: readonly FoundMachine[];
  /** Guesses at machines, of which nothing is proven: every other piece of work as long as there are some. */
  readonly beside?: Beside | undefined;
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

/** Guesses at machines beside a search. */
export interface Beside {
  readonly best: () => FoundMachine | undefined;
  /** What is to be done next for a better one, if anything. */
  readonly next: () => Work | undefined;
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
  /** How often it was gone on with. */
  slices: number;
  /** Its worker was lost: it keeps its bound and is not tried again. */
  lost: boolean;
}

/** Boxes that a worker splits of one shape before others hear of it: ever more, as they are handed over each time. */
const slice = { first: 16, more: 2, max: 256 };
/** Shapes whose quick bounds are one task. */
const atOnce = 8;
/** How fast a guess grows, and beyond how many times the minimum bound it is given up: any machine will do then. */
const growth = 1.25;
const far = 1000;

const shapeKeyOf = (p: DesignPoint): string => shapeParameters.map((name) => p[name]).join(' ');

export type BestFirstHooks = Pick<CodesignHooks, 'now' | 'width' | 'shapes' | 'stopped' | 'learned'>;

export async function bestFirst(
  problem: TotalsProblem,
  options: SearchOptions,
  hooks: BestFirstHooks,
): Promise<SearchResult> {
  const search = new BestFirst(problem, options, hooks);
  await search.quickBounds();
  await search.advanceAll();
  return search.result();
}

class BestFirst {
  /** Those of the shape last begun: a shape begins with them. */
  private prices: readonly Weights[] | undefined;
  private best: FoundMachine | undefined;
  private nodes = 0;
  /** All shapes of the space by their keys, also those that are no longer looked at. */
  private readonly keys: readonly string[];
  private readonly shapes: readonly Shape[];
  private readonly unbounded: Shape[];
  /**
   * As long as there is no machine to compare with, or one that was only guessed, nothing above a guess is looked at;
   * the guess grows. A machine found below it takes its place.
   */
  private guess: number;
  private lowestGuess = 0;
  private decided = 0;

  constructor(
    private readonly problem: TotalsProblem,
    private readonly options: SearchOptions,
    private readonly hooks: BestFirstHooks,
  ) {
    this.best = options.known.reduce<FoundMachine | undefined>(lesser, options.beside?.best());
    this.keys = shapesOf(problem.space).map(shapeKeyOf);
    this.shapes = shapesToSearch(problem, options.bounds);
    this.unbounded = this.shapes.filter((s) => s.bound === 0);
    this.guess = options.cutoff ?? (options.known.length > 0 ? Infinity : 0);
  }

  /** A guess that is known already is made better meanwhile. */
  async quickBounds(): Promise<void> {
    const { problem, hooks } = this;
    const next = (): Work | undefined => {
      const some = this.unbounded.splice(0, atOnce);
      if (some.length === 0) return undefined;
      return async () => {
        const found = await hooks.shapes.floors({ problem, shapes: some.map((s) => s.point) }).catch(() => undefined);
        return () => {
          // A lost worker leaves them as they are: nothing is below 0.
          if (found) some.forEach((s, i) => (s.bound = s.floor = found[i] ?? Infinity));
          this.report();
        };
      };
    };
    await inOrder(
      hooks.width,
      // Without a guess there is always one more machine to look at: of that, as much as one likes could be decided on here.
      () => (this.unbounded.length > 0 && this.options.beside?.best() ? this.aside() : undefined) ?? next(),
      () => this.isOver(),
      Infinity,
    );
  }

  async advanceAll(): Promise<void> {
    await inOrder(
      this.hooks.width,
      () => this.next(),
      () => this.isOver(),
    );
    this.report();
  }

  result(): SearchResult {
    const end = this.state();
    // Nothing below a guess is no proof that there is nothing.
    const proven = this.best
      ? this.guess >= this.aim() && end.open === 0
      : this.shapes.every((s) => s.bound === Infinity);
    const status = proven ? (this.best ? 'closed' : 'infeasible') : this.isEnough(end.bound) ? 'enough' : 'stopped';
    return { ...end, status, bounds: this.bounds() };
  }

  private isOver(): boolean {
    const { hooks, options } = this;
    return hooks.stopped() || hooks.now() >= options.deadline || this.isEnough(this.bound());
  }

  private isEnough(bound: number): boolean {
    const { anyWillDo = false, enough } = this.options;
    return (anyWillDo && this.best !== undefined) || (enough?.(this.best, bound) ?? false);
  }

  /** What costs less than this would be better by more than the gap. */
  private aim(): number {
    return (this.best?.value ?? Infinity) * (1 - this.options.gap);
  }

  /** A machine below this is told, though a guess is lower: whoever stops early has it, and no guess is raised beyond it. */
  private ceiling(): number {
    return this.options.cutoff ?? this.aim();
  }

  private target(): number {
    return Math.min(this.guess, this.aim());
  }

  private minBound(): number {
    return this.shapes.reduce((min, s) => Math.min(min, s.bound), Infinity);
  }

  private bound(): number {
    return Math.min(this.best?.value ?? Infinity, this.minBound());
  }

  /** A shape that is done keeps its bound, also where that is a little below the value of the machine that it is of. */
  private isOpen(s: Shape): boolean {
    return s.bound < this.target() && s.open?.length !== 0;
  }

  private bounds(): readonly ShapeBound[] {
    const byKey = new Map(this.shapes.map((s) => [s.key, s]));
    return this.keys.map((key) => {
      const shape = byKey.get(key);
      return {
        key,
        bound: shape && Number.isFinite(shape.bound) ? shape.bound : null,
        closed: !shape || !this.isOpen(shape),
      };
    });
  }

  private state(): SearchState {
    return {
      best: this.best,
      bound: this.bound(),
      nodes: this.nodes,
      shapes: this.keys.length,
      open: this.shapes.filter((s) => this.isOpen(s)).length,
      unbounded: this.unbounded.length,
    };
  }

  private report(): void {
    this.options.progress(this.state(), () => this.bounds());
  }

  /** The next piece of work: the most promising shape that nobody has; undefined where there is nothing more to do by now. */
  private next(): Work | undefined {
    do {
      const [first, second] = this.shapes
        .filter((s) => !s.busy && !s.lost && this.isOpen(s))
        .sort((x, y) => x.bound - y.bound || x.floor - y.floor);
      if (first) return (this.decided++ % 2 === 0 ? this.aside() : undefined) ?? this.advance(first, second?.bound);
      if (this.shapes.some((s) => s.busy)) return undefined;
    } while (this.guess < this.aim() && !this.shapes.some((s) => s.lost) && this.raise());
    return undefined;
  }

  /** Work on a guess. */
  private aside(): Work | undefined {
    const work = this.options.beside?.next();
    return work && (async () => this.noted(await work()));
  }

  /** Once it is over nothing else counts: whether that was done in time hangs on who was first. */
  private noted(note: () => void): () => void {
    return () => {
      if (this.isEnough(this.bound())) return;
      note();
      this.best = lesser(this.best, this.options.beside?.best());
      this.report();
    };
  }

  /** Nothing is below the guess: a larger one, if anything can be below that. */
  private raise(): boolean {
    const min = this.minBound();
    if (this.guess === Infinity || min === Infinity || this.options.cutoff !== undefined) return false;
    if (this.guess === 0) this.lowestGuess = min;
    this.guess = growth * Math.max(this.guess, min);
    if (this.guess >= far * this.lowestGuess) this.guess = Infinity;
    // What was cut off at the last guess is looked at anew.
    for (const s of this.shapes) if (s.bound < this.guess) s.open = undefined;
    return true;
  }

  private advance(shape: Shape, next = Infinity): Work {
    const { problem, options, hooks } = this;
    shape.busy = true;
    // A little beyond the next shape: going back and forth for nothing costs more.
    const input: Omit<Advance, 'seconds'> = {
      problem,
      shape: shape.point,
      open: shape.open,
      limit: this.target(),
      ceiling: this.ceiling(),
      until: next * 1.01,
      boxes: Math.min(slice.max, slice.first * slice.more ** shape.slices),
      prices: this.prices,
      anyWillDo: options.anyWillDo ?? false,
      learned: shape.open ? undefined : hooks.learned?.of(shape.key),
    };
    return async () => {
      const seconds = Math.max(0, (options.deadline - hooks.now()) / 1000);
      const done = await hooks.shapes.advance({ ...input, seconds }).catch(() => undefined);
      return this.noted(() => this.note(shape, done));
    };
  }

  private note(shape: Shape, done: Advanced | undefined): void {
    const { hooks } = this;
    shape.busy = false;
    shape.lost = done === undefined;
    if (!done) return;
    shape.slices++;
    shape.open = done.open;
    this.prices = done.prices ?? this.prices;
    if (done.learned) hooks.learned?.keep(shape.key, done.learned);
    // What is settled in a slice stays, whatever is proven of the rest later.
    shape.settled = Math.min(shape.settled, done.settled);
    shape.bound = Math.min(shape.settled, Math.max(shape.bound, done.bound));
    this.nodes += done.nodes;
    this.best = lesser(this.best, done.best);
  }
}

/** All but those of which nothing fits, or whose smallest machine is too large; with the bounds that were proven before. */
const shapesToSearch = (
  { space, technology, area }: TotalsProblem,
  bounds: SearchOptions['bounds'],
): readonly Shape[] =>
  shapesWithCosts(space, technology).flatMap(({ shape: point, costs }) => {
    const key = shapeKeyOf(point);
    const known = bounds.get(key);
    const bound = known ?? 0;
    return known === null || costs.min.area > area
      ? []
      : [{ point, key, bound, floor: bound, open: undefined, busy: false, settled: Infinity, lost: false, slices: 0 }];
  });
