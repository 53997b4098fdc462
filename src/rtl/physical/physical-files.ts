// What physical design begins with, beside the Verilog: memories as macros, constraints, and scripts for open tools.

import { nth } from '../../base/invariant.js';
import type { Template } from '../../model/machine/template.js';
import type { Technology } from '../../model/machine/technology.js';
import type { Accelerator } from '../accelerator.js';
import { blackBox, memoryWithMacros } from './macro-verilog.js';
import { macroLef } from './lef.js';
import { macroLiberty } from './liberty.js';
import type { MemoryModule } from './memories.js';
import { memoriesOf } from './memories.js';
import type { Chip } from './scripts.js';
import { constraints, memoryPage, openroadConfig, staScript, yosysScript } from './scripts.js';

interface File {
  readonly path: string;
  readonly text: string;
}

/** The metal of pins, as free platforms call the fourth. */
const pinLayer = 'M4';

/** Below `physical/`, which stands beside `rtl/`. */
export function physicalFiles(
  { files, top, bus }: Accelerator,
  template: Template,
  technology: Technology,
): readonly File[] {
  const memories = memoriesOf(template, technology);
  const macros = memories.filter((m) => !m.ofRegisters);
  const modules = [...new Set(memories.map((m) => m.module))];
  const isMemory = (module: string): module is MemoryModule => modules.some((m) => m === module);
  const chip: Chip = {
    top,
    clockPort: bus === 'axi' ? 'aclk' : 'clk',
    clock: template.clock,
    sources: files.map(({ module }) => (isMemory(module) ? `macros/${module}.v` : `../rtl/${module}.v`)),
    placement: technology.constants.placement.value,
  };
  const made: readonly (readonly [string, string])[] = [
    ['memories.md', memoryPage(memories)],
    ['constraints.sdc', constraints(chip)],
    ['synth.tcl', yosysScript(chip)],
    ['sta.tcl', staScript(chip)],
    ['config.mk', openroadConfig(chip)],
    ['macros/macros.v', macros.map(blackBox).join('\n')],
    ['macros/macros.lib', macroLiberty(macros, template.clock)],
    ['macros/macros.lef', macroLef(macros, pinLayer)],
    ...modules.map((module) => [`macros/${module}.v`, memoryWithMacros(module, memories)] as const),
  ];
  return made.map((file) => ({ path: `physical/${nth(file, 0)}`, text: nth(file, 1) }));
}
