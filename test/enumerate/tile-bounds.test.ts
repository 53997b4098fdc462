// Law: no row of the table of tile bounds (`model/cost/tile-bounds.ts`), read with numbers, is above the closed form of the
// enumeration, and each is met exactly by some nests. All that are not said again by another row, with a share that the program
// has in chords only, are somewhere the one that holds. docs/formulation.md derives the same rows.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=200000 npx vitest run test/enumerate/tile-bounds.test.ts

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { cyclesOfTiles } from '../../src/enumerate/cycles.js';
import type { Engine } from '../../src/model/machine/architecture.js';
import { engines } from '../../src/model/machine/architecture.js';
import { leastCycles } from '../../src/enumerate/least-cycles.js';
import { fewestSteps, stepsPer } from '../../src/model/cost/tile-bounds.js';
import { cyclesOfSteps } from '../../src/model/cost/tile-cycles.js';
import type { Tensor } from '../../src/model/workload/layer.js';
import { isRelevant } from '../../src/model/workload/layer.js';
import type { Loop } from '../../src/model/mapping/mapping.js';
import { casesOf, seedFrom } from '../support/cases.js';
import type { Tiles } from '../support/tile-rows.js';
import { rowsOfTiles } from '../support/tile-rows.js';

const seed = seedFrom(20191104);
const cases = casesOf('enumerate/tile-bounds');

/** Classes of loops, by what they are irrelevant to: weights, inputs, sums. */
const classes = [
  { dim: 'P', irrelevant: 'Weights' },
  { dim: 'K', irrelevant: 'Inputs' },
  { dim: 'C', irrelevant: 'Outputs' },
] as const;
const product = (loops: readonly Loop[]) => loops.reduce((n, l) => n * l.factor, 1);
/** Loops but for the run of a tensor; innermost first. */
const afterRun = (loops: readonly Loop[], tensor: Tensor): readonly Loop[] => {
  const end = loops.findIndex((l) => isRelevant(tensor, l.dim));
  return end < 0 ? [] : loops.slice(end);
};

interface Nests {
  /** Innermost first. */
  readonly inner: readonly Loop[];
  readonly outer: readonly Loop[];
}

function tilesOf({ inner, outer }: Nests, beats: Readonly<Record<Engine, number>>): Tiles {
  const nest = [...inner, ...outer];
  const runsOf = (loops: readonly Loop[], tensor: Tensor) => product(afterRun(loops, tensor));
  const runs: Readonly<Record<Engine, number>> = {
    compute: product(nest),
    load_i: runsOf(nest, 'Inputs'),
    load_w: runsOf(nest, 'Weights'),
    drain: runsOf(nest, 'Outputs'),
    fill: runsOf(outer, 'Inputs'),
    spill: runsOf(outer, 'Outputs'),
  };
  const first = (tensor: Tensor) =>
    inner.every((l) => !isRelevant(tensor, l.dim)) ? runsOf(outer, tensor) : product(outer);
  return {
    outer: product(outer),
    all: product(nest),
    engines: Object.fromEntries(engines.map((e) => [e, { beats: beats[e], runs: runs[e] }])) as Tiles['engines'],
    first: { load_i: first('Inputs'), load_w: first('Weights') },
    grouped: true,
    irrelevant: (t) => (t === 'empty' ? inner.length === 0 : inner[0] !== undefined && !isRelevant(t, inner[0].dim)),
  };
}

/** The closed form takes nests by their classes. */
function closed(
  { inner, outer }: Nests,
  beats: Readonly<Record<Engine, number>>,
  c: Parameters<typeof cyclesOfTiles>[0],
) {
  const reused = (loops: readonly Loop[]) => classes.find((k) => k.dim === loops[0]?.dim)?.irrelevant;
  const nestOf = (loops: readonly Loop[], keeps: (tensor: Tensor) => boolean) => {
    const own = reused(loops);
    const is = (tensor: Tensor) => own === tensor && keeps(tensor);
    return {
      tiles: product(loops),
      runs: own === undefined ? product(loops) : product(loops) / loops[0]!.factor,
      keepsW: is('Weights'),
      keepsI: is('Inputs'),
      keepsO: is('Outputs'),
    };
  };
  return cyclesOfTiles(
    c,
    {
      compute: beats.compute,
      loadI: beats.load_i,
      loadW: beats.load_w,
      drain: beats.drain,
      fill: beats.fill,
      spill: beats.spill,
    },
    nestOf(inner, () => true),
    nestOf(outer, (tensor) => inner.every((l) => !isRelevant(tensor, l.dim))),
    reused(outer) === 'Inputs',
  );
}

interface Case {
  readonly nests: Nests;
  readonly beats: Readonly<Record<Engine, number>>;
  readonly c: Parameters<typeof cyclesOfTiles>[0];
  readonly cycles: number;
}

/** Random nests of a machine, whose reduction loops over tiles are the innermost of both: sums stay in a PE. */
function* randomCases(count: number): Generator<Case> {
  const chance = seeded(seed);
  const loops = (): Loop[] => {
    const dims = ([...classes.map((k) => k.dim), 'G'] as const).filter(() => chance.below(2) === 0);
    const own = dims.map((dim) => ({ dim, factor: chance.pick([2, 2, 3, 5, 16]) }));
    // One class innermost, groups outside.
    const at = chance.below(3);
    const rank = ({ dim }: Loop) => (dim === 'G' ? 9 : (classes.findIndex((k) => k.dim === dim) - at + 3) % 3);
    return own.sort((p, q) => rank(p) - rank(q));
  };
  for (let i = 0; i < count; i++) {
    const nests: Nests = { inner: loops(), outer: loops() };
    const reduced = (nest: readonly Loop[]) => nest.findIndex((l) => l.dim === 'C');
    if (reduced(nests.inner) > 0 || reduced(nests.outer) > 0) continue;
    if (reduced(nests.outer) === 0 && nests.inner.some((l) => l.dim !== 'C')) continue;
    const pick = () => chance.pick([0, 1, 2, 10, 40, 200, 3000]);
    const each = (of: () => number) =>
      ({ compute: of(), load_i: of(), load_w: of(), drain: of(), fill: of(), spill: of() }) satisfies Record<
        Engine,
        number
      >;
    const beats = each(pick);
    const loading = chance.pick([0, 2]);
    const latency = { ...each(() => chance.pick([0, 2, 5])), load_i: loading, load_w: loading };
    const c = { step: chance.pick([0, 2, 3]), latency };
    yield { nests, beats, c, cycles: closed(nests, beats, c) };
  }
}

