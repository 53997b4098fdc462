// `magnet rtl`: files in a directory of their own, a listing, refusals.

import { beforeAll, describe, expect, test } from 'vitest';
import { printDesign } from '../../src/results/design-file.js';
import { timeloopConventions } from '../../src/model/cost/conventions.js';
import type { Design } from '../../src/model/space/design.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3, simba } from '../../src/model/machine/presets.js';
import { emitDesign, maxPrograms } from '../../src/sim/emit-files.js';
import { makeDesign } from '../support/design.js';
import { makeDouble } from '../support/tools.js';
import { run } from './run.js';

const emitted = [
  {
    path: 'rtl/pe.v',
    text:
      '// A module that stays in a comment\n' +
      'module pe #(\n  parameter VECTOR = 8,\n  parameter [7:0] LANES = 2 * (3 + 1)\n' +
      ') (\n  input clk\n' +
      ');\n' +
      'endmodule\n' +
      '\n' +
      'module lane (input clk);\nendmodule\n',
  },
  { path: 'rtl/top.v', text: 'module magnet_top (input clk);\n  parameter integer ROWS = 4;\nendmodule\n' },
  { path: 'layers/conv.mem', text: '0\n1\n' },
  { path: 'layers/fc.mem', text: '0\n' },
  { path: 'Makefile', text: 'all:\n' },
];
let files: Record<string, string>;
beforeAll(async () => {
  const layers = [makeLayer('conv', { K: 8, C: 8, P: 4 })];
  const design = await makeDesign({ kind: 'template', template: simba }, layers);
  const part = {
    ...design,
    totals: null,
    layers: [
      ...design.layers,
      {
        layer: makeLayer('lost', { K: 2 }),
        count: 1,
        status: 'infeasible' as const,
        objective: null,
        bound: null,
        gap: null,
        energy: null,
        cycles: null,
        mapping: null,
      },
    ],
  };
  files = {
    'd.json': printDesign(design),
    'part.json': printDesign(part),
    'array3.json': printDesign(await makeDesign({ kind: 'hierarchy', architecture: array3 }, layers)),
    'timeloop.json': printDesign(await makeDesign({ kind: 'template', template: simba }, layers, timeloopConventions)),
  };
});

const stampOf = (path: string) =>
  path.endsWith('.v') ? '// Made by magnet 1.2.3.\n' : path === 'Makefile' ? '# Made by magnet 1.2.3.\n' : '';

describe('rtl', () => {
  test('writes every file and its list, and prints modules, lines and parameters', async () => {
    const double = makeDouble({ files: emitted });
    const { code, out, err, written } = await run(['rtl', 'd.json', '-o', 'out/'], files, {}, double.make);
    expect({ code, err }).toEqual({ code: 0, err: '6 files written to out\n' });
    expect(double.asked.emitted).toEqual([{ testbench: true, seed: 1, bus: 'native', golden: [] }]);
    expect(Object.fromEntries(written)).toEqual({
      ...Object.fromEntries(emitted.map((f) => [`out/${f.path}`, `${stampOf(f.path)}${f.text}`])),
      'out/design.json': files['d.json'],
      'out/magnet-rtl.txt': 'rtl/pe.v\nrtl/top.v\nlayers/conv.mem\nlayers/fc.mem\nMakefile\ndesign.json\n',
    });
    expect(out).toMatchInlineSnapshot(`
      "module      file       lines  parameters
      ----------  ---------  -----  ---------------------------
      pe          rtl/pe.v       7  VECTOR=8, LANES=2 * (3 + 1)
      lane        rtl/pe.v       2
      magnet_top  rtl/top.v      3  ROWS=4

      other files  number  lines
      -----------  ------  -----
      .json             1    166
      .mem              2      3
      Makefile          1      2

      3 modules, 16 lines of Verilog
      "
    `);
  });

  test('hands on what was asked for', async () => {
    const double = makeDouble();
    await run(['rtl', 'd.json', '-o', 'out', '--no-testbench', '--seed', '7'], files, {}, double.make);
    expect(double.asked.emitted).toEqual([{ testbench: false, seed: 7, bus: 'native', golden: [] }]);
  });

  test('golden data of a layer by name or number, and not without a testbench', async () => {
    const double = makeDouble();
    expect((await run(['rtl', 'd.json', '-o', 'out', '--golden', '00'], files, {}, double.make)).err).toContain(
      'computing golden data of conv',
    );
    expect(double.asked.emitted).toEqual([{ testbench: true, seed: 1, bus: 'native', golden: [0] }]);
    expect(await run(['rtl', 'd.json', '-o', 'out', '--golden', 'cnv'], files, {}, double.make)).toMatchObject({
      code: 3,
      err: expect.stringContaining('Did you mean conv?'),
    });
    expect(
      await run(['rtl', 'd.json', '-o', 'out', '--golden', '0', '--no-testbench'], files, {}, double.make),
    ).toMatchObject({ code: 3, err: expect.stringContaining('--no-testbench leaves out') });
  });

  test('names the layers that have no program', async () => {
    expect((await run(['rtl', 'part.json', '-o', 'out'], files, {}, makeDouble().make)).err).toContain(
      'note: without a mapping, hence without a program: lost\n',
    );
  });
});

