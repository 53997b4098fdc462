// `magnet prove` with schedules, as it asks by default, over a space or of one machine: the design of a witness that keeps tensors is what `run` does, to
// the cycle; --no-residency is as before; what has no schedules yet is told by name, and refused where they are asked for.

import { expect, test } from 'vitest';
import { defined } from '../../src/base/invariant.js';
import { parseProveResult } from '../../src/results/prove-result.js';
import { parseRunResult } from '../../src/results/run-result.js';
import { run, tinyLayers } from './run.js';

const files = {
  'few.yaml': 'space: {base: magnet-small, rows: [1], columns: [1], numLanes: [8], vectorSize: [8]}\n',
  'net.yaml': tinyLayers,
};
const ask = (line: string, more: Readonly<Record<string, string>> = {}) =>
  run(['prove', ...line.split(' ')], { ...files, ...more });
const proof = (text: string | undefined) => {
  const read = parseProveResult(JSON.parse(defined(text)));
  if (!read.ok) throw new Error('no answer');
  return read.value;
};

/** Only machines on which tensors stay meet it. */
const met = 'lenet --space few.yaml --limit energy=4.6uJ';

test(
  'a limit that only tensors that stay meet: the machine found runs its schedule',
  { timeout: 240_000 },
  async () => {
    const { code, out, err, written } = await ask(`${met} -q --json p.json --design d.json`);
    expect([code, err]).toEqual([0, '']);
    const { status, residency, schedule, unscheduled, witness, space } = proof(written.get('p.json'));
    expect([status, residency, unscheduled]).toEqual(['feasible', true, undefined]);
    const { keep, tensors, energy, cycles, bound, status: of } = defined(schedule);
    const { parameters, energy: own, cycles: spent, layers } = defined(witness ?? undefined);
    expect([energy, cycles, bound, of]).toEqual([own, spent, null, 'feasible']);
    expect(own).toBeLessThanOrEqual(4.6e6);
    expect(defined(parameters ?? undefined).residency).toBe(1);
    expect(layers.reduce((n, l) => n + l.count * l.cycles, 0)).toBe(spent);
    expect(keep.length).toBeGreaterThan(0);
    expect(out).toContain(
      `${keep.length} of ${tensors.length} tensors that may stay in the 16 banks of the global buffer do`,
    );
    const made = { 'd.json': defined(written.get('d.json')) };
    const ran = await run(['run', 'lenet', '--design', 'd.json', '-q', '--json', 'r.json'], made);
    expect([ran.code, ran.err]).toEqual([0, '']);
    const result = parseRunResult(JSON.parse(defined(ran.written.get('r.json'))));
    expect(result.ok && [result.value.agrees, result.value.totals.cycles]).toEqual([
      true,
      { model: spent, rtl: spent },
    ]);
    // As before where nothing stays, about half as many machines.
    const without = await ask(`${met} -q --no-residency --json p.json`);
    expect(without.code).toBe(1);
    const refuted = proof(without.written.get('p.json'));
    expect([refuted.status, refuted.residency, refuted.unscheduled]).toEqual(['infeasible', undefined, undefined]);
    expect(defined(refuted.space ?? undefined).machines).toBe(defined(space ?? undefined).machines / 2);
  },
);

test(
  'of one machine: the witness runs its schedule, and the bound of all schedules refutes',
  { timeout: 240_000 },
  async () => {
    const line = 'lenet --arch simba --limit energy=4.83uJ';
    const { code, out, err, written } = await ask(`${line} -q --json p.json --design d.json`);
    expect([code, err]).toEqual([0, '']);
    const { status, residency, schedule, witness, machine, space } = proof(written.get('p.json'));
    expect([status, residency, machine, space]).toEqual(['feasible', true, 'simba', null]);
    const { energy, cycles } = defined(witness ?? undefined);
    expect([energy, cycles]).toEqual([defined(schedule).energy, defined(schedule).cycles]);
    expect(defined(schedule).keep.length).toBeGreaterThan(0);
    expect(out).toContain('tensors that may stay in the 16 banks of the global buffer do');
    const made = { 'd.json': defined(written.get('d.json')) };
    const ran = await run(['run', 'lenet', '--design', 'd.json', '-q', '--json', 'r.json'], made);
    expect([ran.code, ran.err]).toEqual([0, '']);
    const result = parseRunResult(JSON.parse(defined(ran.written.get('r.json'))));
    expect(result.ok && [result.value.agrees, result.value.totals.cycles]).toEqual([
      true,
      { model: cycles, rtl: cycles },
    ]);
    // Through DRAM it is not met, which is said to be no more than that.
    const without = await ask(`${line} -q --no-residency`);
    expect(without.code).toBe(1);
    expect(without.out).toContain('"magnet prove --residency" answers');
    const less = await ask('lenet --arch simba --limit energy=4.8uJ -q --smt2 p.smt2');
    expect([less.code, less.err]).toEqual([1, '']);
    expect(less.out).toMatch(/energy=4\.8uJ +at least 4\.82\d+ uJ; exact/);
    expect(less.out).toContain('What a limit must be is the bound of the best of them.');
  },
);

