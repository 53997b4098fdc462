// All Verilog files of a machine, leaves first.

import type { Template } from '../model/machine/template.js';
import type { Bus } from '../model/machine/template-names.js';
import type { Hardware } from './hardware.js';
import { hardwareOf } from './hardware.js';
import { peArray, redTree } from './parts/array.js';
import { axiTop } from './parts/axi-top.js';
import { dot } from './parts/dot.js';
import { drain, spill } from './parts/drains.js';
import { gbuf } from './parts/gbuf.js';
import { fill, loadInput, loadWeight } from './parts/loads.js';
import { host } from './parts/host.js';
import { lane } from './parts/lane.js';
import type { Parametric } from './parts/parametric.js';
import { parametric } from './parts/parametric.js';
import { peCtl } from './parts/pe-ctl.js';
import { pe } from './parts/pe.js';
import { post } from './parts/post-unit.js';
import { residual } from './parts/residuals.js';
import { registerNames } from './parts/register-names.js';
import { tileCtl } from './parts/tile-ctl.js';
import { shortFile } from './parts/short-lines.js';
import { top } from './parts/top.js';
import type { RegisterMap } from './registers.js';
import { registerMap } from './registers.js';
import type { VerilogFile } from './verilog.js';

/** A machine in Verilog: its files, the widths and depths that they were made for, and the registers that program it. */
export interface Accelerator {
  readonly bus: Bus;
  /** Widths and depths of everything in it. */
  readonly hardware: Hardware;
  readonly registers: RegisterMap;
  /** One for each module, leaves first. */
  readonly files: readonly VerilogFile[];
  /** Name of the module that holds all others. */
  readonly top: string;
}

/** The Verilog of a template. With `axi` as its bus the machine is the same, with the modules of the bus around it. */
export function accelerator(t: Template, bus: Bus = 'native'): Accelerator {
  const hardware = hardwareOf(t);
  const registers = registerMap(hardware);
  const base = registerNames(registers);
  const shared = (...modules: Parametric[]) => modules.map((module) => parametric(hardware, module));
  const { channels, ports } = hardware;
  const { weights, inputs, residuals, outputs } = channels;
  // The gear of weights has a module of its own where they may lie packed.
  const short = hardware.packed !== undefined && weights.beats > 1;
  const alike = [inputs, residuals, outputs, ...(short ? [] : [weights]), ...Object.values(ports)];
  const geared = alike.some((path) => path.beats > 1);
  const parts = [
    ...shared(
      'sram_1rw',
      ...((hardware.residency?.parts ?? 1) > 1 ? (['sram_1rw_parts'] as const) : []),
      'sram_1r1w',
      'ping_pong',
      'one_hot_mux',
      'cfg_next',
      'cfg_regs',
      'loop_seq',
      'addr_gen',
      'nest',
      'stream',
    ),
    ...shared(
      'collector',
      'pe_pipe',
      'step_ctl',
      'tile_nest',
      'post_lane',
      'perf',
      ...(geared ? (['gear_in', 'gear_out'] as const) : []),
      ...(hardware.packed ? (['unpack_weights'] as const) : []),
      ...(hardware.split ? (['split_multiply'] as const) : []),
      ...(ports.write.beats > 1 ? (['write_port'] as const) : []),
    ),
    ...(short ? [shortFile(hardware, 'gear_in')] : []),
    dot(hardware),
    lane(hardware),
    pe(hardware),
    redTree(hardware),
    peArray(hardware),
    peCtl(hardware, base),
    fill(hardware, base),
    loadInput(hardware, base),
    loadWeight(hardware, base),
    drain(hardware, base),
    residual(hardware, base),
    spill(hardware, base),
    gbuf(hardware),
    post(hardware, base),
    tileCtl(hardware, base),
    host(hardware, registers, base),
  ];
  const core = top(hardware, registers, parts);
  const files = [...parts, core];
  if (bus === 'native') return { bus, hardware, registers, files, top: core.module };
  const around = [
    ...shared('axi_fifo', 'axi_bursts', 'axi_read', 'axi_write', 'axi_lite'),
    ...(hardware.packed ? [shortFile(hardware, 'axi_read')] : []),
    ...(short ? [shortFile(hardware, 'gear_out')] : []),
    axiTop(hardware, registers, core),
  ];
  return { bus, hardware, registers, files: [...files, ...around], top: 'magnet_axi' };
}
