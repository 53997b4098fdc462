// The cycles of docs/hardware.md by walking every step of both nests with counters and flags: the page, word by word.

import type { Architecture, Engine } from '../../src/model/machine/architecture.js';
import type { Dimension, Layer, Tensor } from '../../src/model/workload/layer.js';
import { dimensions, relevance } from '../../src/model/workload/layer.js';
import type { Template } from '../../src/model/machine/parameters.js';
import type { Loop, Mapping } from '../../src/model/mapping/mapping.js';

/** Counters of a nest as they run: one state per iteration, loops outermost first. */
function* iterations(loops: readonly Loop[]): Generator<number[]> {
  const counters = loops.map(() => 0);
  for (;;) {
    yield [...counters];
    let i = loops.length - 1;
    while (i >= 0 && counters[i] === loops[i]!.factor - 1) counters[i--] = 0;
    if (i < 0) return;
    counters[i]!++;
  }
}

const touches = (t: Tensor, l: Loop) => relevance[t].includes(l.dim);
/** The innermost loops that do not touch the tensor, up to the first that does. */
const runMask = (loops: readonly Loop[], t: Tensor) => {
  const last = loops.findLastIndex((l) => touches(t, l));
  return loops.map((_, i) => i > last);
};

export interface Walked {
  readonly cycles: number;
  readonly runs: Readonly<Record<Engine, number>>;
}

