// All Verilog files of a machine, leaves first.

import type { Template } from '../model/machine/template.js';
import type { Hardware } from './hardware.js';
import { hardwareOf } from './hardware.js';
import { peArray, redTree } from './parts/array.js';
import { control } from './parts/control.js';
import { drain, spill } from './parts/drains.js';
import { gbuf } from './parts/gbuf.js';
import { fill, loadInput, loadWeight } from './parts/loads.js';
import { peCtl } from './parts/pe-ctl.js';
import { processing } from './parts/pe.js';
import { perf } from './parts/perf.js';
import { post, postLane } from './parts/post-unit.js';
import { registerNames } from './parts/register-names.js';
import { srams } from './parts/sram.js';
import { tileCtl } from './parts/tile-ctl.js';
import { top } from './parts/top.js';
import type { RegisterMap } from './registers.js';
import { registerMap } from './registers.js';
import type { VerilogFile } from './verilog.js';

export interface Accelerator {
  readonly hardware: Hardware;
  readonly registers: RegisterMap;
  readonly files: readonly VerilogFile[];
  readonly top: string;
}

export function accelerator(t: Template): Accelerator {
  const hardware = hardwareOf(t);
  const registers = registerMap(hardware);
  const base = registerNames(registers);
  const files = [
    ...srams(hardware),
    ...control(hardware),
    ...processing(hardware),
    redTree(hardware),
    peArray(hardware),
    peCtl(hardware, base),
    fill(hardware, base),
    loadInput(hardware, base),
    loadWeight(hardware, base),
    drain(hardware, base),
    spill(hardware, base),
    gbuf(hardware),
    postLane(hardware),
    post(hardware, base),
    tileCtl(hardware, base),
    perf(hardware),
    top(hardware, registers, base),
  ];
  return { hardware, registers, files, top: 'magnet_top' };
}
