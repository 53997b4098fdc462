// The laws of a configuration program: additions that make addresses, tiles that lie densely, masks that count as the model does.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gcd } from '../../src/base/integers.js';
import { seeded } from '../../src/base/random.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Dimension } from '../../src/model/workload/layer.js';
import { dimensions, isRelevant, makeLayer } from '../../src/model/workload/layer.js';
import { compile } from '../../src/model/machine/compiled-machine.js';
import { mappedBounds } from '../../src/model/mapping/mapping.js';
import { numbers, rowsUnder } from '../../src/model/cost/numbers.js';
import { tileLines } from '../../src/model/cost/traffic.js';
import { hardwareOf } from '../../src/rtl/hardware.js';
import { denseImage, imageRows, inputImage } from '../../src/rtl/program/image.js';
import type { Strides } from '../../src/rtl/program/memory-layout.js';
import { inputLayout, outputLayout, rowsOf, walk, weightLayout } from '../../src/rtl/program/memory-layout.js';
import type { LoopSet } from '../../src/rtl/program/masks.js';
import { entryStrides, masksOf } from '../../src/rtl/program/masks.js';
import type { Extents, NestLoop } from '../../src/rtl/program/nests.js';
import { nestsOf, tileExtents } from '../../src/rtl/program/nests.js';
import { deltas } from '../../src/rtl/program/register-writes.js';
import { seedFrom } from '../support/cases.js';
import { randomCase, randomTemplate } from '../support/machines.js';

const seed = seedFrom(20191104);

interface Loop {
  readonly bound: number;
  readonly stride: number;
}

/** The address of every iteration, moved by one addition each as the hardware does; loop 0 is innermost. */
function addresses(loops: readonly Loop[]): readonly number[] {
  const moves = deltas(loops);
  const index = loops.map(() => 0);
  const found = [0];
  for (;;) {
    const step = loops.findIndex((l, i) => index[i]! < l.bound - 1);
    if (step < 0) return found;
    found.push(found.at(-1)! + moves[step]!);
    index[step]!++;
    index.fill(0, 0, step);
  }
}

/** All index tuples over some extents. */
function* indices(e: Extents): Generator<Extents> {
  const total = dimensions.reduce((n, d) => n * e[d], 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const at = {} as Record<Dimension, number>;
    for (const d of dimensions) {
      at[d] = rest % e[d];
      rest = Math.floor(rest / e[d]);
    }
    yield at;
  }
}
const addressOf = (strides: Strides, at: Extents) => dimensions.reduce((n, d) => n + at[d] * (strides[d] ?? 0), 0);

const step = fc.constantFrom(1, 1, 2, 3, 4, 6);
const shape = fc.record({
  stride: fc.tuple(step, step),
  dilation: fc.tuple(step, step),
  small: fc.record({
    N: fc.constantFrom(1, 2),
    G: fc.constantFrom(1, 2),
    K: fc.constantFrom(1, 3),
    C: fc.constantFrom(1, 2, 3),
    P: fc.constantFrom(1, 2, 3, 5),
    Q: fc.constantFrom(1, 2, 4),
    R: fc.constantFrom(1, 2, 3, 4),
    S: fc.constantFrom(1, 3),
  }),
  grown: fc.record({
    N: fc.constantFrom(1, 2),
    G: fc.constantFrom(1, 2),
    K: fc.constantFrom(1, 2),
    C: fc.constantFrom(1, 2),
    P: fc.constantFrom(1, 2, 3),
    Q: fc.constantFrom(1, 3),
    R: fc.constantFrom(1, 2),
    S: fc.constantFrom(1, 2),
  }),
  vector: fc.constantFrom(1, 2, 4),
});
/** A tile in vectors, a larger tile that it is a part of, and their layer. */
const tiles = shape.map(({ stride, dilation, small, grown, vector }) => {
  const part: Extents = { ...small, C: small.C * vector };
  const whole = Object.fromEntries(dimensions.map((d) => [d, part[d] * grown[d]])) as Record<Dimension, number>;
  return { layer: makeLayer('tiles', whole, { stride, dilation }), part, whole, vector, counted: small };
});

