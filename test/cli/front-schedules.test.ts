// `magnet codesign --pareto` with schedules, which it searches for by default: each point's design is what `run` does, to the cycle;
// a front that was cut short goes on to the same; with --no-residency nothing of it is told.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { parseCodesignFront } from '../../src/results/codesign-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { parseScheduleResult } from '../../src/results/schedule-result.js';
import { exit } from '../../src/cli/io.js';
import { run } from './run.js';

const few = { 'few.yaml': 'space: {base: magnet-small, rows: [1], columns: [1], numLanes: [8], vectorSize: [8]}\n' };
const front = (networks: string, metrics: string, points = 3) =>
  `codesign ${networks} --space few.yaml --pareto ${metrics} --points ${points} -q`.split(' ');

const pointsIn = (text: string | undefined) => {
  const read = parseCodesignFront(JSON.parse(defined(text)));
  if (!read.ok) throw new Error('no front');
  return read.value.points;
};

test(
  'each point has its design and its schedule, which runs in the cycles that it says',
  { timeout: 240_000 },
  async () => {
    const files = ['--json', 'f.json', '--design', 'd.json', '--schedule', 's.json', '--figure', 'f.svg'];
    const { code, out, err, written } = await run([...front('lenet', 'energy,latency'), ...files], few);
    expect([code, err]).toEqual([exit.done, '']);
    const points = pointsIn(written.get('f.json'));
    const each = points.map((_, i) => i + 1);
    expect([...written.keys()].sort()).toEqual(
      ['f.json', 'f.svg', ...each.flatMap((i) => [`d.${i}.json`, `s.${i}.json`])].sort(),
    );
    expect(out).toMatch(/machine +tensors that stay +time/);
    for (const [i, { values, schedules, limit }] of points.entries()) {
      const schedule = parseScheduleResult(JSON.parse(defined(written.get(`s.${i + 1}.json`))));
      if (!schedule.ok) throw new Error('no schedule');
      const { energy, cycles, objective, keep, limits } = schedule.value;
      expect([energy, cycles]).toEqual(values);
      expect([objective, limits?.latency]).toEqual(['energy', limit ?? undefined]);
      expect(nth(defined(schedules), 0).keep).toEqual(keep);
      expect(out).toContain(`${keep.length} of ${schedule.value.tensors.length}`);
    }
    const [made, kept] = [defined(written.get('d.1.json')), defined(written.get('s.1.json'))];
    const ran = await run(
      ['run', 'lenet', '--design', 'd.1.json', '--schedule', 's.1.json', '-q', '--json', 'r.json'],
      {
        'd.1.json': made,
        's.1.json': kept,
      },
    );
    expect([ran.code, ran.err]).toEqual([exit.done, '']);
    const result = parseRunResult(JSON.parse(defined(ran.written.get('r.json'))));
    const [{ values }] = points as [(typeof points)[number]];
    expect(result.ok && result.value.totals.cycles).toEqual({ model: values[1], rtl: values[1] });
    expect(made).toContain('--residency');
    const page = await run(['report', 'f.json', '-o', 'p.html', '--markdown', 'p.md'], {
      'f.json': defined(written.get('f.json')),
    });
    expect(page.code).toBe(exit.done);
    expect(page.written.get('p.md')).toContain('tensors that may stay');
  },
);

test('of several networks a schedule each, over the area', { timeout: 240_000 }, async () => {
  const files = ['--json', 'f.json', '--schedule', 's.json'];
  const { code, written } = await run([...front('lenet pilotnet', 'edp,area', 2), ...files], few);
  expect(code).toBe(exit.done);
  const points = pointsIn(written.get('f.json'));
  const names = points.flatMap((_, i) => ['lenet', 'pilotnet'].map((name) => `s.${i + 1}.${name}.json`));
  expect([...written.keys()].sort()).toEqual(['f.json', ...names].sort());
});

test('a front that was cut short goes on from its checkpoint to the same points', { timeout: 240_000 }, async () => {
  const words = [...front('lenet', 'energy,latency'), '--gap', '0.01%', '--json', '-', '--checkpoint', 'c.json'];
  const whole = await run(words, few);
  const saved = JSON.parse(defined(whole.written.get('c.json'))) as {
    question: Record<string, string>;
    searches: readonly { shapes: readonly object[] }[];
  };
  expect(saved.question['tensors stay']).toBe('yes');
  const of = ({ out }: { readonly out: string }) =>
    pointsIn(out).map(({ seconds: _, bound: __, schedules, ...point }) => ({
      ...point,
      keep: schedules?.map(({ keep }) => keep),
    }));
  for (const count of [1, 3]) {
    const searches = saved.searches.slice(0, count);
    const early = searches.map((s, i) => (i < count - 1 ? s : { ...s, shapes: s.shapes.slice(0, 1) }));
    const again = await run(words, { ...few, 'c.json': JSON.stringify({ ...saved, searches: early }) });
    expect(of(again)).toEqual(of(whole));
  }
  const other = await run([...words, '--no-residency'], { ...few, 'c.json': JSON.stringify(saved) });
  expect(other.err).toContain('tensors stay');
});

test('with --no-residency no point has schedules, and none is better', { timeout: 240_000 }, async () => {
  const [usual, without] = await Promise.all(
    [[], ['--no-residency']].map((flags) => run([...front('lenet', 'energy,area'), ...flags, '--json', '-'], few)),
  );
  const [staying, alone] = [pointsIn(usual?.out), pointsIn(without?.out)];
  expect(alone.every(({ schedules }) => schedules === undefined)).toBe(true);
  expect(staying.every(({ schedules }) => schedules?.length === 1)).toBe(true);
  const best = (points: typeof alone) => defined(points.at(-1)?.values[0] ?? undefined);
  expect(best(staying)).toBeLessThan(best(alone));
});

test('what has no schedules has a front without, in a line that says why', { timeout: 120_000 }, async () => {
  const table = { ...few, 'layers.yaml': 'layers: [{name: a, K: 4, C: 4}]\n' };
  const words = front('layers.yaml', 'energy,latency', 2).filter((word) => word !== '-q');
  const { code, err, written } = await run([...words, '--json', 'f.json'], table);
  expect(code).toBe(exit.done);
  expect(err).toContain('note: Without schedules, every tensor going through DRAM: layers is a list of layers');
  const read = parseCodesignFront(JSON.parse(defined(written.get('f.json'))));
  expect(read.ok && read.value.unscheduled).toBe('layers is a list of layers without an order');
});

test('limits that no schedule keeps are said to be missed; nothing is written', { timeout: 120_000 }, async () => {
  const words = [...front('lenet', 'energy,area'), '--limit', 'latency=1000cycles', '--design', 'd.json'];
  const { code, err, written } = await run(words, few);
  expect([code, written.size]).toEqual([exit.infeasible, 0]);
  expect(err).toMatch(/^infeasible: .*keeps latency of lenet at most 1000 cycles/);
});
