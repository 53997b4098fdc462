// The modules that are Verilog files: what ships is what editors see, and what is emitted.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verilogModules as written } from '../../scripts/verilog-modules.js';
import { simba } from '../../src/model/machine/presets.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { registerBits } from '../../src/rtl/hardware.js';
import { verilogModules } from '../../src/rtl/verilog-modules.js';
import { lintVerilator } from '../../src/sim/native/lint.js';
import { findTool } from '../../src/sim/native/native-tools.js';

const rtl = join(import.meta.dirname, '../../src/rtl');
const sources = Object.fromEntries(
  readdirSync(join(rtl, 'verilog')).map((name) => [name, readFileSync(join(rtl, 'verilog', name), 'utf8')]),
);

test('the strings are those of the files; otherwise run: npx tsx scripts/verilog-modules.ts', () => {
  expect(readFileSync(join(rtl, 'verilog-modules.ts'), 'utf8')).toBe(written());
  expect(Object.fromEntries(Object.entries(verilogModules).map(([name, text]) => [`${name}.v`, text]))).toEqual(
    sources,
  );
});

test('each is emitted as it stands, below a header with the design point', () => {
  // What splits is there where it is asked for, gears where a channel or a port is narrower than a line, parts of lines where tensors stay.
  const narrow = { inputChannel: 24, outputChannel: 24, globalWritePort: 24, packedWeights: 2, splitMultipliers: 1 };
  const { files } = accelerator({ ...simba, ...narrow, vectorSize: 4, residency: 1 }, 'axi');
  for (const [module, text] of Object.entries(verilogModules)) {
    const body = text.slice(text.indexOf('`default_nettype none'));
    expect(files.find((f) => f.module === module)?.text.endsWith(`\n${body}`), module).toBe(true);
  }
});

test('addresses are as wide as in the register map', () => {
  for (const text of Object.values(verilogModules))
    for (const [, high] of text.matchAll(/parameter \[(\d+):0\]/g)) expect(Number(high)).toBe(registerBits - 1);
});

const roots = Object.keys(verilogModules).filter(
  (module) => !Object.values(verilogModules).some((text) => new RegExp(`^ +${module} (#|u_)`, 'm').test(text)),
);
const verilator = await findTool('verilator');

// Within machines, with the parameters that they have there, test/rtl/lint.test.ts looks at all.
test.skipIf(!verilator.ok).each(roots)('%s with its defaults leaves Verilator nothing to warn of', async (module) => {
  expect(await lintVerilator(sources, module)).toEqual({ ok: true, value: { findings: [] } });
});
