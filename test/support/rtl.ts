// Mappings written out by hand, and one comparison of a machine's run with the reference and with the model.

import { invariant } from '../../src/base/diagnostics.js';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { bits } from '../../src/base/units.js';
import type { Architecture } from '../../src/model/machine/architecture.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Dimension, Layer } from '../../src/model/workload/layer.js';
import { dimensions } from '../../src/model/workload/layer.js';
import type { Loop, Mapping } from '../../src/model/mapping/mapping.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Template } from '../../src/model/machine/template.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { nestsOf } from '../../src/rtl/program/nests.js';
import type { Counters } from '../../src/sim/counts.js';
import { compareCounts } from '../../src/sim/counts.js';
import type { Given } from '../../src/sim/drawn-data.js';
import type { Job } from '../../src/sim/layer-job.js';
import { compareOutputs, prepareJob } from '../../src/sim/layer-job.js';
import type { Simulator } from '../../src/sim/netlist/simulator.js';
import { runWasm } from '../../src/sim/run-wasm.js';

/** Depths of a template in lines, as the hardware counts them; ping-pong buffers per half, the global buffer per bank. */
export interface Lines {
  readonly weight: number;
  readonly input: number;
  readonly sum: number;
  readonly bank: number;
}

/** A template of a few lines; everything that is not said is simba's. */
export function smallMachine(name: string, lines: Lines, sizes: Partial<Template>): Template {
  const t = { ...simba, ...sizes, name, source: 'test' };
  return {
    ...t,
    weightBuffer: bits(2 * lines.weight * t.numLanes * t.vectorSize * t.weightPrecision),
    inputBuffer: bits(2 * lines.input * t.vectorSize * t.inputPrecision),
    accumBuffer: bits(lines.sum * t.numLanes * t.accumPrecision),
    globalBuffer: bits(t.globalBanks * lines.bank * Math.max(t.vectorSize, t.numLanes) * t.inputPrecision),
  };
}

type LevelName = 'DRAM' | 'GlobalBuffer' | 'AccumBuffer' | 'AccumCollector' | 'WeightCollector' | 'InputCollector';
type AxisLabel = 'columns' | 'rows' | 'lanes' | 'vector';

/** Loops by place, outermost first, as `K2 C4`. Collectors cut the nest in the order in which they are written, others are innermost. */
export type Placing = Readonly<Partial<Record<LevelName | AxisLabel, string>>>;

export function parseLoops(text = ''): readonly Loop[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((loop) => {
      const dim = loop[0] as Dimension;
      const factor = Number(loop.slice(1));
      invariant(dimensions.includes(dim) && factor > 1, `${loop} is not a loop`);
      return { dim, factor };
    });
}

export interface Placed {
  readonly architecture: Architecture;
  readonly layer: Layer;
  readonly mapping: Mapping;
}

export function place(t: Template, layer: Layer, placing: Placing): Placed {
  const written = Object.keys(placing).filter((name) => name.endsWith('Collector'));
  const architecture = lowerTemplate(t, technology16nm).find((a) => {
    const collectors = a.levels.map((l) => l.name).filter((name) => name.endsWith('Collector'));
    return written.every((name, i) => collectors[i] === name);
  });
  invariant(architecture, `${t.name} has no arrangement with ${written.join(', ')} in this order`);
  const levels = architecture.levels.map((l) => ({
    name: l.name,
    keep: l.keeps,
    temporal: parseLoops(placing[l.name as LevelName]),
    spatial: l.axes.flatMap((axis) =>
      parseLoops(placing[axis.label as AxisLabel]).map((loop) => ({ ...loop, axis: axis.label })),
    ),
  }));
  return { architecture, layer, mapping: { levels } };
}

/** A job on the machine that the template makes. */
export const jobOf = (t: Template, { layer, mapping }: Placed, seed: number, given: Given = {}): Job =>
  prepareJob(accelerator(t), t, layer, mapping, seeded(seed), given);

export interface Verdict {
  /** A sentence for everything that is not as the reference or the model has it. */
  readonly faults: readonly string[];
  readonly counters: Counters | undefined;
}

/** Runs a job: outputs against the reference, every count and (where DRAM never stalls) the cycles against the model. */
export function check(
  simulator: Simulator,
  job: Job,
  { architecture, layer, mapping }: Placed,
  stalls = 0,
  chance: Random = seeded(1),
): Verdict {
  const { cycles } = evaluate(architecture, layer, mapping, magnetConventions);
  const run = runWasm(simulator, job, { stalls, chance, limit: 10 * cycles + 1000, progress: () => {} });
  if (run.refused) return { faults: ['the machine refused the program'], counters: undefined };
  if (!run.counters)
    return {
      faults: [`the machine was still busy after ${run.cycles} cycles, ${cycles} expected`],
      counters: undefined,
    };
  const { mismatches, words, firstMismatch } = compareOutputs(job, run.activations);
  const found = compareCounts(architecture, layer, mapping, nestsOf(mapping), run.counters);
  const faults = [
    ...(mismatches > 0 ? [`${mismatches} of ${words} outputs: ${firstMismatch}`] : []),
    ...found.counts.filter((c) => c.model !== c.rtl).map((c) => `${c.name}: ${c.rtl}, the model counts ${c.model}`),
    ...(stalls === 0 && found.cycles.rtl !== found.cycles.model
      ? [`${found.cycles.rtl} cycles, the model counts ${found.cycles.model}`]
      : []),
    ...(found.cycles.rtl < found.cycles.model
      ? [`${found.cycles.rtl} cycles are fewer than the model's ${found.cycles.model}`]
      : []),
  ];
  return { faults, counters: run.counters };
}
