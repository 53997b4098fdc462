// A machine that has no hardware: runs of a lowered network from their definition, on the words where they lie.

import type { Numbers } from '../../src/reference/numbers.js';
import { doHostWork, moveWeights, moveWords } from '../../src/compile/memory.js';
import type { NetworkProgram, PlacedRun } from '../../src/compile/network-program.js';
import type { Storage } from '../../src/compile/storage.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { inBlocks } from '../../src/model/workload/block-diagonal.js';
import type { Fold } from '../../src/model/workload/folds.js';
import { folded } from '../../src/model/workload/folds.js';
import { rewritten, whole } from '../../src/model/workload/layer-parts.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { dimensions } from '../../src/model/workload/layer.js';
import { rescaled } from '../../src/reference/integer-arithmetic.js';
import type { Image } from '../../src/rtl/program/image.js';

type Residual = { readonly residual?: Image };

/** One run: every output is its window's products, added or their maximum, finished as the reference finishes them. */
function perform(
  { run, mapping, placement }: PlacedRun,
  bits: number,
  activations: Int32Array,
  weights: Int32Array,
): void {
  const { layer, finish } = run;
  const { fold, block = 1 } = mapping.parts ?? whole;
  const { bounds, stride, dilation } = folded(layer, fold);
  const { N, G, K, C, P, Q, R, S } = bounds;
  const { input: x, output: y, weights: w } = placement;
  const { residual } = placement as Residual;
  const pool = layer.pool ?? { P: 1, Q: 1 };
  const word = (memory: Int32Array, at: number) => {
    const value = memory[at];
    if (value === undefined) throw new Error(`${run.name} reads word ${at} of ${memory.length}`);
    return value;
  };
  /** What an unsigned word lacks to its number. */
  const above = ({ unsigned }: Storage) => (unsigned ? 2 ** (bits - 1) : 0);
  const [lacking, beside] = [above(run.input.storage), run.residual ? above(run.residual.storage) : 0];
  const sum = (n: number, g: number, k: number, q: number, p: number) => {
    let found = 0;
    for (let c = 0; c < C; c++) {
      const [[group, output], [, channel]] = [inBlocks(block, K, g, k), inBlocks(block, C, g, c)];
      for (let s = 0; s < S; s++)
        for (let r = 0; r < R; r++) {
          const row = q * stride.Q + s * dilation.S;
          const column = p * stride.P + r * dilation.R;
          const at = x.base + n * x.n + group * x.g + channel * x.c + row * x.y + column * x.x;
          const weight = w.base + group * w.g + output * w.k + channel * w.c + s * w.s + r * w.r;
          found += (word(activations, at) + lacking) * word(weights, weight);
        }
    }
    return found;
  };
  const made: [number, number][] = [];
  for (let n = 0; n < N; n++)
    for (let g = 0; g < G; g++)
      for (let k = 0; k < K; k++) {
        const [group, channel] = inBlocks(block, K, g, k);
        const c = finish.channels[finish.channels.length === 1 ? 0 : g * K + k]!;
        for (let q = 0; q < Math.floor(Q / pool.Q); q++)
          for (let p = 0; p < Math.floor(P / pool.P); p++) {
            let most = -Infinity;
            for (let j = 0; j < pool.Q; j++)
              for (let i = 0; i < pool.P; i++) most = Math.max(most, sum(n, g, k, q * pool.Q + j, p * pool.P + i));
            const place = (image: Image) =>
              image.base + n * image.n + group * image.g + channel * image.c + q * image.y + p * image.x;
            const second = residual ? word(activations, place(residual)) + beside : 0;
            const biased = most + c.bias;
            const z = finish.multiplies
              ? rescaled(biased * second, c.scale, 0, 0, c.shift)
              : rescaled(biased, c.scale, second, c.second, c.shift);
            made.push([place(y), Math.min(finish.high, Math.max(finish.low, z)) - above(run.output.storage)]);
          }
      }
  for (const [at, value] of made) activations[at] = value;
}

/** All operations but the host's own, in order. */
export function performAll(
  program: NetworkProgram,
  inputs: ReadonlyMap<string, Numbers>,
  activations: Int32Array,
  weights: Int32Array,
  /** Hears of every operation that is done, by its place. */
  done: (at: number) => void = () => {},
): void {
  for (const [i, o] of program.operations.entries()) {
    if (o.kind === 'rearrangement') moveWords(program, o, activations);
    if (o.kind === 'host') doHostWork(program, o, inputs, activations);
    if (o.kind === 'run') {
      moveWeights(program, o, activations, weights);
      perform(o, program.accelerator.hardware.inputBits, activations, weights);
    }
    done(i);
  }
}

/** Covers the bounds and pads none: only its extents matter here. */
export const plainMapping = (layer: Layer, block: number, fold?: Fold): Mapping => ({
  levels: [
    {
      name: 'DRAM',
      keep: [],
      temporal: dimensions
        .map((dim) => ({ dim, factor: rewritten(layer, { block, fold }).bounds[dim] }))
        .filter((l) => l.factor > 1),
      spatial: [],
    },
  ],
  ...((block > 1 || fold) && { parts: { G: 1, K: 1, ...(block > 1 && { block }), ...(fold && { fold }) } }),
});
