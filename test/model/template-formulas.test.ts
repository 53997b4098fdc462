// docs/template-costs.md, recomputed with arithmetic of its own: whoever follows the page gets what the model charges.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import type { Tensor } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import type { ConstantName, Technology } from '../../src/model/machine/technology.js';
import { constantNames, technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { areaOf, lowerTemplate } from '../../src/model/machine/template.js';
import { randomTemplate } from '../support/machines.js';

/** Every constant moved by up to a quarter, macros by size kept falling in density. */
function randomTechnology(seed: number): Technology {
  const chance = seeded(seed);
  const moved = (x: number) => x * (0.75 + 0.5 * chance.next());
  const constants = Object.fromEntries(
    constantNames.map((n) => [
      n,
      {
        value: n === 'staticEnergy' ? 1000 * chance.next() : moved(technology16nm.constants[n].value),
        source: 'random',
      },
    ]),
  );
  return { ...technology16nm, name: `random${seed}`, constants: constants as Technology['constants'] };
}

const near = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(1e-9 * Math.abs(expected));

function check(t: Template, technology: Technology): void {
  const k = (name: ConstantName) => technology.constants[name].value;
  const { vectorSize: V, numLanes: L, rows: R, weightPrecision: w, inputPrecision: i, accumPrecision: a } = t;
  const [W, I, A, G, B] = [t.weightBuffer, t.inputBuffer, t.accumBuffer, t.globalBuffer, t.globalBanks];
  const pes = R * t.columns;
  const F = Math.max(a, i + 16);

  // Channels to DRAM: the least n with which all fit into what the bandwidth is in a cycle.
  const own = [t.weightChannel, t.inputChannel, Math.min(t.inputChannel, t.globalWritePort), t.outputChannel];
  const lines = [w * V, i * V, i * L, i * L];
  const widths = (n: number) => lines.map((line, c) => Math.min(line, own[c]!, Math.ceil(line / n)));
  let n = 1;
  while (widths(n).reduce((x, y) => x + y) > Math.floor((t.dramBandwidth * 8000) / t.clock + 1e-9)) n++;
  const [heldW, heldI, heldR, heldO] = widths(n).map((width, c) => (Math.ceil(lines[c]! / width) - 1) * width) as [
    number,
    number,
    number,
    number,
  ];
  const splits = t.splitMultipliers === 1;
  const gears = k('latchArea') * (heldW + heldI + heldR) + (k('operandArea') * heldO) / 2;
  // Ports of the global buffer.
  const [reads, writes] = [Math.min(i * V, t.globalReadPort), Math.min(i * L, t.globalWritePort)];
  const heldRead = (Math.ceil((i * V) / reads) - 1) * reads;
  const heldWrite = (Math.ceil((i * L) / writes) - 1) * writes;
  const restWrite = i * L - writes;
  const ports =
    k('latchArea') * (pes * heldRead + heldWrite + restWrite) + (k('operandArea') * (heldRead + heldWrite)) / 2;

  // Area, um2 before placement.
  const macro = (size: number) => {
    const kb = size / 8192;
    const p = technology.sramArea.points;
    let density = p.at(-1)!.um2PerBit;
    if (kb < p.at(-1)!.kilobytes) {
      const s = kb < p[1]!.kilobytes ? 0 : 1;
      const slope =
        (p[s + 1]!.um2PerBit - p[s]!.um2PerBit) / (Math.log(p[s + 1]!.kilobytes) - Math.log(p[s]!.kilobytes));
      density = p[s]!.um2PerBit + slope * (Math.log(kb) - Math.log(p[s]!.kilobytes));
    }
    return size * density * k('sramScale');
  };
  // Rows, columns of a bit and blocks of a macro; and the deepest ones with fewer columns a bit.
  const shape = technology.sramShape!;
  const built = (n: number) => {
    const deep = Math.max(n, 64);
    const mux = deep <= 2048 ? 4 : deep <= 4096 ? 8 : 16;
    const blocks = Math.max(1, deep / 8192);
    return { rows: deep / mux / blocks, mux, blocks };
  };
  const upTo = (n: number) => [n, ...[2048, 4096].filter((end) => end < n)];
  const memory = (size: number, word: number) => {
    const areas = upTo(size / word).map((n) => {
      const { rows, mux, blocks } = built(n);
      const columns = mux * word;
      const { rowOverhead: h, columnOverhead: v } = shape;
      return (
        (macro(rows * columns * blocks) * (1 + h / rows) * (1 + v / columns)) /
        (1 + Math.sqrt((h * v) / (rows * columns))) ** 2
      );
    });
    return Math.min(k('latchArea') * size, Math.max(...areas));
  };
  const mul = (x: number, y: number) => (k('macArea') * x * y) / 64 + k('treeArea') * (x + y);
  const deep = [t.weightCollector, t.inputCollector, t.accumCollector].filter((d) => d > 1).length;
  const array = {
    MACs:
      pes *
      (V * L * (mul(w, i) + (splits ? ((k('splitArea') - 1) * k('macArea') * w * i) / 64 : 0)) +
        k('accumulateArea') * L * a +
        k('operandArea') * V * L * w),
    collectors:
      pes * k('latchArea') * (t.weightCollector * V * L * w + t.inputCollector * V * i + t.accumCollector * L * a),
    'weight buffers': pes * 2 * L * memory(W / (2 * L), w * V),
    'input buffers': pes * 2 * memory(I / 2, i * V),
    'accumulation buffers': pes * L * k('dualPort') * memory(A / L, a),
    'output buffers': pes * 2 * L * memory(A / L, a),
    control: pes * k('operandArea') * V * i + k('loopArea') * 8 * (1 + deep),
    'reduction and multicast': k('latchArea') * R * L * a + k('accumulateArea') * (R - 1) * L * a,
  };
  const chip: Record<string, number> = {
    ...array,
    'tile control': k('tileControlArea') + k('latchArea') * (4400 + 50 * 8 * (1 + deep)),
    ...(gears > 0 && { 'gears to DRAM': gears }),
    ...(ports > 0 && { 'gears of the global buffer': ports }),
    ...(splits && { 'pairing of inputs': (k('latchArea') * V * i) / 2 + (k('operandArea') * V * i) / 2 }),
    ...(t.packedWeights === 2 && { 'unpacking of weights': (k('operandArea') * V * w) / 2 }),
    'post-processing':
      L * (mul(F, 17) + mul(i + 1, 17) + k('accumulateArea') * (a + 2 * (F + 17))) +
      L * memory(t.biasLines * (a + 23), a + 23),
    'global buffer': B * memory(G / B, i * Math.max(V, L)),
  };
  const parts = areaOf(t, technology);
  expect(parts.map((p) => p.part).sort()).toEqual(Object.keys(chip).sort());
  for (const { part, area } of parts) near(area, chip[part]! / k('placement') / 1e6);
  const total = (all: Record<string, number>) => Object.values(all).reduce((x, y) => x + y, 0) / k('placement') / 1e6;

  // Energy, fJ.
  const side = Math.sqrt(total(array));
  const relative = (n: number, word: number) => {
    const { rows, mux, blocks } = built(n);
    const { accessEnergy, rowEnergy, bitEnergy, columnEnergy } = shape;
    const bit = (accessEnergy + rowEnergy * rows) / word + bitEnergy + columnEnergy * mux * rows ** k('sramExponent');
    return bit * Math.sqrt(blocks);
  };
  const sram = (size: number, word: number) =>
    word *
    Math.max(
      k('sramFloor'),
      (k('sramEnergy') * Math.max(...upTo(size / word).map((n) => relative(n, word)))) / relative(1024, 64),
    );
  let tree = a;
  for (let n = V, level = 1; n > 1; n = Math.ceil(n / 2), level++) tree += Math.floor(n / 2) * (w + i + level);
  const post =
    L *
    (sram(t.biasLines * (a + 23), a + 23) +
      (k('multiplierEnergy') * 17 * (F + i + 1)) / 64 +
      k('adderEnergy') * (a + 2 * (F + 17)));
  const line = sram(G / B, i * Math.max(V, L));
  for (const machine of lowerTemplate(t, technology)) {
    const product = ((splits ? k('splitEnergy') : 1) * k('multiplierEnergy') * w * i) / 64;
    const adders = (k('adderEnergy') * tree) / V;
    near(machine.compute.energy * 1000, product + adders);
    expect(machine.compute.split !== undefined).toBe(splits);
    if (machine.compute.split !== undefined)
      near(machine.compute.split * 1000, (k('pairEnergy') * k('multiplierEnergy') * w * i) / 64 + adders);
    near(machine.staticEnergy * 1000, k('staticEnergy') * total(chip));
    const energies = (level: string, tensor: Tensor) => machine.levels.find((l) => l.name === level)!.stores[tensor]!;
    const both = (level: string, tensor: Tensor, fJ: number) => {
      near(energies(level, tensor).energy.read * 1000, fJ);
      near(energies(level, tensor).energy.fill * 1000, fJ);
    };
    both('WeightBuffer', 'Weights', sram(W / (2 * L), w * V));
    const latched = k('latchWriteEnergy') + k('latchReadEnergy');
    near(energies('InputBuffer', 'Inputs').energy.read * 1000, sram(I / 2, i * V));
    near(energies('InputBuffer', 'Inputs').energy.fill * 1000, sram(I / 2, i * V) + latched * heldRead);
    both('AccumBuffer', 'Outputs', L * sram(A / L, a));
    both('OutputBuffer', 'Outputs', L * sram(A / L, a));
    both('GlobalBuffer', 'Inputs', line);
    const stored = line + latched * (heldWrite + restWrite);
    near(energies('GlobalBuffer', 'Outputs').energy.read * 1000, line);
    near(energies('GlobalBuffer', 'Outputs').energy.fill * 1000, stored);
    near(energies('GlobalBuffer', 'Outputs').energy.update * 1000, stored + post);
    near(energies('WeightCollector', 'Weights').energy.read * 1000, k('latchReadEnergy') * w * V);
    near(energies('InputCollector', 'Inputs').energy.fill * 1000, k('latchWriteEnergy') * i * V);
    near(energies('AccumCollector', 'Outputs').energy.update * 1000, k('latchWriteEnergy') * a);
    near(energies('DRAM', 'Weights').energy.read * 1000, k('dramEnergy') * w + (latched * heldW) / V);
    const packed = energies('DRAM', 'Weights').packed;
    expect([packed?.wordBits, machine.tiling!.packed?.beatsPerLine]).toEqual(
      t.packedWeights === 2 ? [w / 2, Math.ceil((w * V) / 2 / widths(n)[0]!)] : [undefined, undefined],
    );
    const [short, beat] = [(w * V) / 2, Math.min((w * V) / 2, widths(n)[0]!)];
    const heldShort = (Math.ceil(short / beat) - 1) * beat;
    if (packed) near(packed.read * 1000, (k('dramEnergy') * w) / 2 + (latched * heldShort) / V);
    near(energies('DRAM', 'Inputs').energy.read * 1000, k('dramEnergy') * i + (latched * heldI) / V);
    const pair = energies('DRAM', 'Inputs').split;
    // Two words through the gear, and the half of a line that waits.
    if (pair) near(pair.read * 1000, 2 * (k('dramEnergy') * i + (latched * heldI) / V) + (latched * i) / 2);
    expect([pair !== undefined, machine.tiling!.split]).toEqual([
      splits,
      splits
        ? { weightBits: w / 2, inputBits: i / 2, beatsPerLine: 2 * Math.ceil((i * V) / widths(n)[1]!) }
        : undefined,
    ]);
    near(energies('DRAM', 'Outputs').energy.read * 1000, k('dramEnergy') * i + (latched * heldR) / L);
    near(energies('DRAM', 'Outputs').energy.update * 1000, k('dramEnergy') * i);
    // Per bit of a word; what leaves the PEs are sums of a bits.
    near(energies('DRAM', 'Weights').linkEnergy * w * 1000, k('wireEnergy') * w * side);
    near(energies('GlobalBuffer', 'Inputs').linkEnergy * i * 1000, k('wireEnergy') * i * side);
    near(energies('GlobalBuffer', 'Outputs').linkEnergy * i * 1000, k('wireEnergy') * a * side);
    // Rows of the machine, used or not.
    expect(machine.tiling!.latency.drain).toBe(5 + Math.ceil(Math.log2(R)));
  }
}

describe('the formulas of docs/template-costs.md', () => {
  test('a MAC of simba takes 44.375 fJ: 26 + (24 + 4 x 17 + 2 x 18 + 19) / 8', () => {
    expect(lowerTemplate(simba, technology16nm)[0]!.compute.energy * 1000).toBeCloseTo(44.375, 9);
  });

  test('give the presets of the template', () => check(simba, technology16nm));

  test.each(Array.from({ length: 40 }, (_, seed) => seed))('give random machine %i in a random technology', (seed) => {
    const t = randomTemplate(seed);
    check(
      { ...t, weightCollector: 1 + (seed % 3), inputCollector: 1 + (seed % 2), accumCollector: 1 + (seed % 4) },
      randomTechnology(seed),
    );
  });
});
