// What the verbs that make hardware of a design can be asked for.

import * as types from '../interchange/value-types.js';
import { buses } from '../model/machine/template-names.js';
import { engines, maxScale, maxShift } from '../sim/engines.js';
import type { Option, OptionsOf } from './option.js';
import { defineVerb } from './option.js';
import { shared } from './shared.js';

const design = {
  name: 'design',
  help: 'design file, which "codesign --design" or "map --design" writes',
  form: 'one',
  example: 'pilotnet.json',
} as const;

const bus = {
  type: types.oneOf('bus', buses),
  help:
    'how the machine is connected: native (channels of words) or axi ' +
    '(AXI4 masters for memory, an AXI4-Lite slave for registers)',
  default: 'native',
  example: 'axi',
} as const;

export const engine = {
  type: types.oneOf('engine', engines),
  short: 'e',
  help: `one of ${engines.join(', ')}; wasm needs nothing installed`,
  default: 'wasm',
  changesAnswer: true,
  example: 'verilator',
} as const;

export const rtlVerb = defineVerb({
  name: 'rtl',
  summary: 'write the Verilog of a design, a program per layer and a testbench',
  arguments: [design],
  options: {
    output: {
      type: types.text,
      short: 'o',
      placeholder: 'directory',
      help: 'where to write; new, empty, or written by magnet rtl before',
      required: true,
      changesAnswer: false,
      example: 'pilotnet-rtl',
      file: 'folder',
    },
    testbench: {
      type: types.flag,
      help: 'leave out the testbench: write only what is synthesized, and the programs',
      default: true,
      changesAnswer: true,
    },
    golden: {
      type: types.texts,
      placeholder: 'layer',
      help: 'write golden data for this layer, by name or number, however large it is (repeatable)',
      changesAnswer: true,
      example: 'conv1',
    },
    seed: {
      type: types.whole(0),
      help: 'seed of the data of the testbench',
      default: 1,
      changesAnswer: true,
      example: '7',
    },
    bus: { ...bus, changesAnswer: true },
    physical: {
      type: types.flag,
      help:
        'write what physical design begins with, too: memories as macros (Verilog, Liberty, LEF), constraints, and scripts ' +
        'for Yosys, OpenSTA and the flow of OpenROAD',
      changesAnswer: true,
    },
    force: { type: types.flag, help: 'write into a directory that holds other files', changesAnswer: false },
  },
  rules: [
    {
      options: ['golden'],
      conflicts: 'testbench',
      code: 'ambiguous',
      message: () => '--golden: data for the testbench, which --no-testbench leaves out; leave out one or the other',
    },
  ],
  examples: ['map pilotnet --arch simba --design pilotnet.json', 'rtl pilotnet.json -o pilotnet-rtl'],
});

const tensor = (help: string, example: string) =>
  ({ type: types.text, placeholder: 'file', help, changesAnswer: true, example }) as const satisfies Option<string>;

export const simulateVerb = defineVerb({
  name: 'simulate',
  summary: 'run the Verilog of a design, and hold every output, cycle and count against the model',
  arguments: [design],
  options: {
    layer: { ...shared.layer, help: 'this layer only, by its name or its number counted from 0 (repeatable)' },
    chain: {
      type: types.flag,
      help: 'the whole network in one DRAM, each layer reading what the one before wrote',
      changesAnswer: true,
    },
    engine,
    seed: {
      type: types.whole(0),
      help: 'seed of data that no file gives',
      default: 1,
      changesAnswer: true,
      example: '7',
    },
    stalls: {
      type: types.probability,
      help: 'probability that DRAM stalls in a cycle, 0 to 0.9 or 0% to 90%; cycles are compared at 0 only',
      default: 0,
      changesAnswer: true,
      example: '30%',
    },
    latency: {
      type: types.whole(0),
      placeholder: 'cycles',
      help: 'max extra cycles, drawn at random, until DRAM answers; cycles are compared at 0 only',
      default: 0,
      changesAnswer: true,
      example: '20',
    },
    bus: { ...bus, help: `${bus.help}; cycles are compared on native only`, changesAnswer: true },
    scale: {
      type: types.whole(0, maxScale),
      help: `post-processing multiplies by this, 0 to ${maxScale}`,
      usually: 'drawn so that outputs spread',
      changesAnswer: true,
      example: '3',
    },
    shift: {
      type: types.whole(0, maxShift),
      help: `and divides by 2 to the power of this, 0 to ${maxShift}`,
      usually: 'drawn so that outputs spread',
      changesAnswer: true,
      example: '8',
    },
    relu: {
      type: types.oneOf('relu', ['on', 'off']),
      placeholder: 'on|off',
      help: 'whether negative outputs become 0',
      changesAnswer: true,
      example: 'on',
    },
    inputs: tensor('inputs of one layer, .npy or .bin: N, G x C, height, width with the border', 'image.npy'),
    weights: tensor('its weights: G x K, C, S, R', 'weights.npy'),
    bias: tensor('its bias: G x K', 'bias.npy'),
    residual: tensor('its residual: N, G x K, height, width of the outputs', 'residual.npy'),
    output: {
      type: types.text,
      placeholder: 'file',
      help: 'write the outputs of one layer, .npy or .bin',
      changesAnswer: false,
      example: 'out.npy',
      file: 'written',
    },
    vcd: {
      type: types.text,
      placeholder: 'file',
      help: 'write the waves of one layer',
      changesAnswer: false,
      example: 'waves.vcd',
      file: 'written',
    },
    saif: {
      type: types.text,
      placeholder: 'file',
      help: 'write the switching activity of one layer, for power analysis',
      changesAnswer: false,
      example: 'layer.saif',
      file: 'written',
    },
    json: shared.json,
    workers: shared.workers,
    quiet: shared.quiet,
  },
  rules: [
    {
      options: ['layer', 'weights', 'bias', 'residual', 'scale', 'shift', 'relu', 'output', 'vcd', 'saif'],
      conflicts: 'chain',
      code: 'ambiguous',
      message: (given) => `${given}: for one layer, while --chain runs the whole network; leave out one or the other`,
    },
  ],
  notes: ['A difference between RTL and model is a bug in magnet: exit code 4.'],
  examples: [
    'simulate pilotnet.json --layer conv5',
    'simulate pilotnet.json --layer 0 --engine verilator --inputs image.npy --output out.npy',
  ],
});

export const synthVerb = defineVerb({
  name: 'synth',
  summary: 'synthesize the logic of a design to cells, and lay its area beside the model',
  arguments: [design],
  options: {
    liberty: {
      type: types.texts,
      placeholder: 'file',
      help: 'cell library, .lib or .lib.gz (repeatable: once for each of its files)',
      usually: 'one of magnet for 16 nm',
      changesAnswer: true,
      example: 'cells.lib.gz',
      file: 'read',
    },
    native: {
      type: types.flag,
      help: 'use the yosys that is installed, in place of the one that comes with magnet',
      changesAnswer: true,
    },
    json: shared.json,
    quiet: shared.quiet,
  },
  examples: ['synth pilotnet.json', 'synth pilotnet.json --liberty cells.lib.gz --json area.json'],
});

export type RtlOptions = OptionsOf<typeof rtlVerb>;
export type SimulateOptions = OptionsOf<typeof simulateVerb>;
export type SynthOptions = OptionsOf<typeof synthVerb>;