test('deltas: one addition a step gives the sum of index x stride, for any strides', () => {
  const loop = fc.record({ bound: fc.integer({ min: 1, max: 5 }), stride: fc.integer({ min: -50, max: 50 }) });
  fc.assert(
    fc.property(fc.array(loop, { maxLength: 5 }), (loops) => {
      const found = addresses(loops);
      expect(found).toHaveLength(loops.reduce((n, l) => n * l.bound, 1));
      found.forEach((address, i) => {
        let [rest, sum] = [i, 0];
        for (const l of loops) {
          sum += (rest % l.bound) * l.stride;
          rest = Math.floor(rest / l.bound);
        }
        expect(address).toBe(sum);
      });
    }),
    { seed, numRuns: 300 },
  );
});

describe('rows under a window', () => {
  const window = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 8 }), step, step);

  test('are as many as the model counts', () => {
    fc.assert(
      fc.property(
        window,
        ([p, r, stride, dilation]) =>
          void expect(rowsOf(p, r, stride, dilation).count).toBe(rowsUnder(p, r, stride, dilation, 'dense')),
      ),
      { seed, numRuns: 500 },
    );
  });

  test('lie within their count; two index pairs share a row only where they read one pixel', () => {
    fc.assert(
      fc.property(window, ([p, r, stride, dilation]) => {
        const rows = rowsOf(p, r, stride, dilation);
        const pixelAt = new Map<number, number>();
        for (let i = 0; i < p; i++) {
          for (let j = 0; j < r; j++) {
            const row = i * rows.out + j * rows.kernel;
            const pixel = i * stride + j * dilation;
            expect(row).toBeLessThan(rows.count);
            expect(pixelAt.get(row) ?? pixel).toBe(pixel);
            pixelAt.set(row, pixel);
            if (rows.kind === 'box') expect(row * gcd(stride, dilation)).toBe(pixel);
          }
        }
        // Pairs fill every row; a box has its ends.
        if (rows.kind === 'pairs') expect(pixelAt.size).toBe(rows.count);
        else expect([pixelAt.has(0), pixelAt.has(rows.count - 1)]).toEqual([true, true]);
      }),
      { seed, numRuns: 500 },
    );
  });

  test('a box stays one as the tile grows, so that boxes are only ever filled from boxes', () => {
    fc.assert(
      fc.property(
        window,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        ([p, r, stride, dilation], morePs, moreRs) => {
          fc.pre(rowsOf(p, r, stride, dilation).kind === 'box');
          expect(rowsOf(p + morePs, r + moreRs, stride, dilation).kind).toBe('box');
        },
      ),
      { seed, numRuns: 500 },
    );
  });
});

