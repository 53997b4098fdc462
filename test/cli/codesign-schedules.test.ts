// `magnet codesign` with schedules, which it searches for by default: the design alone is what `run` does, to the cycle; what has
// no schedules yet is told by name, and refused where they are asked for.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { parseScheduleResult } from '../../src/results/schedule-result.js';
import { exit } from '../../src/cli/io.js';
import { run } from './run.js';

const few = { 'few.yaml': 'space: {base: magnet-small, rows: [1], columns: [1], numLanes: [8], vectorSize: [8]}\n' };
const asked = ['codesign', 'lenet', '--space', 'magnet-small', '--limit', 'area=0.5mm2', '--residency', '-q'];

test('the machine that was found runs the schedule that was found', { timeout: 240_000 }, async () => {
  const files = ['--json', 'c.json', '--design', 'd.json', '--schedule', 's.json'];
  const { code, out, err, written } = await run([...asked, ...files], {});
  expect([code, err]).toEqual([0, '']);
  const file = (name: string) => JSON.parse(defined(written.get(name))) as unknown;
  const [found, schedule] = [parseCodesignResult(file('c.json')), parseScheduleResult(file('s.json'))];
  if (!found.ok || !schedule.ok) throw new Error('no answer');
  const { networks, objective, bound, gap, layers, status } = found.value;
  const { energy, cycles, keep, tensors, value } = schedule.value;
  expect(status).toBe('optimal');
  expect(gap).toBeLessThanOrEqual(0.01);
  expect(defined(bound ?? undefined)).toBeLessThanOrEqual(defined(objective ?? undefined));
  expect([nth(networks, 0).energy, nth(networks, 0).cycles]).toEqual([energy, cycles]);
  expect(value).toBe(objective);
  expect(layers.reduce((n, l) => n + l.count * (l.cycles ?? 0), 0)).toBe(cycles);
  expect(keep.length).toBeGreaterThan(0);
  expect(out).toContain(`${keep.length} of ${tensors.length} tensors that may stay`);
  const made = { 's.json': defined(written.get('s.json')), 'd.json': defined(written.get('d.json')) };
  for (const more of [[], ['--schedule', 's.json']]) {
    const ran = await run(['run', 'lenet', '--design', 'd.json', ...more, '-q', '--json', 'r.json'], made);
    expect([ran.code, ran.err]).toEqual([0, '']);
    const result = parseRunResult(JSON.parse(defined(ran.written.get('r.json'))));
    if (!result.ok) throw new Error('no run');
    expect(result.value.agrees).toBe(true);
    expect(result.value.totals.cycles).toEqual({ model: cycles, rtl: cycles });
  }
  // Of another network of its name, here in a batch, the design says nothing.
  const other = await run(['run', 'lenet', '--design', 'd.json', '--batch', '2', '-q'], made);
  expect(other.err).toContain('note: the schedule of lenet in d.json is of another one');
});

test.each([
  ['edp', []],
  ['energy within a limit on latency', ['-o', 'energy', '--limit', 'latency=20us']],
  ['the smallest machine within a limit', ['-o', 'area', '--limit', 'energy=5uJ']],
])(
  '%s: what nobody asks for is the same as --residency, and --no-residency keeps nothing',
  { timeout: 240_000 },
  async (_, more) => {
    const answers = ['--residency', '', '--no-residency'].map(async (flag) => {
      const flags = [...more, ...(flag === '' ? [] : [flag])];
      const { code, out, err } = await run(
        ['codesign', 'lenet', '--space', 'few.yaml', ...flags, '-q', '--json', '-'],
        few,
      );
      const read = parseCodesignResult(JSON.parse(out));
      if (!read.ok) throw new Error('no answer');
      const { objective, bound, point, schedules, space, unscheduled, status } = read.value;
      return {
        said: [code, err],
        status,
        objective,
        bound,
        point,
        keep: schedules?.map(({ keep }) => keep),
        machines: space.machines,
        unscheduled,
      };
    });
    const [asked, usual, without] = await Promise.all(answers);
    expect([usual?.said, usual?.status]).toEqual([[0, ''], 'optimal']);
    expect(usual).toEqual(asked);
    const [keep] = defined(usual?.keep);
    expect([without?.keep, without?.unscheduled]).toEqual([undefined, undefined]);
    expect(without?.machines).toBe(defined(usual).machines / 2);
    // On less area than any machine with residency takes nothing stays.
    const [least, alone] = [usual, without].map((of) => defined(of?.objective ?? undefined));
    expect(defined(least)).toBeLessThanOrEqual(defined(alone));
    expect(defined(keep).length > 0).toBe(defined(least) < defined(alone));
  },
);

