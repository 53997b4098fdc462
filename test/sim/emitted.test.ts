// The emitted folder, run as a user runs it: make, make verilator, and golden data made for a layer that came without.

import { resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { printDesign } from '../../src/results/design-file.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { emitDesign } from '../../src/sim/emit-files.js';
import type { ToolName } from '../../src/sim/native/native-tools.js';
import { findTool } from '../../src/sim/native/native-tools.js';
import { execute, inFolder } from '../../src/pool/node/programs.js';
import { makeDesign } from '../support/design.js';
import { smallMachine } from '../support/rtl.js';

const missing = async (names: readonly ToolName[]) => {
  const found = await Promise.all(names.map(async (name) => ((await findTool(name)).ok ? [] : [name])));
  const absent = [...found.flat(), ...((await execute('make', ['--version'], {})).code === 'missing' ? ['make'] : [])];
  if (absent.length > 0) console.log(`note: ${absent.join(' and ')} not installed; what needs them is left out`);
  return absent.length > 0;
};
const [noIcarus, noVerilator] = [await missing(['iverilog', 'vvp']), await missing(['verilator'])];

const t = smallMachine(
  'folder',
  { weight: 8, input: 8, sum: 4, bank: 1 },
  { vectorSize: 2, numLanes: 2, rows: 1, columns: 2, globalBanks: 8, biasLines: 8 },
);
const design = await makeDesign({ kind: 'template', template: t }, [
  makeLayer('small', { K: 4, P: 2 }),
  makeLayer('large one', { K: 4, C: 4, P: 4, R: 2 }),
]);

/** `small` has 8 multiplications, the other 128. */
function emitted(largest: number): Record<string, string> {
  const files = emitDesign(design, { testbench: true, seed: 1, largest });
  expect(files.ok).toBe(true);
  return {
    ...Object.fromEntries((files.ok ? files.value : []).map((f) => [f.path, f.text])),
    'design.json': printDesign(design),
    'magnet-rtl.txt': 'Makefile\n',
  };
}
const make = (cwd: string, ...args: readonly string[]) => execute('make', args, { cwd });
const passes = (text: string) => (text.match(/^PASS$/gm) ?? []).length;

test('the Makefile says which layers have golden data, and why others have not', () => {
  const { Makefile } = emitted(100);
  expect(Makefile).toMatch(/^# {3}00_small {6}golden data: 8 multiplications$/m);
  expect(Makefile).toMatch(
    /^# {3}01_large_one {2}no golden data: 128 multiplications, more than the 100 up to which a simulation takes minutes$/m,
  );
  expect(Makefile).toMatch(/^LAYERS = 00_small\nBARE = 01_large_one\nASKED = $/m);
  expect(emitted(0)['magnet_tb.v']).toBeDefined();
});

test.skipIf(noIcarus)(
  'make: lint and every layer, with stalls and late answers too; a layer without golden data says what to do',
  { timeout: 120_000 },
  () =>
    inFolder(emitted(1000), async (folder) => {
      const calm = await make(folder);
      expect([calm.code, passes(calm.stdout), calm.stderr]).toEqual([0, 2, '']);
      const cycles = (text: string) => [...text.matchAll(/COUNT +cycles (\d+)/g)].map((m) => Number(m[1]));
      for (const extra of ['+stalls=40', '+latency=50', '+stalls=20 +latency=7 +seed=9']) {
        const slow = await make(folder, `EXTRA=${extra}`, 'iverilog-00_small', 'iverilog-01_large_one');
        expect([extra, slow.code, passes(slow.stdout)]).toEqual([extra, 0, 2]);
        cycles(slow.stdout).forEach((n, i) => expect(n).toBeGreaterThan(cycles(calm.stdout)[i]!));
      }
      expect(await make(folder, 'run', 'LAYER=07_none')).toMatchObject({
        code: 2,
        stdout: expect.stringContaining('layers/07_none has no golden data; make golden-07_none first'),
      });
    }),
);

test.skipIf(noIcarus)('make golden-NAME gives a layer its golden data; then it runs', { timeout: 240_000 }, () =>
  inFolder(emitted(100), async (folder) => {
    const before = await make(folder, 'iverilog-01_large_one');
    expect([before.code, before.stdout]).toEqual([2, expect.stringContaining('make golden-01_large_one first')]);
    const magnet = `node ${resolve('node_modules/tsx/dist/cli.mjs')} ${resolve('src/cli/main.ts')}`;
    const golden = await make(folder, 'golden-01_large_one', `MAGNET=${magnet}`);
    expect([golden.code, golden.stderr]).toEqual([0, expect.stringContaining('computing golden data of large one')]);
    expect(await readFile(`${folder}/Makefile`, 'utf8')).toContain('ASKED = 01_large_one');
    const after = await make(folder);
    expect([after.code, passes(after.stdout)]).toEqual([0, 2]);
  }),
);

test.skipIf(noVerilator)('make verilator: every layer', { timeout: 600_000 }, () =>
  inFolder(emitted(1000), async (folder) => {
    const done = await make(folder, 'verilator', 'EXTRA=+stalls=20 +latency=3');
    expect([done.code, passes(done.stdout)]).toEqual([0, 2]);
  }),
);
