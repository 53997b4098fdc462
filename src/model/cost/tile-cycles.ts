// Cycles of a machine that works tile by tile, as docs/hardware.md counts them: engines side by side in each step of
// two nests. What an engine does is a product, read with numbers or with logarithms; how steps add up is a closed form.

import { nth } from '../../base/invariant.js';
import type { Cycles } from '../../base/units.js';
import { cycles } from '../../base/units.js';
import type { Engine, Tiling } from '../machine/architecture.js';
import { engines } from '../machine/architecture.js';
import type { Behind, Tensor, Weighed } from '../workload/layer.js';
import { dimensions, hasResidual, isRelevant, packedIn, pooledOf, relevance } from '../workload/layer.js';
import type { Machine } from '../machine/compiled-machine.js';
import { childOf } from '../machine/compiled-machine.js';
import type { Loop, Mapping } from '../mapping/mapping.js';
import { stepKinds } from './nest-steps.js';
import type { Reading } from './traffic.js';
import { computeCycles, distinct, tileLines } from './traffic.js';

/** Lines that leave the PEs in the beats of one: more than 1 where windows of a pool take less time than their output. */
export interface Pooled {
  readonly window: number;
}

/**
 * The tiles of a machine as one layer runs in them. A drain that waits for a residual has its latency and beats. Lines of a
 * pool's window go a cycle each, and the port of the global buffer takes what is left of them meanwhile, or longer than they do:
 * then a window has the beats of its output. The port takes the last line behind all
 * others. Lines of weights that lie packed, and of inputs in pairs, have beats of their own.
 */
export function tilingFor<T extends Pick<Tiling, 'latency' | 'beatsPerLine' | 'residual' | 'packed' | 'split'>>(
  machine: T,
  layer: Behind & Weighed,
): T & Pooled {
  const tiling = besideResidents(machine, layer);
  const { latency, residual } = tiling;
  const packed = layer.resident?.weights?.held ? undefined : packedIn(tiling.packed, layer);
  const pairs = layer.split ? tiling.split : undefined;
  const beatsPerLine = {
    ...tiling.beatsPerLine,
    ...(packed && { load_w: packed.beatsPerLine }),
    ...(pairs && { fill: pairs.beatsPerLine }),
  };
  const drainOf = (beats: number, more: number, window: number): T & Pooled => ({
    ...tiling,
    latency: { ...latency, drain: latency.drain + more },
    beatsPerLine: { ...beatsPerLine, drain: beats },
    window,
  });
  if (hasResidual(layer)) return drainOf(residual.beatsPerLine, residual.latency, 1);
  const [pooled, { drain }] = [pooledOf(layer), beatsPerLine];
  return drain > pooled ? drainOf(drain, pooled - 1, pooled) : drainOf(1, drain - 1, 1);
}

/**
 * What lies in the global buffer, or in the weight buffers, keeps no engine of DRAM busy. A residual in the global buffer is answered
 * in the next cycle, and asked for no faster than outputs are stored.
 */
export function besideResidents<T extends Pick<Tiling, 'latency' | 'beatsPerLine' | 'residual'>>(
  tiling: T,
  { resident }: Pick<Behind, 'resident'>,
): T {
  if (!resident) return tiling;
  const { latency, beatsPerLine, residual } = tiling;
  const still = {
    ...(resident.input && { fill: 0 }),
    ...(resident.output && { spill: 0 }),
    ...(resident.weights?.held && { load_w: 0 }),
  };
  return {
    ...tiling,
    latency: { ...latency, ...still },
    beatsPerLine: { ...beatsPerLine, ...still },
    residual: resident.residual ? { latency: 2, beatsPerLine: beatsPerLine.drain } : residual,
  };
}

export interface Work<X> {
  /** Beats in which the engine moves its lines in one go, or cycles of the PE nest. */
  readonly beats: X;
  /** How often it does over the whole layer. */
  readonly runs: X;
}

/** What each engine does. */
export function workOf<X>(r: Reading<X>, m: Machine, tiling: Tiling & Pooled): Readonly<Record<Engine, Work<X>>> {
  const { outer, inner, beatsPerLine, window } = tiling;
  const [inputs, weights, outputs] = [
    childOf(m, inner, 'Inputs'),
    childOf(m, outer, 'Weights'),
    childOf(m, inner, 'Outputs'),
  ];
  /**
   * Tiles of a tensor that arrive at a level, or leave it: a run of loops that do not touch
   * it keeps the one that is there.
   */
  const moves = (tensor: Tensor, level: number) =>
    r.product([r.loops(relevance[tensor], { where: 'temporal outside', level }), r.refetches(tensor, level)]);
  const spread = (tensor: Tensor, from: number, to: number) =>
    r.product([distinct(r, m, tensor, from, to, []), tileLines(r, m, tensor, to)]);
  const tiles = r.loops(dimensions, { where: 'temporal outside', level: inner + 1 });
  const beats = (e: Engine, ...lines: readonly X[]) => r.product([r.constant(beatsPerLine[e]), ...lines]);
  const drained = beats('drain', spread('Outputs', inner, outputs));
  return {
    compute: { beats: r.quotient(computeCycles(r), tiles), runs: tiles },
    load_i: { beats: beats('load_i', spread('Inputs', inner, inputs)), runs: moves('Inputs', inputs) },
    // A line of weights goes to one lane at a time.
    load_w: {
      beats: beats(
        'load_w',
        spread('Weights', outer, weights),
        r.loops(relevance.Weights, { where: 'axes', names: [tiling.lanes] }),
      ),
      runs: moves('Weights', weights),
    },
    drain: {
      beats: window === 1 ? drained : r.quotient(drained, r.constant(window)),
      runs: moves('Outputs', outputs),
    },
    fill: { beats: beats('fill', tileLines(r, m, 'Inputs', inner)), runs: moves('Inputs', inner) },
    spill: { beats: beats('spill', tileLines(r, m, 'Outputs', inner)), runs: moves('Outputs', inner) },
  };
}