describe('the directory', () => {
  const write = (inside: Record<string, string>, ...more: string[]) =>
    run(
      ['rtl', 'd.json', '-o', 'out', ...more],
      { ...files, ...inside },
      {},
      makeDouble({ files: emitted.slice(1, 2) }).make,
    );

  test('that holds other files is refused, unless forced; its files stay', async () => {
    const { code, out, err, written } = await write({ 'out/thesis.tex': 'x' });
    expect({ code, out, written: written.size }).toEqual({ code: 3, out: '', written: 0 });
    expect(err).toBe(
      'error: out is not empty, and magnet rtl did not write it (it has no magnet-rtl.txt); ' +
        'name another directory, or write into it with --force\n',
    );
    const forced = await write({ 'out/thesis.tex': 'x' }, '--force');
    expect(forced).toMatchObject({ code: 0, removed: [] });
    expect([...forced.written.keys()]).toEqual(['out/magnet-rtl.txt', 'out/rtl/top.v', 'out/design.json']);
  });

  test('of an earlier run is written again, and what that run wrote and this one does not is removed; nothing else', async () => {
    const { code, removed } = await write({
      'out/magnet-rtl.txt': 'rtl/top.v\nlayers/old.mem\n../../etc/passwd\n/etc/passwd\n\nC:\\x\n',
      'out/notes.txt': 'mine',
    });
    expect({ code, removed }).toEqual({ code: 0, removed: ['out/layers/old.mem'] });
  });

  test('that cannot be made is a complaint', async () => {
    const { code, err } = await run(
      ['rtl', 'd.json', '-o', 'out'],
      files,
      {
        makeDirectory: () => {
          throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
        },
      },
      makeDouble({ files: emitted }).make,
    );
    expect({ code, err }).toEqual({ code: 3, err: 'error: cannot write to out: a file of that name is in the way\n' });
  });
});

test.each([
  ['rtl d.json', "required option '-o, --output <directory>' not specified"],
  ['rtl nowhere.json -o out', 'cannot read nowhere.json: there is no such file'],
  ['rtl d.txt -o out', 'd.txt: expected a design as a .yaml, .yml or .json file'],
  [
    'rtl array3.json -o out',
    'array3.json: array3 is a hierarchy with energies of its own',
    'map on a machine made from the template',
  ],
  ['rtl timeloop.json -o out', 'timeloop.json: its mappings are counted by the timeloop conventions'],
  ['rtl result.json -o out', 'result.json is a result of magnet map, expected a design'],
  ['rtl d.json -o out --seed -1', 'Expected a whole number of at least 0'],
])('bad input: magnet %s', async (line, ...wanted) => {
  const double = makeDouble();
  const { code, out, err, written } = await run(
    line.split(' '),
    { ...files, 'd.txt': 'some words\n', 'result.json': '{"schema": "magnet-map/1"}' },
    {},
    double.make,
  );
  for (const text of wanted) expect(err).toContain(text);
  expect({ code, out, written: written.size, emitted: double.asked.emitted.length }).toEqual({
    code: 3,
    out: '',
    written: 0,
    emitted: 0,
  });
});

test('figures of another cost model are said, and do not stop the work', async () => {
  const old = files['d.json']!.replace(/"cycles": (\d+)/, (_, n) => `"cycles": ${Number(n) + 1}`).replace(
    /"cycles":(\d+)/,
    (_, n) => `"cycles":${Number(n) + 1}`,
  );
  const sums = JSON.parse(old);
  sums.totals.edp = sums.totals.energy * sums.totals.cycles;
  const { code, err } = await run(
    ['rtl', 'old.json', '-o', 'out'],
    { 'old.json': JSON.stringify(sums) },
    {},
    makeDouble().make,
  );
  expect(code).toBe(0);
  expect(err).toMatch(
    /^note: old\.json: layers\.0\.cycles: conv has \d+, this cost model says \d+: written by another version of the cost model/,
  );
});

test('a design of too many programs is refused before anything is written, with the layer and the ways out', async () => {
  const tight = { ...simba, name: 'tight', numLanes: 1, biasLines: 1 };
  const small = await makeDesign({ kind: 'template', template: simba }, [
    makeLayer('fc', { K: 8 }),
    makeLayer('wide', { K: 8 }),
  ]);
  const inParts = (n: number): Design => ({
    ...small,
    machine: { kind: 'template' as const, template: tight },
    layers: small.layers.map((l, i) =>
      i === 0 || l.mapping === null
        ? l
        : { ...l, layer: makeLayer('wide', { K: n }), mapping: { ...l.mapping, parts: { G: 1, K: n } } },
    ),
  });
  expect(emitDesign(inParts(maxPrograms), { testbench: false, seed: 1 })).toMatchObject({
    ok: false,
    diagnostics: [
      {
        path: ['layers', 1],
        message: expect.stringMatching(
          /^wide runs in 1,000 parts, .* 1,001 in this design, and at most 1,000 are written\. Map on a machine with more biasLines/,
        ),
      },
    ],
  });
});
