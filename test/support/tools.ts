// Doubles of generation, simulation and synthesis: what the verbs are given back, and what they asked for.

import type { SimulateResult, SimulateTask } from '../../src/sim/simulate.js';
import type { SynthResult } from '../../src/sim/synth/synth.js';
import type { Tools } from '../../src/cli/hardware/hardware-tools.js';
import type { EmitOptions, EmittedFile } from '../../src/sim/emit-files.js';
import type { SynthTaskInput } from '../../src/sim/synth/synth-task.js';
import { placeLayer } from '../../src/rtl/program/placement.js';
import { parsed } from '../../src/base/diagnostics.js';

export interface Double {
  readonly make: (workers: number) => Tools;
  readonly asked: {
    readonly emitted: EmitOptions[];
    readonly built: { layers: readonly number[]; engine: string }[];
    readonly simulated: SimulateTask[];
    readonly synthesized: SynthTaskInput[];
    closed: number;
  };
}

export const simulated = (task: SimulateTask): SimulateResult => ({
  layer: task.design.layers[task.layer]!.layer.name,
  engine: task.engine,
  cycles: { model: 1234, rtl: 1234 },
  counters: [
    { name: 'mac', model: 9000, rtl: 9000 },
    { name: 'input buffer reads', model: 512, rtl: 512 },
  ],
  energy: [
    { component: 'MAC', model: 2400, rtl: 2400 },
    { component: 'DRAM', model: 1600, rtl: 1600 },
  ],
  outputs: { words: 200, mismatches: 0, unknown: 0, zeros: 50, saturated: 2 },
  tensor: { shape: [1, 1, 2, 1, 2], data: Int32Array.of(1, -2, 3, -4) },
  post: {
    bias: [-30, 31],
    scale: [40_000, 65_000],
    shift: [19, 19],
    low: 0,
    high: 255,
    unsigned: true,
    wrap: false,
  },
  dram: placeLayer(
    { packed: undefined },
    task.design.layers[task.layer]!.layer,
    task.design.layers[task.layer]!.mapping!,
    {
      input: 12,
      weights: 3,
    },
  ),
  buildSeconds: 4.25,
  seconds: 1.5,
  cyclesPerSecond: 823,
  ...(task.vcd && { vcd: '$date\n' }),
  ...(task.saif && { saif: '(SAIFILE\n)\n' }),
});

const synthesized: SynthResult = {
  library: 'magnet_16nm',
  modules: [
    { name: 'lane', instances: 128, cells: 1200, area: 410.5, gates: 2631.4 },
    { name: 'pe(SUM=24)', instances: 16, cells: 90, area: 33, gates: 211.5 },
    { name: 'pe(SUM=32)', instances: 1, cells: 100, area: 34, gates: 218 },
  ],
  memories: [
    { module: 'sram_1rw', parameters: {}, instances: 16, instance: 'u_weight', path: ['pe'], bits: 8192, ports: '1rw' },
  ],
  parts: [
    { part: 'MACs', logic: 0.0525, memories: 0, model: 0.05, synthesized: 0.0525 },
    { part: 'control', logic: 0.001, memories: 0, model: 0, synthesized: 0.001 },
  ],
  total: { logic: 0.0535, memories: 0, model: 0.05, synthesized: 0.0535 },
  nand2: { library: 0.156, technology: 0.156 },
  seconds: 12.5,
  check: ['pe: a wire goes nowhere'],
};

export function makeDouble(
  change: {
    files?: readonly EmittedFile[];
    result?: (task: SimulateTask) => Promise<SimulateResult> | SimulateResult;
  } = {},
): Double {
  const asked: Double['asked'] = { emitted: [], built: [], simulated: [], synthesized: [], closed: 0 };
  return {
    asked,
    make: () => ({
      async emit(_, options) {
        asked.emitted.push(options);
        return parsed(change.files ?? []);
      },
      async build(_, layers, engine) {
        asked.built.push({ layers, engine });
        return { engine, folder: 'bench', seconds: 20 };
      },
      async simulate(task, progress) {
        asked.simulated.push(task);
        progress({ doing: 'building', engine: task.engine, about: 5 });
        progress({ doing: 'running', cycles: 617, expected: 1234 });
        return (change.result ?? simulated)(task);
      },
      chain: () => Promise.reject(new Error('no chain in this double')),
      async synthesize(task, progress) {
        asked.synthesized.push(task);
        progress('lane');
        return synthesized;
      },
      width: 1,
      close: async () => void asked.closed++,
    }),
  };
}
