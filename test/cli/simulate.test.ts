// `magnet simulate`: tables of model beside RTL, files in and out, exit codes.

import { beforeAll, describe, expect, test } from 'vitest';
import { parseNpy, printNpy } from '../../src/interchange/npy.js';
import { printDesign } from '../../src/results/design-file.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { makeDesign } from '../support/design.js';
import { makeDouble, simulated } from '../support/tools.js';
import { run } from './run.js';
import { parseSimulateResult, printSimulateResult } from '../../src/results/simulate-result.js';

const zeros = (shape: number[]) => ({ shape, data: new Int32Array(shape.reduce((n, s) => n * s, 1)) });
let files: Record<string, string | Uint8Array>;
beforeAll(async () => {
  const layers = [makeLayer('conv', { K: 8, C: 4, P: 4, Q: 3, R: 3 }), makeLayer('fc', { K: 10, C: 16 })];
  const design = await makeDesign({ kind: 'template', template: simba }, layers);
  const lost = {
    layer: makeLayer('lost', { K: 2 }),
    count: 1,
    status: 'unknown' as const,
    objective: null,
    bound: null,
    gap: null,
    energy: null,
    cycles: null,
    mapping: null,
  };
  files = {
    'd.json': printDesign(design),
    'part.json': printDesign({ ...design, totals: null, layers: [...design.layers, lost] }),
    'none.json': printDesign({ ...design, totals: null, layers: [lost] }),
    'x.npy': printNpy(zeros([1, 4, 3, 6]), 'int8'),
    'w.bin': new Uint8Array(8 * 4 * 3),
    'b.npy': printNpy(zeros([8]), 'int32'),
    'wide.npy': printNpy({ shape: [8], data: Int32Array.of(0, 0, 0, 2 ** 23, 0, 0, 0, 0) }, 'int32'),
  };
});

