// Figures as SVG: well-formed, the same for the same data, every mark where its number says.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curveFigure } from '../../src/report/figures/curve-figure.js';
import type { Axis, ChartSeries, Figure, Mark } from '../../src/report/figures/figure.js';
import { drawFigure } from '../../src/report/figures/figure.js';
import { scaleOf } from '../../src/report/figures/axis.js';
import { narrow, paper, wide } from '../../src/report/figures/look.js';
import { pngAddress } from '../../src/report/figures/png.js';
import { frontFigure } from '../../src/report/tables/front-table.js';

/** The names of elements that are opened and not closed, or closed and not open; texts must hold no bare sign. */
function faultsOf(svg: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  for (const [, closing, name, alone] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[a-zA-Z-]+="[^"<]*")*(\/?)>/g)) {
    if (closing === '/') faults.push(...(open.pop() === name ? [] : [`</${name}>`]));
    else if (alone !== '/') open.push(name!);
  }
  const texts = svg.replace(/<[^>]*>/g, '');
  if (/[<>]|&(?!amp;|lt;|gt;|quot;)/.test(texts)) faults.push('bare sign');
  if (/NaN|undefined|Infinity/.test(svg)) faults.push('no number');
  return [...faults, ...open];
}

/** Attributes of the elements that a pattern finds, as numbers. */
const numbersOf = (svg: string, pattern: RegExp, names: readonly string[]) =>
  [...svg.matchAll(pattern)].map(([tag]) => names.map((n) => Number(new RegExp(` ${n}="([^"]*)"`).exec(tag)![1])));
/** Dots of a chart: those of a legend are in no group of marks. */
const circles = (svg: string) =>
  numbersOf(svg, /<circle r="5"[^>]*>(?=<title>|<\/circle>|\s*<circle|<\/g>)/g, ['cx', 'cy']);
const bars = (svg: string) => numbersOf(svg, /<rect [^>]*><title>/g, ['x', 'y', 'width', 'height']);

const axis = fc.record({
  label: fc.string(),
  scale: fc.constantFrom<Axis['scale']>('linear', 'log'),
  zero: fc.boolean(),
});
const value = fc.oneof(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), fc.constantFrom(Infinity, 0, 1));
const series = fc.record({
  name: fc.string(),
  mark: fc.constantFrom<Mark>('line', 'curve', 'dashes', 'points', 'steps', 'floor'),
  points: fc.array(fc.record({ x: value, y: value, label: fc.string(), note: fc.string() }), { maxLength: 8 }),
});
const chart = fc.record({
  kind: fc.constant('chart' as const),
  title: fc.string(),
  subtitle: fc.string(),
  x: axis,
  y: axis,
  series: fc.array(series, { maxLength: 9 }),
});
const bar = fc.record({
  kind: fc.constant('bars' as const),
  title: fc.string(),
  y: axis,
  groups: fc.array(fc.string(), { maxLength: 9 }),
  series: fc.array(
    fc.record({
      name: fc.string(),
      values: fc.array(fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined }), { maxLength: 9 }),
    }),
    { maxLength: 5 },
  ),
  stacked: fc.boolean(),
  lying: fc.boolean(),
  ends: fc.array(fc.string(), { maxLength: 9 }),
});