test('no row is above the closed form, and each is met', { timeout: 300_000 }, () => {
  const met = new Map<string, number>();
  const binding = new Map<string, number>();
  for (const { nests, beats, c, cycles } of randomCases(cases)) {
    const text = JSON.stringify({ nests, beats, c, cycles });
    expect(
      cyclesOfSteps(nests.outer, nests.inner, (e) => beats[e] + c.latency[e], c.step),
      text,
    ).toBe(cycles);
    const rows = rowsOfTiles(c, tilesOf(nests, beats));
    const max = Math.max(...rows.values());
    for (const [name, value] of rows) {
      // Shares of ratios round in the last digits.
      expect(value, `${name} ${text}`).toBeLessThanOrEqual(cycles * (1 + 1e-12));
      if (value > cycles * (1 - 1e-12)) met.set(name, (met.get(name) ?? 0) + 1);
      const others = [...rows].filter(([other]) => other !== name).map(([, x]) => x);
      if (value === max && value > Math.max(...others) * (1 + 1e-12)) binding.set(name, (binding.get(name) ?? 0) + 1);
    }
  }
  const names = [...rowsOfTiles({ step: 2, latency: none }, tilesOf({ inner: [], outer: [] }, none)).keys()];
  expect(names.filter((name) => !met.has(name))).toEqual([]);
  // `load_*.compute` says what `load_*` does and more, `load_i.load_w` what `load_i.drain` does.
  const weaker = ['load_i', 'load_w', 'load_i.drain', 'load_w.drain'];
  expect(names.filter((name) => !binding.has(name))).toEqual(names.filter((name) => weaker.includes(name)));
});

test('the least of all nests with such runs is not above any of them, and met where the outer nest is known', () => {
  let [met, near] = [0, 0];
  for (const { nests, beats, c, cycles } of randomCases(cases)) {
    const { inner, outer } = nests;
    const { engines: work } = tilesOf(nests, beats);
    const [tiles, tilesOuter] = [product([...inner, ...outer]), product(outer)];
    const keeps = (tensor: Tensor) =>
      outer[0] !== undefined && !isRelevant(tensor, outer[0].dim) && inner.every((l) => !isRelevant(tensor, l.dim));
    const lasts = (e: Engine) => beats[e] + c.latency[e];
    const runs = {
      compute: lasts('compute'),
      loadW: lasts('load_w'),
      loadI: lasts('load_i'),
      drain: lasts('drain'),
    };
    const known = {
      tiles,
      runsW: work.load_w.runs,
      runsI: work.load_i.runs,
      drains: work.drain.runs,
      keepsW: keeps('Weights'),
      keepsI: keeps('Inputs'),
      finished: work.spill.runs / tilesOuter,
      step: c.step,
      ends: (beats.fill + beats.spill) * tilesOuter,
    };
    const text = JSON.stringify({ nests, beats, c, cycles });
    const one = leastCycles(runs, { ...known, minOuter: tilesOuter, maxOuter: tilesOuter });
    const any = leastCycles(runs, { ...known, minOuter: 1, maxOuter: tiles });
    expect(one, text).toBeLessThanOrEqual(cycles);
    // Of an outer nest that is not known, all the same but in one go.
    expect(any, text).toBeLessThanOrEqual(one);
    if (one > cycles * (1 - 1e-9)) met++;
    if (any > cycles / 2) near++;
  }
  expect(met).toBeGreaterThan(cases / 50);
  expect(near).toBeGreaterThan(cases / 10);
});

const none = { compute: 0, load_i: 0, load_w: 0, drain: 0, fill: 0, spill: 0 };

test('steps are counted as the rows count them', () => {
  const chance = seeded(seed);
  for (let i = 0; i < 100; i++) {
    const inner = [{ dim: 'P' as const, factor: chance.pick([2, 3, 7]) }].slice(chance.below(2));
    const outer = [{ dim: 'K' as const, factor: chance.pick([2, 3, 7]) }].slice(chance.below(2));
    const [all, tiles] = [product(inner) * product(outer), product(outer)];
    // Where nothing takes any time but a step, all inner steps of an outer tile follow each other.
    expect(cyclesOfSteps(outer, inner, () => 0, 1)).toBe(
      stepsPer.tile * all + stepsPer.outerTile * tiles + stepsPer.layer,
    );
  }
  expect(cyclesOfSteps([], [], () => 0, 1)).toBe(fewestSteps);
});

test('the rows are those that docs/formulation.md derives', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/formulation.md'), 'utf8');
  const table = text.slice(text.indexOf('**Cycles of tiles**'), text.indexOf('X is the sum over outer tiles'));
  const told = table
    .split('\n')
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_.]+)`/g)].map((m) => m[1]!));
  const names = [...rowsOfTiles({ step: 2, latency: none }, tilesOf({ inner: [], outer: [] }, none)).keys()];
  expect(told.toSorted()).toEqual(names.toSorted());
});
