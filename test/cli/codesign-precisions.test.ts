// `codesign --pareto accuracy-loss,energy`: each point is what a search of that precision alone finds, and those that nobody beats in
// both are the front.

import { describe, expect, test } from 'vitest';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { onFront, parsePrecisionFront } from '../../src/results/precision-front-result.js';
import { precisionFrontFigure } from '../../src/report/tables/precision-front-table.js';
import { fakeEngine } from '../support/codesign.js';
import { classifierFiles } from '../support/reports.js';
import { run } from './run.js';

const space = `space:
  base: magnet-small
  vectorSize: [4]
  numLanes: [4]
  rows: [1]
  columns: [1, 2]
  weightBuffer: [4608]
  inputBuffer: [4608]
  accumBuffer: [2304]
  globalBuffer: [16384]
`;
const files = { ...classifierFiles(), 'space.yaml': space };
const common =
  'codesign classifier.onnx --space space.yaml -q --divide 16 --calibrate labelled.csv --validate labelled.csv'.split(
    ' ',
  );
const asked = (pareto: string, precisions: string, ...more: string[]) => [
  ...common,
  '--pareto',
  pareto,
  '--precisions',
  precisions,
  ...more,
];
const read = (json: string) => {
  const result = parsePrecisionFront(JSON.parse(json));
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  return result.value;
};
const precisions = ['w8a8', 'w6a6', 'w4a4', 'w2a2'];

test('each point is that of its precision alone; those that nobody beats in both are the front', async () => {
  const { code, out } = await run(asked('accuracy-loss,energy', precisions.join(','), '--json', '-'), files);
  expect(code).toBe(0);
  const found = read(out);
  expect(found.points.map((p) => `w${p.weightBits}a${p.activationBits}`)).toEqual(precisions);
  expect(found).toMatchObject({ metric: 'energy', asked: 4, validate: { file: 'labelled.csv', samples: 120 } });
  for (const p of found.points) {
    const one = [...common, '--limit', 'accuracy-loss=99%', '--objective', 'energy', '--json', '-'];
    const alone = parseCodesignResult(
      JSON.parse((await run([...one, '--precisions', `w${p.weightBits}a${p.activationBits}`], files)).out),
    );
    if (!alone.ok) throw new Error('a result that was just written');
    expect([p.value, p.bound, p.point]).toEqual([alone.value.objective, alone.value.bound, alone.value.point]);
    expect(alone.value.accuracy!.precisions[0]).toMatchObject({ loss: p.loss, low: p.low, high: p.high });
    expect(p.bound!).toBeLessThanOrEqual(p.value!);
    const better = found.points.filter((o) => o !== p && o.loss <= p.loss && o.value! <= p.value!);
    expect(p.front).toBe(better.every((o) => o.loss === p.loss && o.value === p.value));
  }
  // Fewer bits cost less, so the narrowest is on it.
  expect(found.points.at(-1)!.front).toBe(true);
  const { series } = precisionFrontFigure(found);
  expect(series.flatMap((s) => s.points.map((q) => q.label)).sort()).toEqual([...precisions].sort());
  const [front] = series;
  for (const [i, q] of front!.points.entries()) if (i > 0) expect(q.y).toBeLessThanOrEqual(front!.points[i - 1]!.y);
});

test('as a table, a figure, and in a report; whichever of both is named first', async () => {
  const argv = asked('latency, accuracy-loss', 'w8a8,w4a4', '--figure', 'f.svg', '--json', 'f.json');
  const { out, written } = await run(argv, files);
  expect(out).toMatch(/^precision +front +top-1 +loss \(points\) +95 % +latency \(us\)/);
  expect(out).toContain('losses are counted on 120 samples of labelled.csv');
  expect(written.get('f.svg')).toContain('<svg');
  const page = await run(['report', 'f.json', '-o', '-', '-q'], { 'f.json': written.get('f.json')! });
  expect(page.code).toBe(0);
  expect(page.out).toMatch(/Accuracy against latency: classifier\S* in \S+/);
  expect(page.out).toContain('Best machine of each precision, and what it loses');
});

test('the front of points by hand: equal ones are both on it, what was not found is not', () => {
  const at = (loss: number, value: number | null) => ({ loss, value });
  // 2 is beaten by 1 in both, 4 by 0 at the same cost; 5 is 0 again.
  expect(onFront([at(0, 9), at(0.1, 5), at(0.2, 6), at(0.3, null), at(0.1, 9), at(0, 9)])).toEqual([
    true,
    true,
    false,
    false,
    false,
    true,
  ]);
});

