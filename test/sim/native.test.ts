// Icarus Verilog and Verilator where they are installed; a program that is not is an answer.

import { describe, expect, test } from 'vitest';
import { lintIverilog, lintVerilator } from '../../src/sim/native/lint.js';
import { runIverilog, runVerilator } from '../../src/sim/native/native-simulation.js';
import { findTool, type ToolName } from '../../src/sim/native/native-tools.js';
import { execute, inFolder } from '../../src/pool/node/programs.js';

const installed = async (name: ToolName) => {
  const tool = await findTool(name);
  if (!tool.ok) console.log(tool.diagnostics[0]!.message);
  return tool.ok;
};
const [icarus, verilator] = [await installed('iverilog'), await installed('verilator')];

const files = {
  'rtl/adder.v':
    '`default_nettype none\n' +
    "module adder (input wire [7:0] a, input wire [7:0] b, output wire [8:0] y);\n  assign y = {1'b0, " +
    "a} + {1'b0, b};\nendmodule\n",
  'bench.v': `module bench;
  reg [7:0] words [0:1]; wire [8:0] y; integer scale;
  adder dut (.a(words[0]), .b(words[1]), .y(y));
  initial begin
    if (!$value$plusargs("scale=%d", scale)) scale = 1;
    $readmemh("words.hex", words);
    #1 $display("sum %0d", y * scale * \`FACTOR);
    $finish;
  end
endmodule
`,
};
const options = {
  top: 'bench',
  defines: { FACTOR: '2' },
  plusargs: ['scale=3'],
  dataFiles: { 'words.hex': 'ff\n03\n' },
};

describe.skipIf(!icarus)('Icarus Verilog', () => {
  test('runs a bench with defines, plus arguments and data files', async () => {
    // (255 + 3) x 3 x 2
    expect(await runIverilog(files, options)).toEqual({
      ok: true,
      value: { stdout: expect.stringContaining('sum 1548'), stderr: '' },
    });
  });

  test('says what does not compile', async () => {
    const run = await runIverilog({ 'a.v': 'module bench; assign y = ; endmodule' }, { top: 'bench' });
    expect(run).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'failed', message: expect.stringMatching(/^iverilog failed \(exit code \d+\): a\.v:1/) }],
    });
  });

  test('is stopped at its time limit', async () => {
    const run = await runIverilog(
      { 'a.v': 'module bench; initial forever #1; endmodule' },
      { top: 'bench', timeLimit: 300 },
    );
    expect(run).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'out-of-time', message: 'vvp did not end within its time limit' }],
    });
  });

  test('lints', async () => {
    expect(await lintIverilog(files, 'adder')).toMatchObject({ ok: true });
    const found = await lintIverilog(
      {
        'a.v':
          'module a (input wire [1:0] x, output wire y); b u_b (.x(x), .y(y)); endmodule\n' +
          'module b (input wire x, output wire y); assign y = x; endmodule\n',
      },
      'a',
    );
    expect(found).toMatchObject({
      ok: true,
      value: { findings: [expect.stringMatching(/^a\.v:1: warning: Port 1 \(x\).*\n.*Pruning/)] },
    });
  });
});

describe.skipIf(!verilator)('Verilator', () => {
  test('lints clean files clean, and names what it finds', async () => {
    expect(await lintVerilator({ 'adder.v': files['rtl/adder.v'] }, 'adder')).toEqual({
      ok: true,
      value: { findings: [] },
    });
    const found = await lintVerilator(
      { 'a.v': 'module a (input wire [7:0] x, output wire [3:0] y); assign y = x; endmodule\n' },
      'a',
    );
    expect(found).toMatchObject({
      ok: true,
      value: { findings: expect.arrayContaining([expect.stringMatching(/^%Warning-WIDTH: a\.v:1/)]) },
    });
  });

  test('runs a bench', async () => {
    expect(await runVerilator(files, options)).toMatchObject({
      ok: true,
      value: { stdout: expect.stringContaining('sum 1548') },
    });
    // It calls a C++ compiler.
  }, 180_000);
});

test('a program that is missing is an answer', async () => {
  expect(await execute('magnet-no-such-program', [], {})).toMatchObject({ code: 'missing' });
  expect(await findTool('magnet-no-such-program' as ToolName)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'missing-tool', path: ['magnet-no-such-program'] }],
  });
});

test('the folder of a run goes away, even when the run throws', async () => {
  let folder = '';
  await expect(
    inFolder({ 'a/b.txt': 'text' }, async (at) => {
      folder = at;
      throw new Error('stop');
    }),
  ).rejects.toThrow('stop');
  expect((await execute('ls', [folder], {})).code).not.toBe(0);
});
