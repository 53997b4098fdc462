// `magnet codesign --residency`: its machine and schedules are files that `run` does, to the cycle; what it does not go with is refused by name.

import { expect, test } from 'vitest';
import { defined, nth } from '../../src/base/invariant.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { parseScheduleResult } from '../../src/results/schedule-result.js';
import { exit } from '../../src/cli/io.js';
import { run } from './run.js';

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
  const ran = await run(['run', 'lenet', '--design', 'd.json', '--schedule', 's.json', '-q', '--json', 'r.json'], {
    's.json': defined(written.get('s.json')),
    'd.json': defined(written.get('d.json')),
  });
  expect([ran.code, ran.err]).toEqual([0, '']);
  const result = parseRunResult(JSON.parse(defined(ran.written.get('r.json'))));
  if (!result.ok) throw new Error('no run');
  expect(result.value.agrees).toBe(true);
  expect(result.value.totals.cycles).toEqual({ model: cycles, rtl: cycles });
});

test('no machine within the area', { timeout: 60_000 }, async () => {
  const { code, err } = await run(
    asked.map((word) => word.replace('0.5mm2', '0.05mm2')),
    {},
  );
  expect(code).toBe(exit.infeasible);
  expect(err).toContain('the smallest machine of magnet-small takes');
});

test.each([
  [['--pareto', 'energy,latency'], '--pareto: not with --residency'],
  [['--certificate', 'c.json'], '--certificate: not with --residency'],
  [['--explain'], '--explain: not with --residency'],
  [['--checkpoint', 'c.json'], '--checkpoint: not with --residency'],
  [['--limit', 'latency=1ms'], 'no limit on latency is kept by schedules'],
  [['--limit', 'latency@each=1ms'], 'no limit on single layers is kept by schedules'],
  [['--objective', 'area'], 'schedules are not found for area; minimise energy, latency, edp'],
  [['--no-diagonal'], 'drop --no-diagonal'],
  [['--space', 'odd.yaml'], 'nothing can stay in the global buffer of any machine of'],
])('refused: %j', async (more, message) => {
  const { code, err } = await run([...asked, ...more], {
    'odd.yaml': 'space: {base: magnet-small, numLanes: [6], vectorSize: [8]}\n',
  });
  expect([code, err.includes(message)], err).toEqual([exit.badInput, true]);
});

test('several networks have a schedule each, in a file each, which run does', { timeout: 240_000 }, async () => {
  const few = { 'few.yaml': 'space: {base: magnet-small, rows: [1], columns: [1], numLanes: [8], vectorSize: [8]}\n' };
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
  const none = await run(['codesign', 'lenet', '--schedule', 's.json'], {});
  expect(none.err).toContain('let them, with --residency');
  const list = await run(['codesign', 'layers.yaml', '--residency'], {
    'layers.yaml': 'layers: [{name: a, K: 4, C: 4}]\n',
  });
  expect(list.err).toContain('is a list of layers without an order');
});