test('tensors stay where that is better, on the best machine of each precision', async () => {
  const argv = asked('accuracy-loss,energy', 'w8a8,w4a4', '--json', '-');
  const [staying, alone] = [
    read((await run(argv, files)).out),
    read((await run([...argv, '--no-residency'], files)).out),
  ];
  expect(alone.points.map(({ schedules }) => schedules)).toEqual([undefined, undefined]);
  expect(staying.space.machines).toBe(2 * alone.space.machines);
  for (const [i, { schedules, value, bound }] of staying.points.entries()) {
    expect([schedules?.[0]?.energy, schedules?.[0]?.bound]).toEqual([value, bound]);
    expect(schedules?.[0]?.keep.length).toBeGreaterThan(0);
    expect(value!).toBeLessThan(alone.points[i]!.value!);
  }
});

test('Ctrl-C leaves what is finished, with schedules', async () => {
  let interrupt = () => {};
  const { code, err, written } = await run(
    asked('accuracy-loss,edp', precisions.join(','), '--json', 'f.json'),
    files,
    { onInterrupt: (handler) => ((interrupt = handler), () => {}) },
    undefined,
    (workers) => {
      const engine = fakeEngine()(workers);
      const { shapes } = engine;
      const advance: typeof shapes.advance = (input) => {
        if (input.problem.space.menus.inputPrecision[0] === 6) interrupt();
        return shapes.advance(input);
      };
      return { ...engine, shapes: { ...shapes, advance } };
    },
  );
  expect(code).toBe(130);
  expect(err).toContain('interrupted: 2 of 4 precisions were searched, 1 to the end');
  expect(read(written.get('f.json')!)).toMatchObject({ asked: 4, points: [{ weightBits: 8 }, { weightBits: 6 }] });
});

test('Ctrl-C leaves what is finished', async () => {
  let interrupt = () => {};
  let searches = 0;
  const { code, err, written } = await run(
    asked('accuracy-loss,edp', precisions.join(','), '--json', 'f.json', '--no-residency'),
    files,
    { onInterrupt: (handler) => ((interrupt = handler), () => {}) },
    undefined,
    (workers) => {
      const engine = fakeEngine()(workers);
      return {
        ...engine,
        codesign: (request, hooks) => {
          if (++searches === 2) interrupt();
          return engine.codesign(request, hooks);
        },
      };
    },
  );
  // The second is given up as soon as it begins.
  expect([code, searches]).toEqual([130, 2]);
  expect(err).toContain('interrupted: 2 of 4 precisions were searched, 1 to the end');
  expect(read(written.get('f.json')!)).toMatchObject({ asked: 4, points: [{ weightBits: 8 }, { weightBits: 6 }] });
});

test('where no machine meets the other limits there is none with any precision', async () => {
  const argv = asked('accuracy-loss,energy', 'w8a8,w4a4', '--limit', 'area=0.001mm2', '--json', 'f.json');
  const { code, out, err, written } = await run(argv, files);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^infeasible with every precision: /m);
  expect(read(written.get('f.json')!).points.map((p) => [p.status, p.front])).toEqual([
    ['infeasible', false],
    ['infeasible', false],
  ]);
});

describe('is refused with a sentence', () => {
  test.each([
    ['a limit on what it is over', ['--limit', 'accuracy-loss=1%'], /has every precision.*drop --limit accuracy-loss/],
    ['a number of points', ['--points', '3'], /--points does not go with --pareto accuracy-loss,energy/],
    ['a checkpoint', ['--checkpoint', 'c.json'], /--checkpoint does not go with --pareto accuracy-loss,energy/],
    ['samples to judge by', ['--test', 'labelled.csv'], /--test does not go with --pareto accuracy-loss,energy/],
    ['two networks', ['lenet'], /about one trained network; 2 are given/],
  ])('%s', async (_, more, message) => {
    const { code, err, out } = await run(asked('accuracy-loss,energy', 'w8a8', ...more), files);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([3, '']);
  });
  test.each([
    ['accuracy-loss,accuracy-loss', /expected two different quantities/],
    ['accuracy-loss,speed', /speed/],
    ['accuracy-loss', /expected two different quantities/],
  ])('--pareto %s', async (pareto, message) => {
    const { code, err } = await run(asked(pareto, 'w8a8'), files);
    expect(err).toMatch(message);
    expect(code).toBe(3);
  });
});