test('a search that was cut short goes on from its checkpoint to the same machine', { timeout: 240_000 }, async () => {
  const words = [
    'codesign',
    'lenet',
    '--space',
    'few.yaml',
    '--gap',
    '0.01%',
    '-q',
    '--json',
    '-',
    '--checkpoint',
    'c.json',
  ];
  const whole = await run(words, few);
  const saved = JSON.parse(defined(whole.written.get('c.json'))) as {
    question: Record<string, string>;
    best: object | null;
    shapes: readonly object[];
  };
  expect(saved.question['tensors stay']).toBe('yes');
  expect(saved.best).not.toBe(null);
  const early = { ...saved, shapes: saved.shapes.slice(0, 1) };
  const again = await run(words, { ...few, 'c.json': JSON.stringify(early) });
  const of = ({ out }: { readonly out: string }) => {
    const read = parseCodesignResult(JSON.parse(out));
    if (!read.ok) throw new Error('no answer');
    return [read.value.status, read.value.point, read.value.objective, read.value.schedules?.map(({ keep }) => keep)];
  };
  expect(of(again)).toEqual(of(whole));
  const other = await run([...words, '--no-residency'], { ...few, 'c.json': JSON.stringify(saved) });
  expect(other.err).toContain('tensors stay');
});

test('what has no schedules is searched without, in a line that says why', { timeout: 120_000 }, async () => {
  const table = { 'layers.yaml': 'layers: [{name: a, K: 4, C: 4}]\n' };
  const { code, err, written } = await run(
    ['codesign', 'layers.yaml', '--space', 'magnet-small', '--json', 'c.json', '--design', 'd.json'],
    table,
  );
  expect(code).toBe(0);
  const why = 'layers is a list of layers without an order';
  expect(err).toContain(`note: Without schedules, every tensor going through DRAM: ${why}\n`);
  const read = parseCodesignResult(JSON.parse(defined(written.get('c.json'))));
  expect(read.ok && read.value.unscheduled).toBe(why);
  expect(defined(written.get('d.json'))).toContain(' --no-residency ');
});

test('steps of parameters are of machines with schedules, residency among them', { timeout: 240_000 }, async () => {
  const words = [
    'codesign',
    'lenet',
    '--space',
    'few.yaml',
    '--explain',
    '-q',
    '--json',
    'c.json',
    '--limit',
    'latency=20us',
  ];
  const { code, out, err, written } = await run(words, few);
  expect([code, err]).toEqual([0, '']);
  const read = parseCodesignResult(JSON.parse(defined(written.get('c.json'))));
  if (!read.ok) throw new Error('no answer');
  const { steps, elasticities, objective, schedules } = read.value;
  const { down, up } = defined(defined(steps).find(({ parameter }) => parameter === 'residency'));
  expect([up, elasticities, schedules?.length]).toEqual([undefined, undefined, 1]);
  // Without tensors that stay the same machine costs more.
  expect(defined(down).objective).toBeGreaterThan(defined(objective ?? undefined));
  expect(out).toContain('Why this design');
  expect(out).toMatch(/latency \(cycles\) +20,?000/);
});

test('no machine within the area', { timeout: 60_000 }, async () => {
  const { code, err } = await run(
    asked.map((word) => word.replace('0.5mm2', '0.05mm2')),
    {},
  );
  expect(code).toBe(exit.infeasible);
  expect(err).toContain('the smallest machine of magnet-small takes');
});

test('limits that no schedule keeps are said to be missed, and by how much', { timeout: 120_000 }, async () => {
  const { code, err } = await run([...asked, '--residency', '--limit', 'latency=1000cycles'], {});
  expect(code).toBe(exit.infeasible);
  expect(err).toMatch(/within 0\.5 mm2 keeps latency of lenet at most 1000 cycles; the minimum is above/);
});

