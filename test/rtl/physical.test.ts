// What physical design begins with: the memories that are listed are those of the Verilog, macros in their place change no word, and
// tools of others read the rest.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bits } from '../../src/base/units.js';
import { magnet, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import type { Memory } from '../../src/rtl/physical/memories.js';
import { macroName, memoriesOf } from '../../src/rtl/physical/memories.js';
import { physicalFiles } from '../../src/rtl/physical/physical-files.js';
import { pinsOf } from '../../src/rtl/physical/ports.js';
import { emitDesign } from '../../src/sim/emit-files.js';
import { parseLiberty } from '../../src/sim/synth/liberty/parse.js';
import { elaborate } from '../../src/sim/synth/synth.js';
import { memoryOf, placesOf } from '../../src/sim/synth/synth-design.js';
import { makeDesign } from '../support/design.js';
import { randomTemplate } from '../support/machines.js';

const folder = mkdtempSync(join(tmpdir(), 'magnet-physical-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (program: string, ...args: readonly string[]) => spawnSync(program, args).error === undefined;

/** Memories of some thousand bits, so that most are macros; parts of lines are written. */
const tiny: Template = {
  ...simba,
  ...{ name: 'tiny', rows: 1, columns: 2, vectorSize: 4, numLanes: 2, weightPrecision: 4, inputPrecision: 4 },
  ...{ accumPrecision: 16, biasLines: 256, globalBanks: 6, residency: 1 },
  ...{ weightBuffer: bits(2 * 32 * 256), inputBuffer: bits(2 * 16 * 512), accumBuffer: bits(32 * 256) },
  globalBuffer: bits(6 * 16 * 1024),
};
const machines: readonly Template[] = [
  tiny,
  { ...simba, rows: 2, columns: 1 },
  { ...magnet, rows: 1, columns: 1 },
  ...[507].map((seed) => randomTemplate(seed)),
];

test.each(machines.map((t) => [t.name, t] as const))('the memories of %s are those of its Verilog', async (_, t) => {
  const a = accelerator(t);
  const { design } = await elaborate({
    verilog: a.files.map(({ module, text }) => ({ path: `${module}.v`, text })),
    top: a.top,
  });
  const places = placesOf(design);
  const found = design.modules
    .filter((m) => m.base.startsWith('sram_'))
    .map((m) => ({
      bits: memoryOf(m.source).bits,
      width: m.parameters['WIDTH'],
      depth: m.parameters['DEPTH'],
      module: m.base,
      count: places.get(m.key)!.reduce((n, p) => n + p.instances, 0),
    }));
  const order = (
    list: readonly {
      readonly module: string;
      readonly width?: number | undefined;
      readonly depth?: number | undefined;
    }[],
  ) => [...list].sort((x, y) => `${x.module} ${x.width} ${x.depth}`.localeCompare(`${y.module} ${y.width} ${y.depth}`));
  const listed = memoriesOf(t, technology16nm).map(({ module, width, depth, count }) => ({
    ...{ bits: width * depth, width, depth, module, count },
  }));
  expect(order(listed)).toEqual(order(found));
});

/** What a macro does, written from its pins. */
const behaviour = (m: Memory) => {
  const ports = pinsOf(m)
    .map(
      ({ name, direction, bits: n }) =>
        `${direction} ${name === 'Q' ? 'reg' : 'wire'} ${n ? `[${n - 1}:0] ` : ''}${name}`,
    )
    .join(', ');
  const part = m.width / m.parts;
  const written =
    m.parts > 1
      ? `for (i = 0; i < ${m.parts}; i = i + 1) if (WE[i]) words[ADDR][i*${part} +: ${part}] <= D[i*${part} +: ${part}];`
      : 'if (WE) words[ADDR] <= D;';
  return `module ${macroName(m)} (${ports});
    reg [${m.width - 1}:0] words [0:${m.depth - 1}]; integer i;
    always @(posedge CLK) ${
      m.module === 'sram_1r1w'
        ? 'begin if (WE) words[WADDR] <= D; if (RE) Q <= words[RADDR]; end'
        : `if (EN) begin ${written} if (!(|WE)) Q <= words[ADDR]; end`
    }
  endmodule\n`;
};

const layers = [makeLayer('conv', { R: 3, S: 3, P: 6, Q: 5, C: 5, K: 6 }), makeLayer('fc', { K: 10, C: 16 })];
const emitted = async () => {
  const design = await makeDesign({ kind: 'template', template: tiny }, layers);
  const files = emitDesign(design, { physical: true });
  if (!files.ok) throw new Error(files.diagnostics[0]?.message);
  for (const { path, text } of files.value) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return files.value;
};

describe.skipIf(!has('iverilog', '-V') || !has('make', '--version'))('in Icarus', () => {
  test('the machine with macros has the words and cycles of the machine without', { timeout: 120_000 }, async () => {
    const files = await emitted();
    const macros = memoriesOf(tiny, technology16nm).filter((m) => !m.ofRegisters);
    expect(new Set(macros.map((m) => m.module))).toEqual(new Set(['sram_1rw', 'sram_1r1w', 'sram_1rw_parts']));
    writeFileSync(join(folder, 'macro-models.v'), macros.map(behaviour).join('\n'));
    const replaced = (path: string) => path.replace(/^rtl\/(sram_\w+)\.v$/, 'physical/macros/$1.v');
    const sources = files.filter((f) => /^rtl\/.*\.v$/.test(f.path)).map((f) => replaced(f.path));
    expect(sources.filter((s) => s.startsWith('physical/'))).toHaveLength(3);
    const make = (layer: string, more: readonly string[]) =>
      spawnSync('make', ['-s', 'clean', 'run', `LAYER=${layer}`, ...more], { cwd: folder, encoding: 'utf8' });
    for (const layer of ['00_conv', '01_fc']) {
      const [plain, placed] = [make(layer, []), make(layer, [`RTL=${[...sources, 'macro-models.v'].join(' ')}`])];
      expect(plain.stdout).toMatch(/^PASS/m);
      expect([placed.stdout, placed.stderr]).toEqual([plain.stdout, plain.stderr]);
    }
  });
});

test('Liberty has each macro with its pins and area, LEF the same pins within its size', () => {
  const files = new Map(physicalFiles(accelerator(tiny), tiny, technology16nm).map((f) => [f.path, f.text]));
  const macros = memoriesOf(tiny, technology16nm).filter((m) => !m.ofRegisters);
  const library = parseLiberty(files.get('physical/macros/macros.lib')!);
  if (typeof library === 'string') throw new Error(library);
  const cells = library.groups.filter((g) => g.name === 'cell');
  expect(cells.map((c) => c.args[0])).toEqual(macros.map(macroName));
  const lef = files.get('physical/macros/macros.lef')!;
  for (const [i, m] of macros.entries()) {
    expect(Number(cells[i]!.attributes.get('area'))).toBeCloseTo(m.area * 1e6, 2);
    expect(cells[i]!.groups.filter((g) => g.name === 'pin' || g.name === 'bus').map((g) => g.args[0])).toEqual(
      pinsOf(m).map((p) => p.name),
    );
    const [, width, height] = new RegExp(`MACRO ${macroName(m)}\\n[^]*?SIZE ([\\d.]+) BY ([\\d.]+)`)
      .exec(lef)!
      .map(Number);
    expect(width! * height! - m.area * 1e6).toBeLessThan(0.01 * m.area * 1e6 + 0.01);
    const body = lef.slice(lef.indexOf(`MACRO ${macroName(m)}\n`), lef.indexOf(`END ${macroName(m)}\n`));
    const rectangles = [...body.matchAll(/RECT ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)/g)].map((r) =>
      r.slice(1).map(Number),
    );
    expect(rectangles).toHaveLength(pinsOf(m).reduce((n, p) => n + (p.bits ?? 1), 0));
    for (const [j, [left, low, right, high]] of rectangles.entries()) {
      expect(left! >= 0 && right! <= width! && high! <= height!).toBe(true);
      expect(low!).toBeGreaterThan(rectangles[j - 1]?.[3] ?? 0);
    }
  }
});

describe.skipIf(!has('sta', '-version'))('OpenSTA', () => {
  test('reads the macros, and takes energy per word times clock as the power of one in use', async () => {
    await emitted();
    const macros = memoriesOf(tiny, technology16nm).filter((m) => m.module === 'sram_1rw' && !m.ofRegisters);
    const [m] = macros;
    const pins = pinsOf(m!);
    const port = ({ name, bits: n }: (typeof pins)[number]) => `${n ? `[${n - 1}:0] ` : ''}${name}`;
    const dir = join(folder, 'physical');
    writeFileSync(
      join(dir, 'one.v'),
      `module one (${pins.map((p) => p.name).join(', ')});\n${pins.map((p) => `${p.direction} ${port(p)};`).join('\n')}\n` +
        `${macroName(m!)} u (${pins.map((p) => `.${p.name}(${p.name})`).join(', ')});\nendmodule\n`,
    );
    writeFileSync(
      join(dir, 'one.tcl'),
      'read_liberty macros/macros.lib\nread_verilog one.v\nlink_design one\ncreate_clock -name c -period 1 [get_ports CLK]\n' +
        'set_input_delay 0.2 -clock c [get_ports {EN WE}]\nset_output_delay 0.2 -clock c [all_outputs]\nreport_worst_slack\n' +
        'report_power -instances [get_cells u] -digits 6\n',
    );
    const { stdout, stderr } = spawnSync('sta', ['-exit', 'one.tcl'], { cwd: dir, encoding: 'utf8' });
    expect(`${stdout}${stderr}`).not.toMatch(/^(Error|Warning)/m);
    // 1 GHz: setup of 0.1 behind an input of 0.2, and a word after 0.4 before an output of 0.2.
    expect(Number(/worst slack ([\d.]+)/.exec(stdout)![1])).toBeCloseTo(0.4, 2);
    const power = Number(/([\d.e-]+) +u$/m.exec(stdout)![1]);
    expect(power / (m!.energy * 1e-12 * 1e9)).toBeCloseTo(1, 3);
  });
});
