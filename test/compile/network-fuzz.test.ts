// Random graphs under random mappings on machines at the edges of their parameters: every word of every step is the
// reference's, cycles and counts are the model's, and words and counts are so too where the memory stalls and is late.
//
// MAGNET_MACHINES=40 MAGNET_CASES=25 runs 1,000 graphs; MAGNET_SEED starts elsewhere.

import { expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { bits } from '../../src/base/units.js';
import { lowered } from '../../src/compile/lower.js';
import type { Lowered } from '../../src/compile/lowered.js';
import { runsIn } from '../../src/compile/network-program.js';
import { takeRoom } from '../../src/compile/padding-room.js';
import { beyondMachine, beyondRegisters } from '../../src/compile/post-of.js';
import type { Template } from '../../src/model/machine/template.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { isChannelwise } from '../../src/model/workload/block-diagonal.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { wasmMachine } from '../../src/sim/network-machine.js';
import { programFor, runOn } from '../../src/sim/network-run.js';
import { machineSimulator } from '../../src/sim/simulate.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { graphOf } from '../support/graphs.js';
import { edgeTemplate, randomTemplate } from '../support/machines.js';
import { randomGraph } from '../support/random-graph.js';
import { randomMapping } from '../support/random-mapping.js';
import { machineAlone } from '../support/design.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** Weights of a third of them are wider or narrower than activations; with sums that hold whatever these graphs add up. */
function machineFor(seed: number): Template {
  const t = seed % 4 === 0 ? randomTemplate(seed) : edgeTemplate(seed);
  const precision = [8, 8, 4, 3, 12, 16][seed % 6]!;
  const weightPrecision = precision + [0, 0, 3, 0, -1, 0][Math.floor(seed / 2) % 6]!;
  const accumPrecision = Math.max(t.accumPrecision, precision + weightPrecision + 14);
  const fewest = (size: number, from: number, to: number) => bits(Math.ceil((size / from) * to));
  return {
    ...t,
    name: `network${seed}`,
    inputPrecision: precision,
    weightPrecision,
    accumPrecision,
    // As many words as before.
    weightBuffer: fewest(t.weightBuffer, t.weightPrecision, weightPrecision),
    inputBuffer: fewest(t.inputBuffer, t.inputPrecision, precision),
    globalBuffer: fewest(t.globalBuffer, t.inputPrecision, precision),
    accumBuffer: fewest(t.accumBuffer, t.accumPrecision, accumPrecision),
    // A graph has layers with more channels than one line has lanes.
    biasLines: Math.max(t.biasLines, 4),
  };
}

/** In the order of runs; undefined where one has none that is short enough. */
function mappingsOf(t: Template, made: Lowered, chance: Random): readonly Mapping[] | undefined {
  const found: Mapping[] = [];
  for (const run of runsIn(made)) {
    const { layer } = run;
    let mapping = randomMapping(t, layer, chance, { maxCycles });
    if (!mapping || !takeRoom(run, mapping)) {
      const apart = isChannelwise(layer) ? { ...layer, diagonal: false as const } : layer;
      mapping = randomMapping(t, apart, chance, { maxCycles, padding: false });
      if (!mapping || !takeRoom(run, mapping)) return undefined;
    }
    found.push(mapping);
  }
  return found;
}

/** Longer runs show no more than many short ones. */
const maxCycles = 120_000;

/** Draws that are not run: of the host's work, of constants that registers and tensors that weights do not hold, without a mapping found. */
type LeftOut = Record<'host' | 'registers' | 'mapping', number>;

/** A graph of 1 to 36 operators with a mapping of each run; a smaller one where a machine has none found. */
function caseOn(t: Template, seed: number, leftOut: LeftOut, few?: number) {
  const chance = seeded(seed);
  for (let size = 1 + chance.below(36); size > 0; size = Math.floor(size / 2)) {
    const graph = graphOf(randomGraph(seed, { host: false, size }));
    const bits = few ?? t.inputPrecision;
    const unsigned = seed % 3 === 0 ? undefined : unsignedTensors(graph, bits);
    const {
      integers,
      inputs,
      run: reference,
    } = got(drawnRun(graph, seed, { bits, weightBits: few ?? t.weightPrecision, unsigned }));
    if (reference.notRun.length > 0) {
      leftOut.host++;
      continue;
    }
    // Few bits from 0 on have room in words with a sign.
    const held = few === undefined ? integers : { ...integers, unsigned: undefined };
    const made = got(lowered(graph, held, t.inputPrecision));
    if (beyondRegisters(t, made).length + beyondMachine(t, made).length > 0) {
      leftOut.registers++;
      continue;
    }
    const mappings = mappingsOf(t, made, chance);
    if (mappings) return { graph, made, mappings, inputs, reference, chance };
    leftOut.mapping++;
  }
  return undefined;
}

const firstSeed = seedFrom(1);
test(`random graphs on machines at their edges, from seed ${firstSeed}`, { timeout: 7_200_000 }, async () => {
  const machines = casesOf('networks on machines', 'MAGNET_MACHINES');
  const cases = casesOf('networks on machines, graphs on each');
  const seen = { graphs: 0, steps: 0, runs: 0, words: 0, blocks: 0, folds: 0, residuals: 0, stalled: 0, unsigned: 0 };
  const leftOut: LeftOut = { host: 0, registers: 0, mapping: 0 };
  for (let machine = 0; machine < machines; machine++) {
    const t = machineFor(firstSeed + machine);
    const design = machineAlone(t);
    const simulator = await machineSimulator(t);
    for (let i = 0; i < cases; i++) {
      const seed = 1000 * (firstSeed + machine) + i;
      const drawn = caseOn(t, seed, leftOut);
      if (!drawn) continue;
      const { graph, made, mappings, inputs, reference, chance } = drawn;
      const stalls = (machine + i) % 3 === 2 ? 0.3 : 0;
      const latency = stalls > 0 ? chance.pick([0, 3, 40]) : 0;
      const plain = { design, graph, lowered: made, inputs, reference, mappings, seed, stalls, latency, tensors: [] };
      const { runs } = await runOn(wasmMachine(simulator), plain, programFor(plain), () => {});
      for (const r of runs) {
        const where = `machine ${firstSeed + machine}, graph ${seed}, ${r.name}: ${r.firstMismatch ?? ''}`;
        expect(r.mismatches, where).toBe(0);
        expect(
          r.counters.filter((c) => c.model !== c.rtl),
          where,
        ).toEqual([]);
        if (stalls === 0) expect(r.cycles.rtl, where).toBe(r.cycles.model);
        else expect(r.cycles.rtl, where).toBeGreaterThanOrEqual(r.cycles.model);
        seen.words += r.words;
      }
      seen.graphs++;
      seen.steps += graph.steps.length;
      seen.runs += runs.length;
      seen.blocks += mappings.filter((m) => (m.parts?.block ?? 1) > 1).length;
      seen.folds += mappings.filter((m) => m.parts?.fold).length;
      seen.residuals += runsIn(made).filter((r) => r.residual).length;
      if (stalls > 0) seen.stalled++;
      seen.unsigned += made.storages.filter((s) => s.unsigned).length;
    }
  }
  console.log(
    `${seen.graphs} graphs of ${seen.steps} steps in ${seen.runs} runs on ${machines} machines: ${seen.words} words; ` +
      `${seen.blocks} runs in blocks, ${seen.folds} folded, ${seen.residuals} with a second operand, ${seen.stalled} graphs with stalls, ${seen.unsigned} unsigned tensors; ` +
      `draws left out: ${JSON.stringify(leftOut)}`,
  );
  expect(seen.graphs).toBeGreaterThan((machines * cases) / 2);
  expect(seen.residuals).toBeGreaterThan(0);
  expect(seen.unsigned).toBeGreaterThan(0);
});

test(
  `random graphs of half the bits on machines that split, from seed ${firstSeed}`,
  { timeout: 7_200_000 },
  async () => {
    const machines = casesOf('networks on machines that split', 'MAGNET_MACHINES');
    const cases = casesOf('networks on machines, graphs on each');
    const seen = { graphs: 0, runs: 0, split: 0, natural: 0, words: 0 };
    const leftOut: LeftOut = { host: 0, registers: 0, mapping: 0 };
    const able = (t: Template) => t.inputPrecision === 8 && t.weightPrecision >= 8;
    const all = Array.from({ length: 20 * machines }, (_, i) => randomTemplate(firstSeed + i)).filter(able);
    for (const [machine, drawn] of all.slice(0, machines).entries()) {
      const t = { ...drawn, splitMultipliers: 1 };
      const design = machineAlone(t);
      const simulator = await machineSimulator(t);
      for (let i = 0; i < cases; i++) {
        const seed = 1000 * (firstSeed + machine) + i;
        const found = caseOn(t, seed, leftOut, 4);
        if (!found) continue;
        const { graph, made, mappings, inputs, reference } = found;
        const plain = {
          design,
          graph,
          lowered: made,
          inputs,
          reference,
          mappings,
          seed,
          stalls: 0,
          latency: 0,
          tensors: [],
        };
        const { runs } = await runOn(wasmMachine(simulator), plain, programFor(plain), () => {});
        for (const r of runs) {
          const where = `machine ${t.name}, graph ${seed}, ${r.name}: ${r.firstMismatch ?? ''}`;
          expect(r.mismatches, where).toBe(0);
          expect(
            r.counters.filter((c) => c.model !== c.rtl),
            where,
          ).toEqual([]);
          expect(r.cycles.rtl, where).toBe(r.cycles.model);
          seen.words += r.words;
        }
        seen.graphs++;
        seen.runs += runs.length;
        const split = runsIn(made).filter((_, k) => mappings[k]!.parts?.split);
        seen.split += split.length;
        seen.natural += split.filter((r) => r.natural).length;
      }
    }
    console.log(`${JSON.stringify(seen)}; draws left out: ${JSON.stringify(leftOut)}`);
    expect(Math.min(seen.split, seen.natural)).toBeGreaterThan(0);
  },
);
