// What fits: tiles in their memories and banks, biases in theirs, loops in their counters, pools in the tile of a PE.

import { defined, got, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import { factorize } from '../../base/integers.js';
import { lineBits } from '../../model/machine/architecture.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, tensors } from '../../model/workload/layer.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import type { Holding } from '../../model/mapping/memory-room.js';
import { holdingOf } from '../../model/mapping/memory-room.js';
import { slotsIn } from '../../model/mapping/regions.js';
import type { Reading } from '../../model/cost/traffic.js';
import { ofKind, rulesOf } from '../../model/mapping/rules.js';
import type { Linear } from '../../program/linear.js';
import { combine, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import type { Keeping } from './keeping-rows.js';
import type { Log } from './log.js';
import type { Size, Sizing } from './sizing.js';

/** A count is at most n where its logarithm is at most this. */
const logOfAtMost = (n: number) => Math.log(n + 0.5);

interface Tile {
  readonly tensor: Tensor;
  readonly lines: Linear;
  /** 1 where the tile is not there, for the tensor goes by; undefined where it always is. */
  readonly gone: Linear | undefined;
}

/** A row that holds the tiles of a level in its memory: its right-hand side is the logarithm of a capacity. */
export interface CapacityRow {
  readonly level: string;
  /** Its number among the rows of the program. */
  readonly row: number;
}

export function encodeCapacity(
  b: ProgramBuilder,
  r: Reading<Log>,
  m: Machine,
  layer: Layer,
  sizing: Sizing,
  keeping: Keeping,
  only: readonly Tensor[] = tensors,
): readonly CapacityRow[] {
  const made: CapacityRow[] = [];
  for (const { level: i, pool: k, tiles: all } of ofKind(rulesOf(r, m, layer), 'capacity')) {
    const level = nth(m.architecture.levels, i);
    const pool = nth(level.pools, k);
    /** ln lines <= what the chosen size has room for. */
    const within = ({ tensor, lines, gone }: Tile, room: Linear) => {
      made.push({ level: level.name, row: b.rows.length });
      b.atMost(
        `holds.${level.name}.${tensor}`,
        combine([
          [1, lines],
          [-1, room],
          [-keeping.max - 1, gone ?? zero],
        ]),
        0,
      );
    };
    const tiles = all
      .filter((t) => only.includes(t.tensor))
      .map(({ tensor, lines }): Tile => ({ tensor, lines: lines().log, gone: keeping.gone(i, tensor) }));
    if (tiles.length === 0) continue;
    const sizes = sizing.sizes(i, k);
    b.about(tagOf({ kind: 'capacity', level: level.name, tensors: tiles.map((t) => t.tensor) }), encodePool);

    function encodePool(): void {
      const holdings = new Map(sizes.map((s) => [s, defined(holdingOf(level, { ...pool, bits: s.bits }))]));
      const holding = (s: Size) => got(holdings, s);
      const limit = (s: Size) => holding(s).max;
      if (pool.banks !== undefined) {
        const linesIn = (t: Tensor, s: Size) => linesInBank(holding(s), t);
        return encodeBanks(b, level.name, defined(holdingOf(level, pool)).max, linesIn, sizes, tiles, within);
      }
      for (const tile of tiles)
        within(
          tile,
          choice(sizes, (s) => logOfAtMost(Math.floor(limit(s) / lineBits(level, tile.tensor)))),
        );
      if (tiles.length > 1) {
        const room = choice(sizes, (s) => Math.log(limit(s) + 0.5));
        b.convexAtMost(
          `holds.${level.name}`,
          tiles.map(({ tensor, lines, gone }) => ({
            coefficient: lineBits(level, tensor),
            exponent: combine([
              [1, lines],
              [-1, room],
            ]),
            unless: gone && { off: gone, max: keeping.max + 1 },
            label: `tile of ${tensor}`,
          })),
          1,
        );
      }
    }
  }
  return made;
}

function linesInBank(holding: Holding, tensor: Tensor): number {
  invariant(holding.unit === 'bank', 'a memory without banks');
  return holding.linesIn(tensor);
}

/** A number that depends on which size is chosen. */
const choice = (sizes: readonly Size[], of: (s: Size) => number): Linear =>
  combine(sizes.map((s): [number, Linear] => [of(s), s.chosen]));

/**
 * Each tensor in whole banks: how many of them the first takes is chosen, the second has the rest. Banks of
 * other lines are other choices.
 */
function encodeBanks(
  b: ProgramBuilder,
  name: string,
  banks: number,
  linesIn: (t: Tensor, s: Size) => number,
  sizes: readonly Size[],
  tiles: readonly Tile[],
  within: (t: Tile, room: Linear) => void,
): void {
  const [first, second, ...more] = tiles;
  invariant(first && more.length === 0, `${name} shares its banks among more than two tensors`);
  const max = ({ tensor }: Tile, n: number, s: Size) => logOfAtMost(n * linesIn(tensor, s));
  if (!second)
    return within(
      first,
      choice(sizes, (s) => max(first, banks, s)),
    );
  const alike = new Map<string, Size[]>();
  for (const s of sizes) {
    const key = `${linesIn(first.tensor, s)} ${linesIn(second.tensor, s)}`;
    alike.set(key, [...(alike.get(key) ?? []), s]);
  }
  const splits = [...alike.values()].flatMap((group) => {
    const size = nth(group, 0);
    const own = Array.from({ length: banks - 1 }, (_, i) => ({
      size,
      own: i + 1,
      rest: banks - 1 - i,
      chosen: b.binary(`banks.${name}.${i + 1}.of.${linesIn(first.tensor, size)}`),
    }));
    b.equal(
      `banks.${name}`,
      combine([
        ...own.map((s): [number, Linear] => [1, s.chosen]),
        ...group.map((s): [number, Linear] => [-1, s.chosen]),
      ]),
      0,
    );
    return own;
  });
  const room = (tile: Tile, of: 'own' | 'rest') =>
    combine(splits.map((s): [number, Linear] => [max(tile, s[of], s.size), s.chosen]));
  within(first, room(first, 'own'));
  within(second, room(second, 'rest'));
}

/** What the controllers and the drain path of a tiled machine require; other machines do not pool. */
export function encodeTiling(b: ProgramBuilder, r: Reading<Log>, m: Machine, layer: Layer, f: Factors): void {
  const rules = rulesOf(r, m, layer);
  for (const _ of ofKind(rules, 'no pool')) b.about(tagOf({ kind: 'pool' }), () => b.row('pool', zero, 1, Infinity));
  for (const { lines, max } of ofKind(rules, 'biases'))
    b.about(tagOf({ kind: 'biases' }), () => b.atMost('biases', lines().log, logOfAtMost(max)));
  for (const { longest } of ofKind(rules, 'counter')) {
    for (const d of dimensions) {
      if (defined(f.options(d).at(-1)) <= longest) continue;
      m.slots.forEach((s, i) => {
        if (s.kind !== 'temporal') return;
        b.about(tagOf({ kind: 'counter', dimension: d, level: nth(m.architecture.levels, s.level).name }), () =>
          b.atMost(`counter.${d}.${s.level}`, f.log(d, i), logOfAtMost(longest)),
        );
      });
    }
  }
  // A multiple, prime by prime: no logarithm says it.
  for (const { dimension: d, level, window } of ofKind(rules, 'pool')) {
    const inside = slotsIn(m, { where: 'inside', level });
    for (const [p, e] of factorize(window))
      b.about(tagOf({ kind: 'pool' }), () => b.row(`pool.${d}.${p}`, f.exponent(d, p, inside), e, Infinity));
  }
}
