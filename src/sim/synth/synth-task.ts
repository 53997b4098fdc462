// The synthesis of a design's machine as a task for a worker thread: plain data in, plain data out.

import { invariant } from '../../base/diagnostics.js';
import type { Design } from '../../model/space/design.js';
import { accelerator } from '../../rtl/accelerator.js';
import { compareArea } from './area-comparison.js';
import type { SynthResult } from './synth.js';
import { magnetLibrary, synthesize } from './synth.js';
import type { Library } from './liberty/library.js';

/** Modules of the emitted Verilog whose body stands for a macro. */
export const memoryWrappers = ['sram_1rw', 'sram_1rw_parts', 'sram_1r1w'] as const;
/** Modules of it that are made of these. */
export const memoryBuffers = ['ping_pong'] as const;

export interface SynthTaskInput {
  readonly design: Pick<Design, 'machine' | 'technology'>;
  /** In place of the library of magnet. */
  readonly library?: Library;
  readonly native: boolean;
}

/** `progress` is told what comes next: the Verilog is read, then module after module is mapped to cells. */
export async function synthTask(
  { design, library, native }: SynthTaskInput,
  progress: (stage: string) => void,
): Promise<SynthResult> {
  const { machine, technology } = design;
  invariant(machine.kind === 'template', 'only a template is written as Verilog');
  const { files, top } = accelerator(machine.template);
  const verilog = files.map(({ module, text }) => ({ path: `${module}.v`, text }));
  progress(`reading the Verilog (Yosys, about ${native ? 1 : 4} s)`);
  const synthesis = await synthesize(
    { verilog, top, blackboxes: memoryWrappers, buffers: memoryBuffers, native, ...(library && { library }) },
    (done, of, module) => {
      if (done < of) progress(`synthesizing ${module} (${done + 1} of ${of} modules)`);
    },
  );
  const { seconds, check, memories } = synthesis;
  const { name, gate, notes } = library ?? magnetLibrary();
  const modules = synthesis.modules.map(({ name, instances, cells, area, gates }) => ({
    name,
    instances,
    cells,
    area,
    gates,
  }));
  return {
    library: name,
    modules,
    memories,
    ...compareArea(synthesis, machine.template, technology, gate),
    seconds,
    check,
    notes,
  };
}
