// A design as a folder of files: Verilog, a program for every layer, and a bench with golden data that any simulator runs.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { invariant } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { seeded } from '../base/random.js';
import type { Design } from '../model/design.js';
import { macs } from '../model/layer.js';
import { accelerator } from '../rtl/accelerator.js';
import { programHex } from '../rtl/bench-data.js';
import { dramBits } from '../rtl/hardware.js';
import { makefile } from '../rtl/makefile.js';
import { placeLayer } from '../rtl/program/program.js';
import { layerPrograms } from '../rtl/program/runs.js';
import { registerPage } from '../rtl/register-doc.js';
import { testbench } from '../rtl/testbench.js';
import type { Job } from './job.js';
import { prepareJob, singleRuns } from './job.js';
import { benchData, benchSizes, plusargs } from './run-native.js';

export interface EmittedFile {
  readonly path: string;
  readonly text: string;
}

/** Layers up to this many multiplications come with golden data; larger ones with their program alone. */
export const largestBench = 2 ** 24;

export function emitDesign(design: Design, options: { readonly testbench: boolean; readonly seed: number }): Parsed<readonly EmittedFile[]> {
  const { machine } = design;
  invariant(machine.kind === 'template', 'only machines made from the template have hardware');
  const t = machine.template;
  const a = accelerator(t);
  const sources = a.files.map((f) => ({ path: `rtl/${f.module}.v`, text: f.text }));
  const files: EmittedFile[] = [
    ...sources,
    { path: 'rtl/magnet.f', text: `${a.files.map((f) => `${f.module}.v`).join('\n')}\n` },
    { path: 'registers.md', text: registerPage(a) },
  ];
  const faults: Diagnostic[] = [];
  const benches: { readonly folder: string; readonly job: Job }[] = [];
  design.layers.forEach(({ layer, mapping }, i) => {
    if (!mapping) return;
    const folder = `${String(i).padStart(2, '0')}_${layer.name.replace(/\W+/g, '_')}`;
    /** A layer in parts has a folder for each: run in their order they make the layer. */
    const folderOf = (run: number, runs: number) => (runs === 1 ? folder : `${folder}_part_${run + 1}_of_${runs}`);
    const { input, weights, output } = placeLayer(layer, mapping, { input: 0, weights: 0 });
    const words = Math.max(output.base + output.words, weights.words, input.words);
    if (words >= 2 ** dramBits) {
      faults.push({ code: 'too-large', path: ['layers', i], message: `${layer.name} takes ${words} words of DRAM; addresses have ${dramBits} bits. Split the layer (a smaller N or P)` });
      return;
    }
    if (options.testbench && macs(layer) <= largestBench) {
      singleRuns(prepareJob(a, t, layer, mapping, seeded(options.seed + i)), mapping.parts).forEach((job, run, runs) => {
        const own = folderOf(run, runs.length);
        benches.push({ folder: own, job });
        for (const [name, text] of Object.entries(benchData(job))) files.push({ path: `layers/${own}/${name}`, text });
      });
    } else {
      // Neutral post-processing: bias, scale and shift are the trained network's to give.
      const neutral = { bias: Array.from({ length: layer.bounds.G * layer.bounds.K }, () => 0), scale: 1, shift: 0, relu: false };
      layerPrograms(a, layer, mapping, { input, weights, output }, neutral).forEach((program, run, runs) => {
        files.push({ path: `layers/${folderOf(run, runs.length)}/program.hex`, text: programHex(a.hardware, program) });
      });
    }
  });
  if (faults.length > 0) return refused(faults);
  if (benches.length > 0) {
    const sizes = benches.map(({ job }) => benchSizes(job));
    const most = (key: keyof (typeof sizes)[number]) => Math.max(...sizes.map((s) => s[key]));
    files.push({ path: 'magnet_tb.v', text: testbench(a, { activations: most('activations'), weights: most('weights'), outputs: most('outputs'), writes: most('writes') }).text });
    files.push({ path: 'Makefile', text: makefile(sources.map((f) => f.path), benches.map(({ folder, job }) => ({ folder, plusargs: plusargs(job, `layers/${folder}/`) }))) });
  }
  return parsed(files);
}