describe('simulate', () => {
  test('one layer: counts, energies and outputs beside the model', async () => {
    const double = makeDouble();
    const { code, out, err } = await run(
      ['simulate', 'd.json', '--layer', 'conv', '--stalls', '0.25', '--seed', '3'],
      files,
      {},
      double.make,
    );
    expect({ code, err }).toEqual({
      code: 0,
      err: 'reading the Verilog (Yosys, about 5 s)\n[1/1] conv 3x1 4->8 4x3: 1,234 cycles, as the model says, 1.50 s\n',
    });
    expect(double.asked.simulated).toMatchObject([{ layer: 0, engine: 'wasm', seed: 3, stalls: 0.25 }]);
    expect(double.asked.closed).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "conv

      count               model    RTL  difference
      ------------------  -----  -----  ----------
      cycles              1,234  1,234           0
      mac                 9,000  9,000           0
      input buffer reads    512    512           0

      energy (nJ)  model    RTL  difference
      -----------  -----  -----  ----------
      MAC          2.400  2.400         0 %
      DRAM         1.600  1.600         0 %
      total        4.000  4.000         0 %

      post        (sum + bias) x 40000 to 65000 / 2^19, 0 to 255, unsigned; biases -30 to 31
      inputs      word 12 + 72 n + 24 y + 4 x + 4 g + c; 72 words
      weights     word 3 + 96 g + 12 k + 4 r + 4 s + c; 96 words
      results     word 84 + 96 n + 32 y + 8 x + 8 g + c; 96 words
      outputs     200 words, all right; 25.0 % zero, 1.0 % saturated
      simulation  wasm: built in 4.25 s, run in 1.50 s, 823.0 cycles a second
      "
    `);
  });

  test('all layers by default, with a line for each at the end', async () => {
    const double = makeDouble();
    const { code, out, err } = await run(['simulate', 'part.json', '-q'], files, {}, double.make);
    expect({ code, err }).toEqual({ code: 0, err: 'note: without a mapping, hence not simulated: lost\n' });
    expect(double.asked.simulated.map((t) => t.layer)).toEqual([0, 1]);
    expect(out.split('\n\n').at(-1)).toMatchInlineSnapshot(`
      "layer  cycles (model)  cycles (RTL)  difference  counters equal  energy (RTL, nJ)  outputs  wrong   built     run
      -----  --------------  ------------  ----------  --------------  ----------------  -------  -----  ------  ------
      conv            1,234         1,234           0          2 of 2             4.000      200      0  4.25 s  1.50 s
      fc              1,234         1,234           0          2 of 2             4.000      200      0  4.25 s  1.50 s
      "
    `);
  });

  test('layers by name or by number, each once, in their order', async () => {
    const double = makeDouble();
    await run(['simulate', 'd.json', '-l', '1', '-l', 'conv', '-l', 'fc', '-q'], files, {}, double.make);
    expect(double.asked.simulated.map((t) => t.layer)).toEqual([0, 1]);
  });

  test('tensors in, outputs and waves out', async () => {
    const double = makeDouble();
    const argv = [
      'simulate',
      'd.json',
      '-l',
      'conv',
      '--inputs',
      'x.npy',
      '--weights',
      'w.bin',
      '--bias',
      'b.npy',
      '--output',
      'y.npy',
      '--vcd',
      'y.vcd',
      '--saif',
      'y.saif',
      '-q',
    ];
    const { code, written, binary } = await run(argv, files, {}, double.make);
    expect(code).toBe(0);
    expect(double.asked.simulated[0]).toMatchObject({
      inputs: zeros([1, 1, 4, 3, 6]),
      weights: zeros([1, 8, 4, 1, 3]),
      bias: zeros([1, 8]),
      vcd: true,
      saif: true,
    });
    expect(parseNpy(binary.get('y.npy')!)).toEqual({
      ok: true,
      value: { shape: [1, 2, 1, 2], data: Int32Array.of(1, -2, 3, -4) },
    });
    expect(written.get('y.vcd')).toBe('$date\n');
    expect(written.get('y.saif')).toBe('(SAIFILE\n)\n');
  });

  test('`--json -` is the only thing on standard output, without tensors and waves', async () => {
    const { code, out } = await run(
      ['simulate', 'd.json', '-l', 'fc', '--vcd', 'y.vcd', '--json', '-'],
      files,
      {},
      makeDouble().make,
    );
    expect(code).toBe(0);
    const result = JSON.parse(out);
    const read = parseSimulateResult(result);
    expect(read.ok && printSimulateResult(read.value)).toBe(out);
    expect(result).toMatchObject({
      schema: 'magnet-simulate/2',
      design: 'net-machine',
      engine: 'wasm',
      seed: 1,
      stalls: 0,
      agrees: true,
    });
    expect(result.layers).toHaveLength(1);
    expect(Object.keys(result.layers[0])).toEqual([
      'layer',
      'engine',
      'cycles',
      'counters',
      'energy',
      'outputs',
      'post',
      'dram',
      'buildSeconds',
      'seconds',
      'cyclesPerSecond',
    ]);
  });

  test('an engine that is installed is used', async () => {
    const double = makeDouble();
    expect(
      (
        await run(
          ['simulate', 'd.json', '-l', 'fc', '-e', 'iverilog', '-q'],
          files,
          { installed: () => true },
          double.make,
        )
      ).code,
    ).toBe(0);
    expect(double.asked.simulated[0]!.engine).toBe('iverilog');
  });

  test('a native engine is built once for all layers, which is timed apart and said', async () => {
    const double = makeDouble();
    const { out, err } = await run(
      ['simulate', 'd.json', '-e', 'verilator', '--json', '-'],
      files,
      { installed: () => true },
      double.make,
    );
    expect(double.asked.built).toEqual([{ layers: [0, 1], engine: 'verilator' }]);
    expect(double.asked.simulated.map((t) => t.built)).toEqual(
      [0, 1].map(() => ({ engine: 'verilator', folder: 'bench', seconds: 20 })),
    );
    expect(err).toMatch(/^building the simulator \(Verilator, about \d+ s\)\n/);
    const result = JSON.parse(out) as { buildSeconds: number; layers: { buildSeconds: number; seconds: number }[] };
    expect([result.buildSeconds, ...result.layers.map((l) => [l.buildSeconds, l.seconds])]).toEqual([
      24.25,
      [20, 1.5],
      [4.25, 1.5],
    ]);
  });

  test('post-processing may be given, within what its registers hold', async () => {
    const double = makeDouble();
    await run(
      ['simulate', 'd.json', '-l', 'conv', '--scale', '65535', '--shift', '63', '--relu', 'off', '-q'],
      files,
      {},
      double.make,
    );
    expect(double.asked.simulated[0]).toMatchObject({ scale: 65535, shift: 63, relu: false });
    for (const [option, value, range] of [
      ['--scale', '65536', '0 to 65535'],
      ['--shift', '64', '0 to 63'],
      ['--shift', '-1', '0 to 63'],
    ] as const) {
      const { code, err } = await run(['simulate', 'd.json', `${option}=${value}`], files, {}, double.make);
      expect([code, err]).toEqual([3, expect.stringContaining(`Expected a whole number from ${range}.`)]);
    }
  });

  test('what is unknown is no number: it is wrong, said as X, and no file of outputs is written', async () => {
    const outputs = {
      words: 200,
      mismatches: 2,
      unknown: 2,
      firstMismatch: 'output [0, 0, 0, 0, 1] is unknown (X), expected 63',
      zeros: 0,
      saturated: 0,
    };
    const double = makeDouble({ result: (task) => ({ ...simulated(task), outputs }) });
    const { code, out, err, written } = await run(['simulate', 'd.json', '-l', 'conv', '-q'], files, {}, double.make);
    expect([code, written.size]).toEqual([4, 0]);
    expect(out).toContain(
      '200 words, 2 wrong (2 of them unknown (X)), the first: output [0, 0, 0, 0, 1] is unknown (X), expected 63',
    );
    expect(err).toContain('2 wrong (2 of them unknown (X))');
    const file = await run(['simulate', 'd.json', '-l', 'conv', '-q', '--output', 'y.npy'], files, {}, double.make);
    expect([file.written.has('y.npy'), file.err]).toEqual([
      false,
      expect.stringContaining('y.npy is not written: 2 of its words are unknown (X)'),
    ]);
  });
});

describe('a difference is a bug in magnet', () => {
  const differ = (...more: string[]) =>
    run(
      ['simulate', 'd.json', '-l', 'conv', ...more],
      files,
      {},
      makeDouble({
        result: (task) => ({
          ...simulated(task),
          cycles: { model: 1234, rtl: 1236 },
          counters: [{ name: 'mac', model: 9000, rtl: 8999 }],
          energy: [{ component: 'MAC', model: 2400, rtl: 2399 }],
          outputs: {
            words: 200,
            mismatches: 2,
            unknown: 0,
            firstMismatch: 'n 0 k 3 q 1 p 2 is 4, expected 5',
            zeros: 0,
            saturated: 0,
          },
        }),
      }).make,
    );

  test('every one is said, exit 4, and the tables are there', async () => {
    const { code, out, err } = await differ('-q');
    expect(code).toBe(4);
    expect(err).toMatchInlineSnapshot(`
      "conv: cycles: 1,234 by the model, 1,236 in the RTL
      conv: mac: 9,000 by the model, 8,999 in the RTL
      conv: energy of MAC: 2400 pJ by the model, 2399 pJ in the RTL
      conv: outputs: 200 words, 2 wrong, the first: n 0 k 3 q 1 p 2 is 4, expected 5; 0 % zero, 0 % saturated
      RTL and model differ, which is a bug in magnet and not in your input. Please report it with the design file and the command line.
      "
    `);
    expect(out).toMatch(/^cycles +1,234 +1,236 +\+2$/m);
    expect(out).toMatch(/^mac +9,000 +8,999 +-1$/m);
    expect(out).toContain('200 words, 2 wrong, the first: n 0 k 3 q 1 p 2 is 4, expected 5');
    expect((await differ()).err).toContain('DIFFERS from the model');
  });

  test('the result file says so', async () => expect(JSON.parse((await differ('--json', '-')).out).agrees).toBe(false));

  test('cycles may differ where DRAM stalls', async () => {
    const slow = makeDouble({ result: (task) => ({ ...simulated(task), cycles: { model: 1234, rtl: 2000 } }) });
    expect((await run(['simulate', 'd.json', '-l', 'conv', '--stalls', '0.5', '-q'], files, {}, slow.make)).code).toBe(
      0,
    );
    expect((await run(['simulate', 'd.json', '-l', 'conv', '--latency', '9', '-q'], files, {}, slow.make)).code).toBe(
      0,
    );
    expect((await run(['simulate', 'd.json', '-l', 'conv', '-q'], files, {}, slow.make)).code).toBe(4);
    const early = makeDouble({ result: (task) => ({ ...simulated(task), cycles: { model: 1234, rtl: 1233 } }) });
    expect((await run(['simulate', 'd.json', '-l', 'conv', '--stalls', '0.5', '-q'], files, {}, early.make)).code).toBe(
      4,
    );
  });

  test('an engine that breaks is one too; workers are closed', async () => {
    const broken = makeDouble({ result: () => Promise.reject(new Error('the netlist is torn')) });
    const { code, err } = await run(['simulate', 'd.json', '-q'], files, {}, broken.make);
    expect(code).toBe(4);
    expect(err).toContain('a bug in magnet and not in your input: the netlist is torn');
    expect(broken.asked.closed).toBe(1);
  });
});

test('Ctrl-C: what is finished is printed, exit 130', async () => {
  let press = () => {};
  const hang = makeDouble({ result: (task) => (task.layer === 0 ? simulated(task) : new Promise(() => press())) });
  const { code, out, err } = await run(
    ['simulate', 'd.json', '-q'],
    files,
    { onInterrupt: (handler) => ((press = handler), () => {}) },
    hang.make,
  );
  expect({ code, err }).toEqual({ code: 130, err: 'interrupted after 1 of 2 layers\n' });
  expect(out).toMatch(/^conv\n/);
  expect(hang.asked.closed).toBe(1);
});

test('a terminal gets one live line, cleared at the end', async () => {
  const { err } = await run(
    ['simulate', 'd.json', '-l', 'conv'],
    files,
    { columns: 60, now: () => 0 },
    makeDouble().make,
  );
  expect(err).toContain('0/1 layers  conv');
  expect(err).not.toContain('\n');
  expect(err.endsWith('\r\u001b[K')).toBe(true);
});

test.each([
  ['d.json --engine verilater', 'unknown engine: verilater. Did you mean verilator?'],
  [
    'd.json --engine iverilog',
    'the engine iverilog needs iverilog and vvp, which cannot be found on the PATH; ' +
      'install Icarus Verilog, or choose --engine wasm, which needs nothing',
  ],
  ['d.json --engine verilator', 'needs verilator and make', 'install Verilator and make'],
  ['d.json --layer cnov', 'unknown layer of d.json: cnov. Did you mean conv?'],
  ['d.json --layer 2', 'd.json has no layer 2; its 2 layers are counted from 0'],
  ['part.json --layer lost --layer fcc', 'part.json: lost is unknown: it has no mapping', 'Did you mean fc?'],
  ['none.json', 'none.json: no layer has a mapping; map again'],
  ['d.json --stalls 1', 'Expected a probability from 0 to 0.9'],
  [
    'd.json --inputs x.npy --output y.npy',
    '--inputs, --output are of one layer, and 2 are to be simulated; choose one with --layer',
  ],
  ['d.json -l conv --inputs nowhere.npy', 'cannot read nowhere.npy: there is no such file'],
  ['d.json -l conv --inputs x.txt', '--inputs x.txt: expected a file that ends in .npy, or in .bin for bare numbers'],
  ['d.json -l conv --output y.png', '--output y.png: expected a name that ends in .npy or .bin'],
  ['d.json -l conv --vcd missing/y.vcd', 'cannot write missing/y.vcd: there is no directory missing'],
  [
    'd.json -l conv --weights x.npy --inputs b.npy',
    'x.npy: the weights have shape (1, 4, 3, 6); conv takes (8, 4, 1, 3) (G x K, C, S, R)',
    'b.npy: the inputs have shape (8,); conv takes (1, 4, 3, 6) (N, G x C, height, width, the border of the image included)',
  ],
  [
    'd.json -l conv --bias wide.npy',
    'wide.npy: the bias hold 8388608 (number 3 of 8); words of 24 bits go from -8388608 to 8388607',
  ],
  [
    'd.json -l fc --weights w.bin',
    'w.bin: the file has 96 bytes; expected 160 numbers of type int8 (shape (10, 16, 1, 1))',
  ],
])('bad input: magnet simulate %s', async (line, ...wanted) => {
  const double = makeDouble();
  const { code, out, err, written } = await run(['simulate', ...line.split(' ')], files, {}, double.make);
  for (const text of wanted) expect(err).toContain(text);
  expect({ code, out, written: written.size, simulated: double.asked.simulated.length }).toEqual({
    code: 3,
    out: '',
    written: 0,
    simulated: 0,
  });
});
