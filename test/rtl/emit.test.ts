// The emitted text and its register map: what every file has, what none has, and that a machine runs only its own programs.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { linePaths } from '../../src/model/machine/global-ports.js';
import { magnet, simba } from '../../src/model/machine/presets.js';
import type { Template } from '../../src/model/machine/template.js';
import type { Accelerator } from '../../src/rtl/accelerator.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { designPoint, registerBits } from '../../src/rtl/hardware.js';
import { registerPage } from '../../src/rtl/register-doc.js';
import { blockOf, capability } from '../../src/rtl/registers.js';
import { testbench } from '../../src/rtl/testbench.js';
import { prepareJob } from '../../src/sim/layer-job.js';
import { runWasm } from '../../src/sim/run-wasm.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { randomCase, randomTemplate } from '../support/machines.js';
import { smallMachine } from '../support/rtl.js';

const points: readonly Template[] = [simba, magnet, ...Array.from({ length: 10 }, (_, i) => randomTemplate(500 + i))];
const named = points.map((t): [string, Accelerator] => [t.name, accelerator(t)]);
const code = (text: string) => text.replace(/\/\/.*/g, '');

describe.each(named)('the files of %s', (name, a) => {
  test('are the same bytes every time', () => {
    const again = accelerator(points.find((t) => t.name === name)!);
    expect(again).toEqual(a);
    expect(again.files.map((f) => f.text).join('')).toBe(a.files.map((f) => f.text).join(''));
  });

  test('hold one module each, under its name, leaves first', () => {
    const names = a.files.map((f) => f.module);
    expect(new Set(names).size).toBe(names.length);
    expect(names.at(-1)).toBe(a.top);
    a.files.forEach(({ module, text }, i) => {
      expect([...code(text).matchAll(/^module (\w+)/gm)].map((m) => m[1])).toEqual([module]);
      expect(code(text).match(/^endmodule$/gm)).toHaveLength(1);
      const used = [...code(text).matchAll(/^ +(\w+) (?:#\(|u_\w+ \()/gm)].map((m) => m[1]!);
      for (const leaf of used) expect(names.slice(0, i)).toContain(leaf);
    });
  });

  test('say what they are and for which design point', () => {
    for (const { module, text } of a.files) {
      const header = text.slice(0, text.indexOf('`default_nettype none'));
      expect(header).toContain(`// ${module}: `);
      expect(header).toContain(`// Design point ${designPoint(a.hardware)}.`);
      expect(header.split('\n').every((l) => l === '' || l.startsWith('//'))).toBe(true);
      expect(text.match(/`default_nettype none\n/g)).toHaveLength(1);
      expect(text.endsWith('\n`default_nettype wire\n')).toBe(true);
      expect(text).not.toMatch(/[ \t]+$/m);
      expect(text).not.toMatch(/undefined|NaN|\[object|\[-\d/);
    }
  });

  test('are plain synthesizable Verilog with names from the design', () => {
    for (const { text } of a.files) {
      expect(code(text)).not.toMatch(/\binitial\b|\bforever\b|\bwait\b|#\d|\$(display|random|finish)/);
      expect(code(text)).not.toMatch(/\b(logic|always_ff|always_comb|interface|function|casez|casex)\b/);
      expect(code(text)).not.toMatch(/\b_[A-Z]*_?\d+\b|\b(tmp|temp|sig|net|wire|reg)_?\d+\b/i);
    }
  });

  test('keep their parameters: instances set what a module declares, by name', () => {
    const declared = new Map(
      a.files.map((f) => [
        f.module,
        [...code(f.text).matchAll(/^ +parameter(?: +\[\d+:0\])? +(\w+) +=/gm)].map((m) => m[1]!),
      ]),
    );
    for (const [module, parameters] of [
      ['sram_1rw', ['WIDTH', 'DEPTH', 'ADDR']],
      ['loop_seq', ['LOOPS', 'COUNT', 'BOUND']],
      ['addr_gen', ['LOOPS', 'WIDTH', 'DELTA']],
      ['pe_array', ['ROWS', 'COLUMNS', 'LANES', 'SUM']],
    ] as const)
      expect(declared.get(module)).toEqual(expect.arrayContaining([...parameters]));
    expect([...declared.values()].filter((p) => p.length > 0).length).toBeGreaterThan(12);
    let set = 0;
    for (const { text } of a.files) {
      for (const [, module, list] of code(text).matchAll(/^ +(\w+) #\(([^;]*?)\n +\) \w+ \(/gm)) {
        const names = [...list!.matchAll(/\.(\w+) +\(/g)].map((m) => m[1]!);
        // All of them: a default that nobody looks at is a size that nobody checks.
        expect([module, names.toSorted()]).toEqual([module, declared.get(module!)!.toSorted()]);
        set++;
      }
    }
    expect(set).toBeGreaterThan(20);
  });

  test('connect every port of every instance, by name', () => {
    const ports = new Map(
      a.files.map((f) => [
        f.module,
        [...code(f.text).matchAll(/^ +(?:input|output) +(?:wire|reg) *(?:\[[^\]]*\])? *(\w+)/gm)].map((m) => m[1]!),
      ]),
    );
    let instances = 0;
    for (const { text } of a.files) {
      for (const [, module, list] of code(text).matchAll(/^ +(\w+) (?:#\([^;]*?\n +\) )?u_\w+ \(\n([^;]*?)\n +\);/gm)) {
        expect([module, [...list!.matchAll(/^ +\.(\w+) +\(/gm)].map((m) => m[1]!).toSorted()]).toEqual([
          module,
          ports.get(module!)!.toSorted(),
        ]);
        instances++;
      }
    }
    expect(instances).toBe(a.files.reduce((n, f) => n + (code(f.text).match(/\bu_\w+ \(\n/g) ?? []).length, 0));
  });
});

test('a preset is emitted within a second', () => {
  const begin = performance.now();
  accelerator(simba);
  expect(performance.now() - begin).toBeLessThan(1000);
});

describe.each(named)('the registers of %s', (_, a) => {
  test('follow each other without overlap, within the address space, under names of their own', () => {
    let next = 0;
    for (const b of a.registers) {
      expect(b.base).toBe(next);
      expect(b.count).toBeGreaterThanOrEqual(1);
      next += b.count;
    }
    expect(next).toBeLessThanOrEqual(2 ** registerBits);
    expect(new Set(a.registers.map((b) => b.name)).size).toBe(a.registers.length);
    for (const b of a.registers.filter((x) => x.access === 'write'))
      expect(b.bits).toBeLessThanOrEqual(a.hardware.configBits);
  });

  test('are each declared where they are used, and used where they are declared', () => {
    const used = new Set<string>();
    for (const { module, text } of a.files) {
      for (const [declaration, name, address] of code(text).matchAll(/localparam \[11:0\] REG_(\w+) += 12'd(\d+);/g)) {
        const block = a.registers.find((b) => b.name.toUpperCase() === name)!;
        expect([module, name, Number(address)]).toEqual([module, name, block.base]);
        expect([module, name, code(text).replace(declaration, '').includes(`REG_${name}`)]).toEqual([
          module,
          name,
          true,
        ]);
        used.add(block.name);
      }
    }
    expect(a.registers.map((b) => b.name).filter((name) => !used.has(name))).toEqual([]);
  });

  test('are all on their page, with the capability word', () => {
    const page = registerPage(a);
    for (const b of a.registers) {
      const row = page.split('\n').filter((l) => l.includes(`| \`${b.name}\` |`));
      expect(row).toHaveLength(1);
      expect(row[0]).toContain(`| 0x${b.base.toString(16).padStart(3, '0')} `);
      expect(row[0]).toContain(`| ${b.count} x ${b.bits} | ${b.access} | ${b.meaning} |`);
      expect(b.meaning.length).toBeGreaterThan(10);
    }
    expect(page).toContain(`0x${capability(a.hardware, a.registers).toString(16).padStart(8, '0')}`);
  });
});

test('a program writes every writable register once, within its width; constants once a lane', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const t = randomTemplate(seed);
    const a = accelerator(t);
    const chance = seeded(seed);
    const { layer, mapping } = randomCase(t, chance);
    const program = prepareJob(a, t, layer, mapping, chance).programs[0]!;
    const writes = new Map<number, number>();
    for (const { address, value } of program.writes) {
      const block = a.registers.find((b) => address >= b.base && address < b.base + b.count)!;
      expect(block.access).toBe('write');
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** block.bits).toBe(true);
      writes.set(address, (writes.get(address) ?? 0) + 1);
    }
    const { base: data } = blockOf(a.registers, 'bias_data');
    const { base: scale } = blockOf(a.registers, 'post_scale');
    const { base: start } = blockOf(a.registers, 'start');
    const once = a.registers
      .filter((b) => b.access === 'write')
      .flatMap((b) => Array.from({ length: b.count }, (_, i) => b.base + i));
    for (const address of once)
      if (![data, scale, start].includes(address)) expect([address, writes.get(address)]).toEqual([address, 1]);
    // The capability word goes first, the start of the layer last.
    expect(program.writes[0]).toEqual({
      address: blockOf(a.registers, 'program').base,
      value: capability(a.hardware, a.registers),
    });
    expect(program.start).toEqual({ address: start, value: 1 });
    expect(writes.has(start)).toBe(false);
    // Scale and shift are written where they change.
    expect(writes.get(scale)).toBeGreaterThanOrEqual(1);
    expect(writes.get(scale)).toBeLessThanOrEqual(writes.get(data)!);
    expect(writes.get(data)! % t.numLanes).toBe(0);
    expect(writes.get(data)! / t.numLanes).toBeLessThanOrEqual(t.biasLines);
  }
});

describe('capability', () => {
  const word = (t: Template) => capability(accelerator(t).hardware, accelerator(t).registers);
  const sizes = (Object.keys(simba) as (keyof Template)[]).filter(
    (key) => typeof simba[key] === 'number' && key !== 'clock' && (key === 'packedWeights' || !(key in linePaths)),
  );

  test.each(sizes)('is another for a machine with another %s', (key) => {
    const changed = { ...simba, [key]: 2 * (simba[key] as number) || 1 };
    expect(word(changed)).not.toBe(word(simba));
  });

  test('does not depend on name, source and clock, nor on how wide paths are', () => {
    expect(word({ ...simba, name: 'other', source: 'other', clock: magnet.clock })).toBe(word(simba));
    const narrow = { weightChannel: 8, inputChannel: 24, outputChannel: 5, dramBandwidth: 12.8, dramLatency: 40 };
    expect(word({ ...simba, ...narrow, globalReadPort: 16, globalWritePort: 9 })).toBe(word(simba));
  });

  test('tells 500 random machines apart', () => {
    const machines = Array.from({ length: 500 }, (_, i) => accelerator(randomTemplate(1000 + i)));
    const shapes = new Set(
      machines.map(({ hardware }) => JSON.stringify({ ...hardware, name: '', channels: 0, dramLatency: 0, ports: 0 })),
    );
    expect(new Set(machines.map((a) => capability(a.hardware, a.registers))).size).toBe(shapes.size);
  });

  test('is what the machine answers, and a machine with another refuses the program and stays idle', async () => {
    const lines = { weight: 24, input: 16, sum: 8, bank: 16 };
    const t = smallMachine('one', lines, { vectorSize: 2, numLanes: 1, rows: 1, columns: 1, biasLines: 16 });
    // As large or larger in every part, with the same registers: but for the word, the program would run there.
    const wider = smallMachine('other', { ...lines, weight: 32 }, t);
    const [own, other] = [accelerator(t), accelerator(wider)];
    expect(other.registers).toEqual(own.registers);
    const simulator = await machineSimulator(wider);
    const { layer, mapping } = randomCase(t, seeded(3));
    const options = { stalls: 0, chance: seeded(1), limit: 100_000, progress: () => {} };
    const read = (name: string) => {
      simulator.set('cfg_addr', blockOf(other.registers, name).base);
      return Number(simulator.get('cfg_rdata'));
    };

    const foreign = prepareJob(own, t, layer, mapping, seeded(4));
    expect(runWasm(simulator, foreign, options)).toEqual({
      counters: undefined,
      activations: foreign.activations,
      cycles: 0,
      // All writes, and that of start, which changes nothing.
      configuration: foreign.programs[0]!.writes.length + 1,
      written: 0,
      refused: true,
    });
    expect([read('status'), read('capability'), read('count_cycles')]).toEqual([
      0,
      capability(other.hardware, other.registers),
      0,
    ]);

    const domestic = prepareJob(other, wider, layer, mapping, seeded(4));
    expect(runWasm(simulator, domestic, options).counters).toBeDefined();
    expect(read('status')).toBe(2);
    expect(read('count_cycles')).toBeGreaterThan(0);
  });
});

test('the bench is for the same design point, and names every counter', () => {
  const a = accelerator(simba);
  const { module, text } = testbench(a, { activations: 10, weights: 10, outputs: 10, writes: 10 });
  expect(module).toBe('magnet_tb');
  expect(text).toContain(`// Design point ${designPoint(a.hardware)}.`);
  for (const b of a.registers.filter((x) => x.name.startsWith('count_')))
    expect(text).toContain(`show("${b.name.slice(6)}", 12'd${b.base});`);
});