test('less than any schedule takes is refuted, of all schedules', { timeout: 240_000 }, async () => {
  const line = 'lenet --space few.yaml --limit energy=4.5uJ';
  const { code, out, written } = await ask(`${line} -q --json p.json`);
  expect(code).toBe(1);
  expect(proof(written.get('p.json')).core).toHaveLength(1);
  expect(out).toContain('Proven of all schedules of whole tensors');
  const without = await ask(`${line} -q --no-residency`);
  expect(without.out).toContain('Proven where every tensor goes through DRAM');
  expect(without.out).toContain('"magnet prove --residency" answers');
});

test.each([
  ['lenet --space few.yaml --limit latency@c1=1ms', 'no limit on single layers is kept by schedules'],
  ['lenet --space few.yaml --limit layer-edp=1e15pJ*cycles', 'no limit on layer-edp is kept by schedules'],
  [
    'lenet --space few.yaml --limit latency=1ms --no-diagonal',
    '--no-diagonal: schedules have groups joined where that is better',
  ],
  ['lenet --space few.yaml --limit latency=1ms --layers-only', '--layers-only: tensors pass steps that it leaves out'],
  ['lenet --space few.yaml --limit latency=1ms --layer c1', '--layer: schedules are of whole networks'],
  ['net.yaml --space few.yaml --limit latency=1ms', 'tiny-net is a list of layers without an order'],
  ['lenet --arch simba --limit latency@c1=1ms', 'no limit on single layers is kept by schedules'],
  ['lenet --arch simba --limit layer-edp=1e15pJ*cycles', 'no limit on layer-edp is kept by schedules'],
  ['lenet --arch simba --limit latency=1ms --shared-mappings', 'each run of a schedule has a mapping of its own'],
])('%s is asked without schedules, and refused with --residency', { timeout: 120_000 }, async (line, why) => {
  const { err, written } = await ask(`${line} --json p.json`);
  expect(err).toContain(`note: Without schedules, every tensor going through DRAM: ${why}\n`);
  const { unscheduled, residency } = proof(written.get('p.json'));
  expect([unscheduled, residency]).toEqual([why, undefined]);
  const refused = await ask(`${line} --residency`);
  expect(refused.code).toBe(3);
  expect(refused.err).toContain(`--residency: ${why}; `);
  expect(refused.err).toMatch(/, or drop --residency\n$/);
});

test.each([
  [
    'lenet --arch array3 --limit latency=1s --time-limit 1s',
    'tensors stay in the global buffer of machines of the template alone; name one of these',
  ],
  [
    'net.yaml --arch simba --limit latency=1ms',
    'tiny-net is a list of layers without an order; give a built-in network or an ONNX file',
  ],
  ['lenet --arch simba', 'schedules are for limits on energy, latency or edp of the network; give one'],
  [
    'lenet --space few.yaml --limit area=1mm2',
    'schedules are for limits on energy, latency or edp of the network; give one',
  ],
])('%s has nothing to say of schedules, and is refused with --residency', { timeout: 120_000 }, async (line, why) => {
  const { err, written } = await ask(`${line} --json p.json`);
  expect(err).not.toContain('schedules');
  const { unscheduled, residency } = proof(written.get('p.json'));
  expect([unscheduled, residency]).toEqual([undefined, undefined]);
  const refused = await ask(`${line} --residency`);
  expect([refused.code, refused.err]).toEqual([3, expect.stringContaining(`--residency: ${why}, or drop --residency`)]);
});
