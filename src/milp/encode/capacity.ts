// What fits: tiles in their memories and banks, biases in theirs, loops in their counters, pools in the tile of a PE.

import { invariant } from '../../base/diagnostics.js';
import { factorize } from '../../base/integers.js';
import { lineBits, usableBanks, usableBits } from '../../model/architecture.js';
import type { Layer, Tensor } from '../../model/layer.js';
import { dimensions } from '../../model/layer.js';
import type { Machine } from '../../model/machine.js';
import { childOf } from '../../model/machine.js';
import type { Reading } from '../../model/traffic.js';
import { tileLines } from '../../model/traffic.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factors.js';
import type { Log } from './log.js';
import { slotsIn } from './regions.js';

/** A count is at most n where its logarithm is at most this. */
const logOfAtMost = (n: number) => Math.log(n + 0.5);

interface Tile {
  readonly tensor: Tensor;
  readonly lines: Linear;
}

export function encodeCapacity(b: ProgramBuilder, r: Reading<Log>, m: Machine): void {
  m.architecture.levels.forEach((level, i) => {
    for (const pool of level.pools) {
      const tiles = pool.tensors.filter((t) => level.keeps.includes(t) && level.stores[t]).map((tensor): Tile => ({ tensor, lines: tileLines(r, m, tensor, i).log }));
      if (pool.bits === null || tiles.length === 0) continue;
      if (pool.banks !== undefined) {
        const { banks, linesIn } = usableBanks(level, pool.bits, pool.banks);
        encodeBanks(b, level.name, banks, linesIn, tiles);
        continue;
      }
      const limit = usableBits(level, pool)!;
      for (const { tensor, lines } of tiles) b.atMost(`holds.${level.name}.${tensor}`, lines, logOfAtMost(Math.floor(limit / lineBits(level, tensor))));
      if (tiles.length > 1) {
        b.convexAtMost(`holds.${level.name}`, tiles.map(({ tensor, lines }) => ({ coefficient: lineBits(level, tensor), exponent: lines, unless: undefined })), limit + 0.5);
      }
    }
  });
}

/** Each tensor in whole banks: how many of them the first takes is chosen, the second has the rest. */
function encodeBanks(b: ProgramBuilder, name: string, banks: number, linesIn: (t: Tensor) => number, tiles: readonly Tile[]): void {
  const [first, second, ...more] = tiles;
  invariant(first && more.length === 0, `${name} shares its banks among more than two tensors`);
  const most = ({ tensor }: Tile, n: number) => logOfAtMost(n * linesIn(tensor));
  if (!second) return b.atMost(`holds.${name}.${first.tensor}`, first.lines, most(first, banks));
  const splits = Array.from({ length: banks - 1 }, (_, i) => ({ own: i + 1, rest: banks - 1 - i, chosen: b.binary(`banks.${name}.${i + 1}`) }));
  b.equal(`banks.${name}`, add(zero, ...splits.map((s) => s.chosen)), 1);
  const within = (tile: Tile, of: 'own' | 'rest') =>
    b.atMost(`holds.${name}.${tile.tensor}`, combine([[1, tile.lines], ...splits.map((s): [number, Linear] => [-most(tile, s[of]), s.chosen])]), 0);
  within(first, 'own');
  within(second, 'rest');
}

/** What the controllers and the drain path of a tiled machine require; other machines do not pool. */
export function encodeTiling(b: ProgramBuilder, r: Reading<Log>, m: Machine, layer: Layer, f: Factors): void {
  const { tiling } = m.architecture;
  if (!tiling) {
    if (layer.pool) b.row('pool', zero, 1, Infinity);
    return;
  }
  const biases = r.quotient(r.loops(['K', 'G'], { where: 'all' }), r.loops(['K'], { where: 'axes', names: [tiling.lanes] }));
  b.atMost('biases', biases.log, logOfAtMost(tiling.biasLines));
  for (const d of dimensions) {
    if (f.options(d).at(-1)! <= tiling.longestLoop) continue;
    m.slots.forEach((s, i) => s.kind === 'temporal' && b.atMost(`counter.${d}.${s.level}`, f.log(d, i), logOfAtMost(tiling.longestLoop)));
  }
  const insidePe = slotsIn(m, { where: 'inside', level: childOf(m, tiling.inner, 'Outputs') });
  for (const d of ['P', 'Q'] as const) {
    for (const [p, e] of factorize(layer.pool?.[d] ?? 1)) b.row(`pool.${d}.${p}`, f.exponent(d, p, insidePe), e, Infinity);
  }
}
