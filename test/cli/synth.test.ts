// `magnet synth`: modules and parts beside the model, the library, refusals.

import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { printDesign } from '../../src/results/design-file.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3, simba } from '../../src/model/machine/presets.js';
import { magnetLiberty } from '../../src/sim/synth/liberty/own.js';
import { makeDesign } from '../support/design.js';
import { makeDouble } from '../support/tools.js';
import { run } from './run.js';
import { parseSynthResult, printSynthResult } from '../../src/results/synth-result.js';

/** Some of our cells as a file by themselves. */
const half = (names: string) =>
  magnetLiberty()
    .split('\n  cell')
    .filter((cell, i) => i === 0 || new RegExp(`^\\((${names})`).test(cell))
    .join('\n  cell') + (names.includes('DFF') ? '' : '}\n');

let files: Record<string, string | Uint8Array>;
beforeAll(async () => {
  const layers = [makeLayer('fc', { K: 10, C: 16 })];
  files = {
    'd.json': printDesign(await makeDesign({ kind: 'template', template: simba }, layers)),
    'array3.json': printDesign(await makeDesign({ kind: 'hierarchy', architecture: array3 }, layers)),
    'cells.lib': magnetLiberty(),
    'a.lib.gz': gzipSync(half('INV|BUF|NAND')),
    'b.lib': half('DFF|AND'),
    'lone.lib': 'library(cells) { cell(INV) { area : 1; } }\n',
    'cells.7z': Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
    'torn.lib.gz': gzipSync(magnetLiberty()).subarray(0, 100),
    'page.lib': '<html></html>',
  };
});

test('modules with their cells, and parts beside the model', async () => {
  const double = makeDouble();
  const { code, out, err } = await run(['synth', 'd.json'], files, {}, double.make);
  expect({ code, err }).toEqual({ code: 0, err: 'lane\n' });
  expect(double.asked.synthesized).toMatchObject([{ native: false }]);
  expect(double.asked.synthesized[0]).not.toHaveProperty('library');
  expect(double.asked.closed).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "module  variants  instances    cells    gates     um2   share
    ------  --------  ---------  -------  -------  ------  ------
    lane           1        128  153,600  336,819  52,544  98.9 %
    pe             2         17    1,540    3,602   562.0   1.1 %

    memory    ports  instances  bits each     bits
    --------  -----  ---------  ---------  -------
    u_weight  1rw           16      8,192  131,072

    part        synthesized (mm2)  model (mm2)  difference
    ----------  -----------------  -----------  ----------
    MACs                  0.05250      0.05000      +5.0 %
    control              0.001000            0           -
    whole chip            0.05350      0.05000      +7.0 %

    library    magnet_16nm
    NAND2      0.1560 um2, of the technology 0.1560; Liberty has no unit of area, um2 is assumed
    synthesis  12.50 s
    warning    pe: a wire goes nowhere
    "
  `);
});

test('a library as text, the yosys that is installed, and JSON', async () => {
  const double = makeDouble();
  const { code, out, err } = await run(
    ['synth', 'd.json', '--liberty', 'cells.lib', '--native', '--json', '-', '-q'],
    files,
    { installed: (name) => name === 'yosys' },
    double.make,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(double.asked.synthesized).toMatchObject([{ native: true, library: { name: 'magnet_16nm', gate: 0.15552 } }]);
  expect(JSON.parse(out)).toMatchObject({
    schema: 'magnet-synth/1',
    design: 'net-machine',
    library: 'magnet_16nm',
    total: { synthesized: 0.0535, model: 0.05 },
  });
  const read = parseSynthResult(JSON.parse(out));
  expect(read.ok && printSynthResult(read.value)).toBe(out);
});

test('a library of several files, packed or not', async () => {
  const double = makeDouble();
  const { code, err } = await run(
    ['synth', 'd.json', '--liberty', 'a.lib.gz', '--liberty', 'b.lib', '-q'],
    files,
    {},
    double.make,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect([...double.asked.synthesized[0]!.library!.areas.keys()]).toEqual([
    'INV',
    'BUF',
    'NAND2',
    'NAND3',
    'AND2',
    'DFF',
  ]);
});

test('a library of another node: logic and memories apart, and why', async () => {
  const double = makeDouble();
  const make = (workers: number) => ({
    ...double.make(workers),
    synthesize: async (...asked: Parameters<ReturnType<typeof double.make>['synthesize']>) => {
      const result = await double.make(workers).synthesize(...asked);
      return {
        ...result,
        total: { ...result.total, memories: 0.02, synthesized: null },
        nand2: { library: 3.744, technology: 0.156 },
      };
    },
  });
  const { out } = await run(['synth', 'd.json', '-q'], files, {}, make);
  expect(out).toContain('whole chip               0.05350                     0.02000      0.05000');
  expect(out).toContain(
    "The library's NAND2 is 24.00 times the technology's: they are of different nodes, so logic and memories are not added up.",
  );
});

test('Ctrl-C: exit 130', async () => {
  let press = () => {};
  const double = makeDouble();
  const make = (workers: number) => ({ ...double.make(workers), synthesize: () => new Promise<never>(() => press()) });
  const { code, out, err } = await run(
    ['synth', 'd.json'],
    files,
    { onInterrupt: (handler) => ((press = handler), () => {}) },
    make,
  );
  expect({ code, out, err }).toEqual({ code: 130, out: '', err: 'interrupted: nothing was synthesized\n' });
  expect(double.asked.closed).toBe(1);
});

test.each([
  ['d.json --native', '--native needs yosys, which cannot be found on the PATH'],
  ['d.json --liberty nowhere.lib', 'cannot read nowhere.lib: there is no such file'],
  ['d.json --liberty page.lib', 'page.lib is a web page, expected a Liberty library (.lib, .lib.gz)'],
  ['d.json --liberty d.json', 'd.json: not a Liberty file: expected library (NAME) {'],
  ['d.json --liberty lone.lib', 'lone.lib: the library has no flop, no inverter, no buffer, no NAND of two inputs'],
  ['d.json --liberty b.lib', 'b.lib: the library has no inverter, no buffer, no NAND of two inputs'],
  [
    'd.json --liberty cells.7z',
    'cells.7z is a 7-Zip archive, expected a Liberty library (.lib, .lib.gz); run 7z e cells.7z',
  ],
  ['d.json --liberty torn.lib.gz', 'torn.lib.gz: packed by gzip, but damaged'],
  ['d.json --json missing/s.json', 'cannot write missing/s.json'],
  ['array3.json', 'array3 is a hierarchy with energies of its own'],
])('bad input: magnet synth %s', async (line, wanted) => {
  const double = makeDouble();
  const { code, out, err } = await run(['synth', ...line.split(' ')], files, {}, double.make);
  expect(err).toContain(wanted);
  expect({ code, out, synthesized: double.asked.synthesized.length }).toEqual({ code: 3, out: '', synthesized: 0 });
});