/** `slower` makes engines last longer than the page says, so that each of them is the slowest somewhere. */
export function walk(
  a: Architecture,
  layer: Layer,
  mapping: Mapping,
  slower: Readonly<Record<Engine, number>>,
  t: Template,
): Walked {
  const level = (name: string) => mapping.levels[a.levels.findIndex((l) => l.name === name)]!;
  const real = (loops: readonly Loop[]) => loops.filter((l) => l.factor > 1);
  const [outer, inner] = [real(level('DRAM').temporal), real(level('GlobalBuffer').temporal)];
  const both = [...outer, ...inner];
  const peLoops = mapping.levels.slice(2).flatMap((l) => l.temporal);
  const product = (loops: readonly Loop[], ds: readonly Dimension[] = dimensions) =>
    loops.reduce((n, l) => (ds.includes(l.dim) ? n * l.factor : n), 1);
  const fan = level('GlobalBuffer').spatial;
  const [lanes, vector] = ['lanes', 'vector'].map((axis) =>
    product(mapping.levels.flatMap((l) => l.spatial.filter((s) => s.axis === axis))),
  );
  const pool = (layer.pool?.P ?? 1) * (layer.pool?.Q ?? 1);
  const rows = a.levels[1]!.axes.find((x) => x.label === 'rows')!.size;

  const insidePe = mapping.levels.slice(2).flatMap((l) => [...l.temporal, ...l.spatial]);
  const insideGlobal = [...insidePe, ...inner, ...fan];
  const span = (loops: readonly Loop[], out: 'P' | 'Q', kernel: 'R' | 'S') => {
    const [p, r, s, d] = [product(loops, [out]), product(loops, [kernel]), layer.stride[out], layer.dilation[kernel]];
    let g = s;
    while (s % g !== 0 || d % g !== 0) g--;
    return Math.min(p * r, ((p - 1) * s) / g + ((r - 1) * d) / g + 1);
  };
  const inputLines = (loops: readonly Loop[]) =>
    (product(loops, ['N', 'G', 'C']) / vector!) * span(loops, 'P', 'R') * span(loops, 'Q', 'S');
  const outputLines = (loops: readonly Loop[]) => product(loops, relevance.Outputs) / lanes!;

  const isPacked = (layer.weightBits ?? Infinity) * t.packedWeights <= t.weightPrecision;
  /** Beats of a line of so many bits over a channel; machines here have no bandwidth beside their widths. */
  const beats = (line: number, width: number) => Math.ceil(line / Math.min(line, width));
  const [ofWeights, ofInputs, ofResiduals, ofOutputs] = [
    beats((t.vectorSize * t.weightPrecision) / (isPacked ? t.packedWeights : 1), t.weightChannel),
    // Two lines make one of pairs.
    (layer.split && t.splitMultipliers === 1 ? 2 : 1) * beats(t.vectorSize * t.inputPrecision, t.inputChannel),
    // No faster than outputs are stored.
    beats(t.numLanes * t.inputPrecision, Math.min(t.inputChannel, t.globalWritePort)),
    beats(t.numLanes * t.inputPrecision, t.outputChannel),
  ];
  const later = t.dramLatency - 1;
  const [ofReads, ofStores] = [
    beats(t.vectorSize * t.inputPrecision, t.globalReadPort),
    beats(t.numLanes * t.inputPrecision, t.globalWritePort),
  ];
  /**
   * Cycles until the last line of a drain is stored, but for those of its pipeline: every line a cycle after the one before, one
   * that ends a window no sooner than the port has taken the last of its kind, with a residual no sooner than that is there.
   */
  const drained = (lines: number) => {
    let at = layer.residual ? 1 + t.dramLatency : 0;
    let free = 0;
    for (let i = 1; i <= lines; i++) {
      at += layer.residual ? ofResiduals : 1;
      if (i % pool !== 0) continue;
      at = Math.max(at, free);
      free = at + ofStores;
    }
    return free - 1;
  };

  const n = product(peLoops);
  const lasts = {
    compute: n + 4,
    load_i: ofReads * product(fan, relevance.Inputs) * inputLines(insidePe) + 2,
    load_w:
      ofWeights * product(fan, relevance.Weights) * (product(insidePe, relevance.Weights) / vector! / lanes!) * lanes! +
      later +
      2,
    drain: drained(product(fan, relevance.Outputs) * outputLines(insidePe)) + 5 + Math.ceil(Math.log2(rows)),
    fill: ofInputs * inputLines(insideGlobal) + later + 2,
    spill: (ofOutputs * outputLines(insideGlobal)) / pool + 2,
  };
  const runs = { load_i: 0, load_w: 0, compute: 0, drain: 0, fill: 0, spill: 0 };
  const run = (engine: Engine, yes: boolean) => {
    if (!yes) return 0;
    runs[engine]++;
    return lasts[engine] + slower[engine];
  };
  const masks = { i: runMask(both, 'Inputs'), w: runMask(both, 'Weights'), fill: runMask(outer, 'Inputs') };
  const zero = (state: readonly number[], mask: readonly boolean[]) => mask.every((m, i) => !m || state[i] === 0);
  const finished = (state: readonly number[], loops: readonly Loop[]) =>
    loops.every((l, i) => touches('Outputs', l) || state[i] === l.factor - 1);

  const innerStates = [...iterations(inner)];
  const innerNest = (outside: readonly number[]) => {
    let length = 0;
    for (let j = 0; j < innerStates.length + 2; j++) {
      const [load, taken] = [innerStates[j], innerStates[j - 2]];
      length +=
        2 +
        Math.max(
          run('load_i', load !== undefined && zero([...outside, ...load], masks.i)),
          run('load_w', load !== undefined && zero([...outside, ...load], masks.w)),
          run('compute', innerStates[j - 1] !== undefined),
          run('drain', taken !== undefined && finished([...outside, ...taken], both)),
        );
    }
    return length;
  };
  const outerStates = [...iterations(outer)];
  let cycles = 0;
  for (let s = 0; s < outerStates.length + 2; s++) {
    const [filled, worked, spilled] = [outerStates[s], outerStates[s - 1], outerStates[s - 2]];
    cycles +=
      2 +
      Math.max(
        run('fill', filled !== undefined && zero(filled, masks.fill)),
        worked ? innerNest(worked) : 0,
        run('spill', spilled !== undefined && finished(spilled, outer)),
      );
  }
  return { cycles, runs };
}
