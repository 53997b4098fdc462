// A design as a folder of files: Verilog, a program for every layer, and a bench with
// golden data that any simulator runs.

import { nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import type { Design } from '../model/space/design.js';
import { macs } from '../model/workload/layer.js';
import { runsOf, whole } from '../model/workload/layer-parts.js';
import { accelerator } from '../rtl/accelerator.js';
import type { Bus } from '../model/machine/template-names.js';
import { programHex } from '../rtl/bench-data.js';
import { dramBits } from '../rtl/hardware.js';
import type { BenchLayer } from '../rtl/makefile.js';
import { makefile } from '../rtl/makefile.js';
import { neutralPost } from '../rtl/program/post-registers.js';
import { placeLayer } from '../rtl/program/placement.js';
import { layerPrograms } from '../rtl/program/runs.js';
import { physicalFiles } from '../rtl/physical/physical-files.js';
import { registerPage } from '../rtl/register-doc.js';
import type { BenchSizes } from '../rtl/testbench.js';
import { testbench } from '../rtl/testbench.js';
import { beyondSimulation } from './engines.js';
import { asHardware } from './hardware-design.js';
import { endOf, prepareJob, singleRuns } from './layer-job.js';
import { benchData, benchSizes, plusargs } from './run-native.js';

/** One file of a folder that is written nowhere yet. */
export interface EmittedFile {
  /** Below that folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Layers up to this many multiplications come with golden data; larger ones with their program alone. */
const largestBench = 2 ** 24;

/** Programs of one design, each with a folder of its own; more are no use to anybody, and fill a disk. */
export const maxPrograms = 1000;

/** Words of golden data of a layer in parts: each part has the images of the whole layer. */
const maxGoldenWords = 2 ** 26;

/** What comes with the Verilog of a design. */
export interface EmitOptions {
  /** Whether a bench, its Makefile and golden data come with the Verilog: they do unless it is false. */
  readonly testbench?: boolean;
  /** Of the data of the bench: 1. */
  readonly seed?: number;
  /** Indices of layers that get golden data however large they are. */
  readonly golden?: readonly number[];
  /** How the machine is connected: on channels of its own. */
  readonly bus?: Bus;
  /** Whether memories as macros, constraints and scripts for physical design come with it. */
  readonly physical?: boolean;
  /** In place of `largestBench`. */
  readonly largest?: number;
}

/** A design as Verilog, with what runs its layers: files by name. */
export function emitDesign(
  design: Design,
  {
    testbench: withBench = true,
    seed = 1,
    golden = [],
    largest = largestBench,
    bus = 'native',
    physical = false,
  }: EmitOptions = {},
): Parsed<readonly EmittedFile[]> {
  const hardware = asHardware(design);
  if (!hardware.ok) return hardware;
  const t = hardware.value.machine.template;
  const excess = tooManyPrograms(design.layers, t.biasLines);
  if (excess) return refused([excess]);
  const a = accelerator(t, bus);
  const sources = a.files.map((f) => ({ path: `rtl/${f.module}.v`, text: f.text }));
  const files: EmittedFile[] = [
    ...sources,
    { path: 'rtl/magnet.f', text: `${a.files.map((f) => `${f.module}.v`).join('\n')}\n` },
    { path: 'registers.md', text: registerPage(a) },
    ...(physical ? physicalFiles(a, t, hardware.value.technology) : []),
  ];
  const faults: Diagnostic[] = [];
  const layers: BenchLayer[] = [];
  const sizes: BenchSizes[] = [];
  design.layers.forEach(({ layer, mapping }, i) => {
    const folder = `${String(i).padStart(2, '0')}_${layer.name.replace(/\W+/g, '_')}`;
    /** A layer in parts has a folder for each: run in their order they make the layer. */
    const folderOf = (run: number, runs: number) => (runs === 1 ? folder : `${folder}_part_${run + 1}_of_${runs}`);
    const asked = golden.includes(i);
    if (!mapping)
      return void layers.push({
        folder,
        plusargs: undefined,
        note: 'no golden data and no program: the design has no mapping for it',
        asked: false,
      });
    const placement = placeLayer(a.hardware, layer, mapping, { input: 0, weights: 0 });
    const { weights } = placement;
    const words = Math.max(endOf(placement), weights.words);
    if (words >= 2 ** dramBits) {
      faults.push({
        code: 'too-large',
        path: ['layers', i],
        message:
          `${layer.name} takes ${words} words of DRAM; addresses have ${dramBits} bits. ` +
          'Split the layer (a smaller N or P)',
      });
      return;
    }
    const parts = runsOf(mapping.parts ?? whole);
    const goldenWords = parts * (endOf(placement) + weights.words);
    const bulky = parts > 1 && goldenWords > maxGoldenWords;
    if (withBench && asked && bulky) {
      faults.push({
        code: 'too-large',
        path: ['layers', i],
        message:
          `${layer.name} runs in ${count(parts)} parts, and golden data would repeat its images for each of ` +
          `them: ${count(goldenWords)} words, more than the ${count(maxGoldenWords)} that are written; ` +
          `leave --golden ${layer.name} out, and run it with magnet simulate --layer ${layer.name}`,
      });
      return;
    }
    const multiplications = `${count(macs(layer))} multiplications`;
    const without =
      beyondSimulation(t) ??
      (bulky
        ? `${count(parts)} parts, each with images of the whole layer, are ${count(goldenWords)} words, ` +
          `more than ${count(maxGoldenWords)}`
        : asked || macs(layer) <= largest
          ? undefined
          : `${multiplications}, more than the ${count(largest)} up to which a simulation takes minutes`);
    if (withBench && without === undefined) {
      singleRuns(prepareJob(a, t, layer, mapping, seeded(seed + i)), mapping.parts).forEach((job, run, runs) => {
        const own = folderOf(run, runs.length);
        sizes.push(benchSizes(job));
        layers.push({
          folder: own,
          plusargs: plusargs(job, `layers/${own}/`),
          note: `golden data: ${multiplications}`,
          asked,
        });
        for (const [name, text] of Object.entries(benchData(job))) files.push({ path: `layers/${own}/${name}`, text });
      });
    } else {
      // Bias, scale and shift are the trained network's to give.
      layerPrograms(a, layer, mapping, placement, neutralPost(layer, a.hardware)).forEach((program, run, runs) => {
        const own = folderOf(run, runs.length);
        layers.push({ folder: own, plusargs: undefined, note: `no golden data: ${without}`, asked: false });
        files.push({ path: `layers/${own}/program.hex`, text: programHex(a.hardware, program) });
      });
    }
  });
  if (faults.length > 0) return refused(faults);
  if (withBench) {
    const max = (key: keyof BenchSizes) => Math.max(1, ...sizes.map((s) => s[key]));
    files.push({
      path: 'magnet_tb.v',
      text: testbench(a, {
        activations: max('activations'),
        weights: max('weights'),
        outputs: max('outputs'),
        writes: max('writes'),
      }).text,
    });
    files.push({
      path: 'Makefile',
      text: makefile(
        a,
        sources.map((f) => f.path),
        layers,
        seed,
      ),
    });
  }
  return parsed(files);
}

const count = (n: number): string => n.toLocaleString('en-US');

/** A layer whose biases fit in few lines runs in parts, tens of thousands of them on the smallest machines. */
function tooManyPrograms(layers: Design['layers'], biasLines: number): Diagnostic | undefined {
  const runs = layers.map(({ mapping }) => (mapping ? runsOf(mapping.parts ?? whole) : 0));
  const total = runs.reduce((n, r) => n + r, 0);
  if (total <= maxPrograms) return undefined;
  const i = runs.indexOf(Math.max(...runs));
  const { layer } = nth(layers, i);
  const lines = `${count(biasLines)} line${biasLines === 1 ? '' : 's'} of biases`;
  return {
    code: 'too-large',
    path: ['layers', i],
    message:
      `${layer.name} runs in ${count(nth(runs, i))} parts, because the machine holds ${lines}; ` +
      `every part is a program in a folder of its own, ${count(total)} in this design, ` +
      `and at most ${count(maxPrograms)} are written. Map on a machine with more biasLines, ` +
      'or without this layer; if the layer has no biases, say so in its table (bias: ' +
      `no); magnet simulate --layer ${layer.name} runs the parts without writing them`,
  };
}