test(
  'of limits that cannot be kept together the one that cannot be kept alone is told, once',
  { timeout: 120_000 },
  async () => {
    const { code, err } = await run([...asked, '--limit', 'energy=1J', '--limit', 'latency=1us'], {});
    expect(code).toBe(exit.infeasible);
    expect(err).toMatch(
      /^infeasible: no machine of magnet-small within 0\.5 mm2 keeps latency of lenet at most 1000 cycles; the minimum is above [\d.e+]+ cycles\n$/,
    );
  },
);

test.each([
  [['--pareto', 'energy,layer-edp'], 'no limit on layer-edp is kept by schedules'],
  [['--pareto', 'layer-edp,area'], 'schedules are not found for layer-edp'],
  [['--pareto', 'accuracy-loss,layer-edp'], 'schedules are not found for layer-edp'],
  [['--certificate', 'c.json'], '--residency: --certificate: certificates are of machines without schedules'],
  [['--layers-only'], '--residency: --layers-only: tensors pass steps that it leaves out'],
  [['--limit', 'layer-edp=1'], 'no limit on layer-edp is kept by schedules'],
  [['--limit', 'latency@each=1ms'], 'no limit on single layers is kept by schedules'],
  [['--objective', 'layer-edp'], 'schedules are not found for layer-edp; minimise energy, latency, edp or area'],
  [['--no-diagonal'], 'drop --no-diagonal'],
  [['--space', 'odd.yaml'], 'nothing can stay in the global buffer of any machine of'],
])('refused: %j', async (more, message) => {
  const { code, err } = await run([...asked, ...more], {
    'odd.yaml': 'space: {base: magnet-small, numLanes: [6], vectorSize: [8]}\n',
  });
  expect([code, err.includes(message)], err).toEqual([exit.badInput, true]);
});

test('several networks have a schedule each, in a file each, which run does', { timeout: 240_000 }, async () => {
  const words = ['codesign', 'lenet', 'pilotnet', '--weight', 'pilotnet=2', '--space', 'few.yaml', '--residency', '-q'];
  const files = ['--json', 'c.json', '--design', 'd.json', '--schedule', 's.json'];
  const { code, err, written } = await run([...words, ...files], few);
  expect([code, err]).toEqual([0, '']);
  const found = parseCodesignResult(JSON.parse(defined(written.get('c.json'))));
  if (!found.ok) throw new Error('no answer');
  const schedules = ['lenet', 'pilotnet'].map((name) => {
    const schedule = parseScheduleResult(JSON.parse(defined(written.get(`s.${name}.json`))));
    if (!schedule.ok) throw new Error('no schedule');
    return schedule.value;
  });
  expect(found.value.networks.map(({ energy, cycles }) => [energy, cycles])).toEqual(
    schedules.map(({ energy, cycles }) => [energy, cycles]),
  );
  expect(schedules.reduce((sum, { value }, k) => sum + (k + 1) * (value ?? 0), 0)).toBe(found.value.objective);
  const [{ cycles, bound, reason } = {}] = schedules;
  expect([bound, reason]).toEqual([null, 'what is proven is of all networks together']);
  const ran = await run(['run', 'lenet', '--design', 'd.json', '--schedule', 's.json', '-q', '--json', 'r.json'], {
    's.json': defined(written.get('s.lenet.json')),
    'd.json': defined(written.get('d.json')),
  });
  expect([ran.code, ran.err]).toEqual([0, '']);
  const result = parseRunResult(JSON.parse(defined(ran.written.get('r.json'))));
  expect(result.ok && result.value.totals.cycles).toEqual({ model: cycles, rtl: cycles });
});

test('a schedule is written of what may stay, of networks with an order of steps', async () => {
  const piped = await run(['codesign', 'lenet', 'pilotnet', '--residency', '--schedule', '-'], {});
  expect(piped.err).toContain('--schedule -: each network has a schedule of its own');
  const none = await run(['codesign', 'lenet', '--no-residency', '--schedule', 's.json'], {});
  expect(none.err).toContain('drop --no-residency');
  const front = await run(['codesign', 'lenet', '--pareto', 'energy,latency', '--schedule', '-'], {});
  expect(front.err).toContain('--schedule -: each point of a front has its own; name a file');
  const list = await run(['codesign', 'layers.yaml', '--residency'], {
    'layers.yaml': 'layers: [{name: a, K: 4, C: 4}]\n',
  });
  expect(list.err).toContain('is a list of layers without an order');
});