const count = fc.nat(1e9);
const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const intervals = fc.record({
  kind: fc.constant('intervals' as const),
  title: fc.string(),
  x: fc.record({ label: fc.string(), scale: fc.constant('linear' as const) }),
  rows: fc.array(
    fc.record({
      name: fc.string(),
      value: finite,
      low: finite,
      high: finite,
      end: fc.string(),
      color: fc.nat(9),
      marked: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
  rules: fc.array(fc.record({ name: fc.string(), at: finite, dashed: fc.boolean(), color: fc.nat(9) }), {
    maxLength: 2,
  }),
});
const histograms = fc.record({
  kind: fc.constant('histograms' as const),
  title: fc.string(),
  panels: fc.array(
    fc.record({
      name: fc.string(),
      text: fc.string(),
      width: fc.double({ min: 0, max: 1e6, noNaN: true }),
      counts: fc.array(count, { maxLength: 64 }),
      at: fc.double({ min: 0, max: 1e6, noNaN: true }),
    }),
    { maxLength: 6 },
  ),
  names: fc.record({ inside: fc.string(), beyond: fc.string(), line: fc.string() }),
});
const matrix = fc.array(fc.string(), { minLength: 1, maxLength: 12 }).chain((names) =>
  fc.record({
    kind: fc.constant('matrix' as const),
    title: fc.string(),
    names: fc.constant(names),
    axes: fc.record({ rows: fc.string(), columns: fc.string() }),
    counts: fc.array(
      fc.array(fc.option(count, { nil: undefined }), { minLength: names.length, maxLength: names.length }),
      {
        minLength: names.length,
        maxLength: names.length,
      },
    ),
  }),
);
const picture = fc
  .tuple(fc.constantFrom(1, 3), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([planes, columns, rows]) =>
    fc.record({
      name: fc.string(),
      lines: fc.array(fc.string(), { maxLength: 2 }),
      columns: fc.constant(columns),
      rows: fc.constant(rows),
      values: fc.array(fc.nat(255), { minLength: planes * columns * rows, maxLength: planes * columns * rows }),
    }),
  );
const pictures = fc.record({
  kind: fc.constant('pictures' as const),
  title: fc.string(),
  pictures: fc.array(picture, { maxLength: 4 }),
});

describe('laws', () => {
  test('any figure is well-formed, whatever stands in it, and the same bytes every time', () => {
    fc.assert(
      fc.property(fc.oneof(chart, bar, intervals, histograms, matrix, pictures), (figure: Figure) => {
        for (const look of [paper, wide, narrow]) {
          const svg = drawFigure(figure, look);
          expect(faultsOf(svg)).toEqual([]);
          expect(drawFigure(figure, look)).toBe(svg);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test('all values lie between the ends of an axis, with ticks between them that ascend', () => {
    fc.assert(
      fc.property(
        axis,
        fc.array(fc.double({ min: 1e-9, max: 1e18, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (a, values) => {
          const {
            domain: [low, high],
            ticks,
          } = scaleOf(a, values);
          for (const v of values) {
            expect(low).toBeLessThanOrEqual(v);
            expect(high).toBeGreaterThanOrEqual(v);
          }
          const named = ticks.map((t) => t.value);
          named.forEach((t, i) => i > 0 && expect(t).toBeGreaterThan(named[i - 1]!));
          expect(ticks.filter((t) => t.text !== '').length).toBeLessThanOrEqual(12);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  test('axes that show anything name at least two numbers on it', () => {
    fc.assert(
      fc.property(
        axis,
        fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
        fc.double({ min: 1.02, max: 1e6, noNaN: true }),
        (a, low, ratio) => {
          expect(scaleOf(a, [low, low * ratio]).ticks.filter((t) => t.text !== '').length).toBeGreaterThanOrEqual(2);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});

const xy = { x: { label: 'x', scale: 'linear' }, y: { label: 'y', scale: 'linear' } } as const;
const chartOf = (...all: ChartSeries[]): Figure => ({ kind: 'chart', title: 'A & B', ...xy, series: all });

describe('charts', () => {
  test('dots of equal steps lie at equal distances, inside the frame, larger y higher up', () => {
    const spots = circles(
      drawFigure(chartOf({ name: 's', mark: 'points', points: [1, 2, 3].map((n) => ({ x: n, y: 10 * n })) })),
    );
    expect(spots).toHaveLength(3);
    const [a, b, c] = spots as [number[], number[], number[]];
    expect(b[0]! - a[0]!).toBeCloseTo(c[0]! - b[0]!, 1);
    expect(a[1]! - b[1]!).toBeCloseTo(b[1]! - c[1]!, 1);
    expect(a[1]).toBeGreaterThan(c[1]!);
    for (const [x, y] of spots) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(paper.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(paper.width);
    }
  });

  test('on a logarithmic axis equal ratios are equal distances, and each decade is named', () => {
    const svg = drawFigure({
      kind: 'chart',
      title: 't',
      x: { label: 'x', scale: 'log' },
      y: { label: 'y', scale: 'log' },
      series: [{ name: 's', mark: 'points', points: [1, 10, 100].map((n) => ({ x: n, y: n })) }],
    });
    const [a, b, c] = circles(svg) as [number[], number[], number[]];
    expect(b[0]! - a[0]!).toBeCloseTo(c[0]! - b[0]!, 1);
    for (const text of ['>1<', '>10<', '>100<']) expect(svg).toContain(text);
  });

  test('numbers of many digits are powers of ten', () => {
    expect(
      scaleOf({ label: '', scale: 'log' }, [1e12, 1e15])
        .ticks.map((t) => t.text)
        .filter((t) => t !== ''),
    ).toEqual(['10\u00b9\u00b2', '10\u00b9\u00b3', '10\u00b9\u2074', '10\u00b9\u2075']);
    expect(scaleOf({ label: '', scale: 'linear', zero: true }, [50_000]).ticks.map((t) => t.text)).toEqual([
      '0',
      '10,000',
      '20,000',
      '30,000',
      '40,000',
      '50,000',
    ]);
    expect(scaleOf({ label: '', scale: 'linear' }, [0.1, 0.7]).ticks.map((t) => t.text)).toEqual([
      '0.1',
      '0.2',
      '0.3',
      '0.4',
      '0.5',
      '0.6',
      '0.7',
    ]);
  });

  test('markup in names is text; what lies over another label is left out', () => {
    const svg = drawFigure(
      chartOf({
        name: '<b>&',
        mark: 'points',
        points: [
          ...Array.from({ length: 12 }, (_, i) => ({ x: 1, y: 1, label: `label ${i}` })),
          { x: 2, y: 5, label: 'third' },
        ],
      }),
    );
    expect(svg).toContain('&lt;b&gt;&amp;');
    expect(svg).toContain('>label 0<');
    expect(svg).not.toContain('>label 11<');
    expect(svg).toContain('>third<');
  });

  test('nothing to show is still a figure', () => {
    expect(faultsOf(drawFigure(chartOf()))).toEqual([]);
    expect(faultsOf(drawFigure({ kind: 'bars', title: '', y: xy.y, groups: [], series: [] }))).toEqual([]);
  });
});

describe('bars', () => {
  const figure = (stacked: boolean): Figure => ({
    kind: 'bars',
    title: 't',
    stacked,
    y: { label: 'y', scale: 'linear' },
    groups: ['a', 'b'],
    series: [
      { name: 'one', values: [10, 20] },
      { name: 'two', values: [30, undefined] },
    ],
  });

  test('heights are in proportion, all stand on the baseline, a missing value leaves a gap', () => {
    const all = bars(drawFigure(figure(false)));
    expect(all).toHaveLength(3);
    const [a, b, c] = all as [number[], number[], number[]];
    expect(b[3]! / a[3]!).toBeCloseTo(2, 1);
    expect(c[3]! / a[3]!).toBeCloseTo(3, 1);
    for (const x of all) expect(x[1]! + x[3]!).toBeCloseTo(a[1]! + a[3]!, 1);
    expect(c[0]).toBeGreaterThanOrEqual(a[0]! + a[2]!);
  });

  test('stacked, each stands on the one below', () => {
    const [a, , c] = bars(drawFigure(figure(true))) as [number[], number[], number[]];
    expect(c[1]! + c[3]!).toBeCloseTo(a[1]!, 1);
    expect(c[0]).toBeCloseTo(a[0]!, 2);
  });

  test('lying, lengths are in proportion, the first group is above the second, each has its words at its end', () => {
    const svg = drawFigure({ ...figure(false), lying: true, ends: ['first end', 'second end'] } as Figure);
    const [a, b, c] = bars(svg) as [number[], number[], number[]];
    expect(b[2]! / a[2]!).toBeCloseTo(2, 1);
    expect(c[2]! / a[2]!).toBeCloseTo(3, 1);
    expect(b[1]).toBeGreaterThan(a[1]!);
    expect(b[0]).toBeCloseTo(a[0]!, 2);
    for (const text of ['first end', 'second end']) expect(svg).toContain(`>${text}<`);
  });

  test('many long names are turned', () => {
    const groups = Array.from({ length: 20 }, (_, i) => `layer${i}.0.conv2`);
    expect(
      drawFigure({ kind: 'bars', title: 't', y: xy.y, groups, series: [{ name: 's', values: groups.map(() => 1) }] }),
    ).toContain('rotate(-40');
  });
});

describe('made for a purpose', () => {
  test('best and bound over time are stairs, each corner held until the next', () => {
    const f = curveFigure('t', 'edp', [
      { seconds: 0, best: Infinity, bound: 0 },
      { seconds: 1, best: 9, bound: 2 },
      { seconds: 4, best: 5, bound: 4 },
    ]);
    expect(f.series.map((s) => s.points)).toEqual([
      [
        { x: 1, y: 9 },
        { x: 4, y: 9 },
        { x: 4, y: 5 },
      ],
      [
        { x: 1, y: 2 },
        { x: 4, y: 2 },
        { x: 4, y: 4 },
      ],
    ]);
  });

  test('a front has its designs as dots and what is proven impossible as a floor that starts at the wall', () => {
    const point = (limit: number | null, limited: number, min: number) => ({
      limit,
      status: 'optimal',
      values: [min, limited] as const,
      bound: 0.9 * min,
      reason: '',
      area: 1,
      point: null,
      seconds: 1,
    });
    const figure = frontFigure(
      {
        schema: 'magnet-codesign-front/2',
        networks: [{ name: 'net', weight: 1 }],
        space: { name: 'space', digest: 'd', shapes: 1, machines: 1 },
        metrics: ['energy', 'latency'],
        limits: {},
        floor: 1e6,
        points: [point(2e6, 2e6, 5e9), point(null, 8e6, 1e9)],
      },
      1000,
    );
    expect(figure).toMatchObject({ x: { label: 'latency (ms)' }, y: { label: 'energy (mJ)' } });
    expect(figure.kind === 'chart' && figure.series.map((s) => [s.mark, s.points.map((p) => [p.x, p.y])])).toEqual([
      [
        'steps',
        [
          [2, 5],
          [8, 1],
        ],
      ],
      [
        'floor',
        [
          [1, Infinity],
          [2, 4.5],
          [8, 0.9],
        ],
      ],
    ]);
    expect(faultsOf(drawFigure(figure))).toEqual([]);
  });
});

describe('pictures', () => {
  test('are PNG of their pixels, as a decoder reads them', async () => {
    const { decode } = await import('fast-png');
    const large = { columns: 300, rows: 250, values: Array.from({ length: 75_000 }, (_, i) => (7 * i) % 256) };
    for (const { columns, rows, values } of [...fc.sample(picture, { seed: 1, numRuns: 40 }), large]) {
      const address = pngAddress({ columns, rows, values });
      const { width, height, channels, depth, data } = decode(
        Buffer.from(address.replace('data:image/png;base64,', ''), 'base64'),
        { checkCrc: true },
      );
      const planes = values.length / (columns * rows);
      expect([width, height, channels, depth]).toEqual([columns, rows, planes, 8]);
      expect([...data]).toEqual(
        Array.from({ length: values.length }, (_, i) => values[(i % planes) * columns * rows + Math.floor(i / planes)]),
      );
    }
  });
});

test('a histogram has a bar below its line in one colour and beyond it in another, each as wide as its bin', () => {
  const svg = drawFigure(
    {
      kind: 'histograms',
      title: 't',
      panels: [{ name: 'a', text: 'b', width: 1, counts: [5, 0, 2, 1], at: 2 }],
      names: { inside: 'i', beyond: 'b', line: 'l' },
    },
    paper,
  );
  const paths = [...svg.matchAll(/<path d="([^"]*)"/g)].map(([, d]) => d!.split('Z').filter((p) => p !== ''));
  expect(paths.map((p) => p.length)).toEqual([1, 2]);
  const widths = paths.flat().map((p) => Number(/H([\d.]+)/.exec(p)![1]) - Number(/M([\d.]+)/.exec(p)![1]));
  for (const w of widths) expect(w).toBeCloseTo(widths[0]!, 1);
});

test('intervals reach from their lower to their upper end, with the limit between them where it lies', () => {
  const svg = drawFigure(
    {
      kind: 'intervals',
      title: 't',
      x: { label: 'loss', scale: 'linear' },
      rows: [{ name: 'w4a4', value: 3, low: 1, high: 5, end: '', color: 0, marked: true }],
      rules: [{ name: 'limit', at: 2, dashed: true, color: 9 }],
    },
    paper,
  );
  const lines = [...svg.matchAll(/<line x1="([\d.]+)" x2="([\d.]+)"[^>]*>/g)].map(([tag, a, b]) => ({
    tag,
    a: Number(a),
    b: Number(b),
  }));
  const bar = lines.find((l) => l.b > l.a)!;
  const limit = lines.find((l) => l.tag.includes('stroke-dasharray'))!;
  expect((limit.a - bar.a) / (bar.b - bar.a)).toBeCloseTo(0.25, 2);
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)"[^>]*r="(\d)"/g)].map(([, x, r]) => [Number(x), Number(r)]);
  expect(dots).toEqual([9, 5].map((r) => [(bar.a + bar.b) / 2, r]));
});