describe('layouts', () => {
  test('of inputs: every operand of the tile within its lines, one pixel in one place', () => {
    fc.assert(
      fc.property(tiles, ({ layer, part, counted, vector }) => {
        const layout = inputLayout(layer, part, vector);
        const { stride, dilation } = layer;
        const rows = (p: number, r: number, s: number, d: number) => rowsUnder(p, r, s, d, 'dense');
        expect(layout.lines).toBe(
          part.N *
            part.G *
            counted.C *
            rows(part.P, part.R, stride.P, dilation.R) *
            rows(part.Q, part.S, stride.Q, dilation.S),
        );
        const contents = new Map<number, string>();
        for (const at of indices({ ...counted, K: 1 })) {
          const line = addressOf(layout.strides, at);
          const pixel = [
            at.N,
            at.G,
            at.C,
            at.P * stride.P + at.R * dilation.R,
            at.Q * stride.Q + at.S * dilation.S,
          ].join(' ');
          expect(line).toBeLessThan(layout.lines);
          expect(contents.get(line) ?? pixel).toBe(pixel);
          contents.set(line, pixel);
        }
      }),
      { seed, numRuns: 100 },
    );
  });

  test('of weights and outputs: every line of the tile exactly once', () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(1, 2, 4), ({ small, vector }, lanes) => {
        const e = { ...small, C: small.C * vector, K: small.K * lanes };
        const weights = weightLayout(e, lanes, vector);
        const all = (lines: number) => Array.from({ length: lines }, (_, i) => i);
        const numeric = (found: readonly number[]) => found.toSorted((a, b) => a - b);
        expect(
          numeric([...indices({ ...small, N: 1, P: 1, Q: 1 })].map((at) => addressOf(weights.strides, at))),
        ).toEqual(all(weights.lines));
        const pool = { P: small.P % 2 === 0 ? 2 : 1, Q: small.Q % 2 === 0 ? 2 : 1 };
        const outputs = outputLayout(e, lanes, pool);
        expect(
          numeric(
            [...indices({ ...small, C: 1, R: 1, S: 1, P: small.P / pool.P, Q: small.Q / pool.Q })].map((at) =>
              addressOf(outputs.strides, at),
            ),
          ),
        ).toEqual(all(outputs.lines));
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe('a walk fills a tile', () => {
  /** Visits each line of the target once, in order; each operand comes from where it lies in the source. */
  function holds(
    loops: readonly Loop[],
    target: ReturnType<typeof inputLayout>,
    source: Strides,
    counted: Extents,
  ): void {
    const visited = addresses(loops);
    expect(visited).toHaveLength(target.lines);
    for (const at of indices({ ...counted, K: 1 }))
      expect(visited[addressOf(target.strides, at)]).toBe(addressOf(source, at));
  }

  test('from a larger tile that holds it', () => {
    fc.assert(
      fc.property(tiles, ({ layer, part, whole, vector, counted }) => {
        const [target, source] = [inputLayout(layer, part, vector), inputLayout(layer, whole, vector)];
        const loops = walk(target, source, part);
        holds(loops, target, source.strides, counted);
        expect(Math.max(...addresses(loops))).toBeLessThan(source.lines);
      }),
      { seed, numRuns: 100 },
    );
  });

  test('from the image in DRAM', () => {
    fc.assert(
      fc.property(tiles, ({ layer, part, whole, vector, counted }) => {
        const { stride, dilation } = layer;
        const image = inputImage(0, layer, whole);
        const strides = {
          N: image.n,
          G: image.g,
          C: image.c * vector,
          P: stride.P * image.x,
          R: dilation.R * image.x,
          Q: stride.Q * image.y,
          S: dilation.S * image.y,
        };
        const target = inputLayout(layer, part, vector);
        const loops = walk(
          target,
          { strides, unit: { x: gcd(stride.P, dilation.R) * image.x, y: gcd(stride.Q, dilation.S) * image.y } },
          part,
        );
        holds(loops, target, strides, counted);
        expect(Math.max(...addresses(loops)) + vector).toBeLessThanOrEqual(image.words);
      }),
      { seed, numRuns: 100 },
    );
  });

  test('by hand: 2 outputs under 3 kernel columns are a box of 4, with stride 3 they are 6 pairs', () => {
    const e = { N: 1, G: 1, K: 1, C: 1, P: 2, Q: 1, R: 3, S: 1 };
    const from = (stride: number) => {
      const layer = makeLayer('hand', { P: 2, R: 3 }, { stride: [stride, 1] });
      const x = denseImage(0, { n: 1, y: 1, x: imageRows(2, 3, stride, 1), g: 1, c: 1 }).x;
      return addresses(walk(inputLayout(layer, e, 1), { strides: { P: stride * x, R: x }, unit: { x, y: 0 } }, e));
    };
    expect(from(1)).toEqual([0, 1, 2, 3]);
    // Pixel 3 follows on 2: the box of 6 is no larger than the pairs, which are taken.
    expect(from(3)).toEqual([0, 1, 2, 3, 4, 5]);
    // Pixels 3 and 4 are under no window.
    expect(from(5)).toEqual([0, 1, 2, 5, 6, 7]);
  });
});

describe('masks of legal mappings', () => {
  const cases = Array.from({ length: 25 }, (_, i) => {
    const t = randomTemplate(300 + i);
    const chance = seeded(seed + i);
    return Array.from({ length: 8 }, () => ({ t, ...randomCase(t, chance) }));
  }).flat();
  const product = (loops: Iterable<NestLoop>) => [...loops].reduce((n, l) => n * l.bound, 1);
  const at = ({ architecture, mapping }: (typeof cases)[number]) => {
    const n = nestsOf(mapping);
    const levels = architecture.levels.map((l) => l.name);
    return {
      n,
      levels,
      masks: masksOf(n, levels),
      all: [...n.pe, ...n.inner, ...n.outer],
      pes: (n.row?.bound ?? 1) * (n.column?.bound ?? 1),
    };
  };

  test('nests hold every factor of the mapping, and tiles grow to the padded layer', () => {
    for (const c of cases) {
      const { n, all } = at(c);
      const { pe, global, all: whole } = tileExtents(n);
      const bounds = mappedBounds(c.mapping);
      expect(whole).toEqual(bounds);
      for (const d of dimensions) {
        expect([whole[d] % global[d], global[d] % pe[d]]).toEqual([0, 0]);
        const array = [n.row, n.column].filter((l) => l?.dim === d).reduce((k, l) => k * l!.bound, 1);
        const inside = d === 'K' ? n.lanes : d === 'C' ? n.vector : 1;
        expect(product(all.filter((l) => l.dim === d)) * array * inside).toBe(bounds[d]);
      }
    }
  });

  test('save as many accesses as the model says', () => {
    const seen = new Set<string>();
    for (const c of cases) {
      const { n, masks, all, pes } = at(c);
      const { levels, compute } = evaluate(c.architecture, c.layer, c.mapping, magnetConventions);
      const count = (level: string, tensor: 'Inputs' | 'Weights' | 'Outputs') =>
        levels.find((l) => l.name === level)!.dataspaces[tensor]!.accesses;
      const mac = product(all);
      expect(compute.macs).toBe(mac * n.lanes * n.vector * pes);
      const tilesInAll = product([...n.inner, ...n.outer]);
      const fills = (tensor: 'Inputs' | 'Weights') =>
        tilesInAll / product(tensor === 'Inputs' ? masks.loadInput : masks.loadWeight);
      expect(count('InputBuffer', 'Inputs').read).toBe((mac / product(masks.missInput)) * pes);
      expect(count('WeightBuffer', 'Weights').read).toBe((mac / product(masks.missWeight)) * n.lanes * pes);
      const { pe, global } = tileExtents(n);
      expect(count('InputBuffer', 'Inputs').fill).toBe(
        fills('Inputs') * inputLayout(c.layer, pe, n.vector).lines * pes,
      );
      expect(count('WeightBuffer', 'Weights').fill).toBe(
        fills('Weights') * weightLayout(pe, n.lanes, n.vector).lines * n.lanes * pes,
      );
      expect(count('GlobalBuffer', 'Inputs').fill).toBe(
        (product(n.outer) / product(masks.fill)) * inputLayout(c.layer, global, n.vector).lines,
      );
      // A sum is visited once for each position of the loops of `first`, and goes to the buffer after all visits but the last.
      const sums = product(all.filter((l) => isRelevant('Outputs', l.dim)));
      expect(count('AccumBuffer', 'Outputs').update).toBe(sums * (product(masks.first) - 1) * pes);
      expect(count('OutputBuffer', 'Outputs').update).toBe(sums * pes);
      if (product(masks.first) > 1) seen.add('revisited');
      if (product(masks.missInput) > 1) seen.add('inputs kept');
      if (product(masks.missWeight) > 1) seen.add('weights kept');
      if (masks.fill.size > 0) seen.add('tiles kept');
    }
    expect([...seen].toSorted()).toEqual(['inputs kept', 'revisited', 'tiles kept', 'weights kept']);
  });

  test('hold the reduction loops once each in begin and first, and never a loop that touches the tensor', () => {
    for (const c of cases) {
      const { masks, all } = at(c);
      const untouched = (set: LoopSet, tensor: 'Inputs' | 'Weights' | 'Outputs') =>
        [...set].every((l) => !isRelevant(tensor, l.dim));
      expect(
        [...all].filter((l) => !isRelevant('Outputs', l.dim)).every((l) => masks.begin.has(l) !== masks.first.has(l)),
      ).toBe(true);
      expect([untouched(masks.begin, 'Outputs'), untouched(masks.first, 'Outputs')]).toEqual([true, true]);
      expect([masks.missInput, masks.loadInput, masks.fill].every((set) => untouched(set, 'Inputs'))).toBe(true);
      expect([masks.missWeight, masks.loadWeight].every((set) => untouched(set, 'Weights'))).toBe(true);
    }
  });

  test('number the entries of a collector densely, within its depth', () => {
    let deep = 0;
    for (const c of cases) {
      const { n, levels } = at(c);
      const h = hardwareOf(c.t);
      for (const [collector, tensor, depth] of [
        ['InputCollector', 'Inputs', h.inputCollector],
        ['WeightCollector', 'Weights', h.weightCollector],
        ['AccumCollector', 'Outputs', h.sumCollector],
      ] as const) {
        const entries = addresses(
          [...entryStrides(n, levels, collector, tensor)].map(([l, stride]) => ({ bound: l.bound, stride })),
        );
        expect(entries).toEqual(entries.map((_, i) => i));
        expect(entries.length).toBeLessThanOrEqual(depth);
        if (entries.length > 1) deep++;
      }
    }
    expect(deep).toBeGreaterThan(20);
  });

  test('tiles take the lines that the model reserves, within the depth of each memory', () => {
    for (const c of cases) {
      const { n } = at(c);
      const h = hardwareOf(c.t);
      const { pe, global } = tileExtents(n);
      const m = compile(
        c.architecture,
        c.mapping.levels.map((l) => l.keep),
      );
      const r = numbers(m, c.layer, magnetConventions, c.mapping);
      const lines = (level: string, tensor: 'Inputs' | 'Weights' | 'Outputs') =>
        tileLines(
          r,
          m,
          tensor,
          c.architecture.levels.findIndex((l) => l.name === level),
        );
      const one = { P: 1, Q: 1 };
      const found = {
        input: inputLayout(c.layer, pe, n.vector).lines,
        weight: weightLayout(pe, n.lanes, n.vector).lines,
        sum: outputLayout(pe, n.lanes, one).lines,
        in: inputLayout(c.layer, global, n.vector).lines,
        out: outputLayout(global, n.lanes, c.layer.pool ?? one).lines,
      };
      expect(found).toEqual({
        input: lines('InputBuffer', 'Inputs'),
        weight: lines('WeightBuffer', 'Weights'),
        sum: lines('AccumBuffer', 'Outputs'),
        in: lines('GlobalBuffer', 'Inputs'),
        out: lines('GlobalBuffer', 'Outputs'),
      });
      expect(found.input).toBeLessThanOrEqual(h.inputDepth);
      expect(found.weight).toBeLessThanOrEqual(h.weightDepth);
      expect(found.sum).toBeLessThanOrEqual(h.sumDepth);
      expect(Math.ceil(found.in / h.globalBankDepth) + Math.ceil(found.out / h.globalBankDepth)).toBeLessThanOrEqual(
        h.globalBanks / 2,
      );
    }
  });
});