/** The loops of both nests, innermost first, none of them 1. */
export function nestsOf(
  tiling: Tiling,
  mapping: Mapping,
): { readonly outer: readonly Loop[]; readonly inner: readonly Loop[] } {
  const nest = (level: number) =>
    nth(mapping.levels, level)
      .temporal.filter((l) => l.factor > 1)
      .toReversed();
  return { outer: nest(tiling.outer), inner: nest(tiling.inner) };
}

export interface TilesEvaluation {
  /** Tiles of the outer nest, and of both nests. */
  readonly outer: number;
  readonly all: number;
  /** Per engine, how often it runs and for how many cycles in all; engines run side by side. */
  readonly engines: Readonly<
    Record<Engine, { readonly runs: number; readonly beats: number; readonly cycles: Cycles }>
  >;
  readonly cycles: Cycles;
}

/** Exact for legal mappings: their reduction loops outside the PE are the innermost of both nests. */
export function evaluateTiles(
  r: Reading<number>,
  m: Machine,
  tiling: Tiling & Pooled,
  mapping: Mapping,
): TilesEvaluation {
  const work = workOf(r, m, tiling);
  const lasts = (e: Engine) => work[e].beats + tiling.latency[e];
  const { outer, inner } = nestsOf(tiling, mapping);
  return {
    outer: outer.reduce((n, l) => n * l.factor, 1),
    all: work.compute.runs,
    engines: Object.fromEntries(
      engines.map((e) => [e, { ...work[e], cycles: cycles(work[e].runs * lasts(e)) }]),
    ) as TilesEvaluation['engines'],
    cycles: cyclesOfSteps(outer, inner, lasts, tiling.step),
  };
}

/** So many times the same tiles. */
export const repeatedTiles = (
  { outer, all, engines: each, cycles: time }: TilesEvaluation,
  times: number,
): TilesEvaluation => ({
  outer: times * outer,
  all: times * all,
  engines: Object.fromEntries(
    engines.map((e) => [
      e,
      { runs: times * each[e].runs, beats: each[e].beats, cycles: cycles(times * each[e].cycles) },
    ]),
  ) as TilesEvaluation['engines'],
  cycles: cycles(times * time),
});

/** Advances from which on a tensor's run is not under way: in the inner nest, in the outer one, and where an inner nest begins. */
export function runsIn(outer: readonly Loop[], inner: readonly Loop[]) {
  /** Loops of the run of a tensor, innermost first. */
  const run = (loops: readonly Loop[], tensor: Tensor) => {
    const first = loops.findIndex((l) => isRelevant(tensor, l.dim));
    return first < 0 ? loops.length : first;
  };
  const inRun = { Weights: run(inner, 'Weights'), Inputs: run(inner, 'Inputs'), Outputs: run(inner, 'Outputs') };
  /** A run goes on into the outer nest where it takes in the whole inner nest. */
  const outRun = (tensor: Tensor) => (inRun[tensor] === inner.length ? run(outer, tensor) : 0);
  const atFirst = { Weights: outRun('Weights'), Inputs: outRun('Inputs') };
  return { inRun, filled: run(outer, 'Inputs'), spilled: outRun('Outputs'), atFirst };
}

/**
 * Cycles of all steps of two nests, loops innermost first and all above 1, where a run of
 * an engine lasts so many cycles.
 */
export function cyclesOfSteps(
  outer: readonly Loop[],
  inner: readonly Loop[],
  lasts: (e: Engine) => number,
  step: number,
): Cycles {
  const { inRun, filled, spilled, atFirst } = runsIn(outer, inner);

  const when = (engine: Engine, runs: boolean) => (runs ? lasts(engine) : 0);
  const kinds = stepKinds(inner.map((l) => l.factor));
  const within = kinds.slice(1, -1).reduce((sum, { enter, work: busy, leave, count }) => {
    const longest = Math.max(
      when('load_i', enter >= inRun.Inputs),
      when('load_w', enter >= inRun.Weights),
      when('compute', busy !== undefined),
      when('drain', leave >= inRun.Outputs),
    );
    return sum + count * (longest + step);
  }, 0);
  /**
   * The inner nest under one outer tile: only its first and last step depend on how the
   * outer nest comes to it and goes on.
   */
  const innerNest = ({ from, to }: { from: number; to: number }) =>
    Math.max(when('load_i', from >= atFirst.Inputs), when('load_w', from >= atFirst.Weights)) +
    when('drain', to >= spilled) +
    2 * step +
    within;

  return cycles(
    stepKinds(outer.map((l) => l.factor)).reduce((sum, { enter, work: busy, leave, count }) => {
      const longest = Math.max(
        when('fill', enter >= filled),
        busy ? innerNest(busy) : 0,
        when('spill', leave >= spilled),
      );
      return sum + count * (longest + step);
    }, 0),
  );
}
