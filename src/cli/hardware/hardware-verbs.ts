// The verbs that make hardware of a design, with their options.

import type { Command } from 'commander';
import type { ExitCode, Io } from '../io.js';
import { choice, probability, several, wholeNumber } from '../base-options.js';
import { mostScale, mostShift } from '../../sim/engines.js';
import type { RtlOptions } from './rtl-verb.js';
import { rtl } from './rtl-verb.js';
import { chain } from './simulate-chain.js';
import type { SimulateOptions } from './simulate-verb.js';
import { engines, simulate } from './simulate-verb.js';
import type { SynthOptions } from './synth-verb.js';
import { synth } from './synth-verb.js';
import type { Tools } from './tool-options.js';

export function addHardwareVerbs(
  program: Command,
  io: Io,
  tools: (workers: number) => Tools,
  end: (code: ExitCode) => void,
): void {
  program
    .command('rtl')
    .description('write the Verilog of a design, a program per layer and a testbench')
    .argument('<design>', 'design file, which "codesign --design" or "map --design" writes')
    .requiredOption('-o, --output <directory>', 'where to write; new, empty, or written by magnet rtl before')
    .option('--no-testbench', 'only what is synthesized, and the programs')
    .option(
      '--golden <layer>',
      'golden data for this layer however large it is, by name or number (repeatable)',
      several,
    )
    .option('--seed <n>', 'seed of the data of the testbench', wholeNumber(0), 1)
    .option('--force', 'write into a directory that holds other files')
    .addHelpText(
      'after',
      '\nExample:\n  magnet map pilotnet --arch simba --design pilotnet.json\n  magnet rtl pilotnet.json -o pilotnet-rtl',
    )
    .action(async (file: string, options: RtlOptions) => end(await rtl(io, file, options, tools)));

  program
    .command('simulate')
    .description('run the Verilog of a design, and hold every output, cycle and count against the model')
    .argument('<design>', 'design file, which "codesign --design" or "map --design" writes')
    .option('-l, --layer <name>', 'this layer only, by its name or its number counted from 0 (repeatable)', several)
    .option('--chain', 'the whole network in one DRAM, each layer reading what the one before wrote')
    .option(
      '-e, --engine <name>',
      `one of ${engines.join(', ')}; wasm needs nothing installed`,
      choice('engine', engines),
      'wasm',
    )
    .option('--seed <n>', 'seed of data that no file gives', wholeNumber(0), 1)
    .option(
      '--stalls <p>',
      'probability that DRAM stalls in a cycle, 0 to 0.9 or 0% to 90%; cycles are compared at 0 only',
      probability,
      0,
    )
    .option(
      '--latency <cycles>',
      'cycles by which an answer of DRAM may be late, at random; cycles are compared at 0 only',
      wholeNumber(0),
      0,
    )
    .option(
      '--scale <n>',
      `post-processing multiplies by this, 0 to ${mostScale} (default: drawn so that outputs spread)`,
      wholeNumber(0, mostScale),
    )
    .option('--shift <n>', `and divides by 2 to the power of this, 0 to ${mostShift}`, wholeNumber(0, mostShift))
    .option('--relu <on|off>', 'whether negative outputs become 0', choice('relu', ['on', 'off'] as const))
    .option('--inputs <file>', 'inputs of one layer, .npy or .bin: N, G x C, height, width with the border')
    .option('--weights <file>', 'its weights: G x K, C, S, R')
    .option('--bias <file>', 'its bias: G x K')
    .option('--output <file>', 'write its outputs, .npy or .bin')
    .option('--vcd <file>', 'write the waves of one layer')
    .option('--workers <n>', 'layers at a time (default: number of processors)', wholeNumber(1))
    .option('--json <file>', 'write the result as JSON; - is standard output, in place of the tables')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      '\nA difference between RTL and model is a bug in magnet: exit code 4.\n\nExamples:\n  magnet simulate pilotnet.json --layer conv5\n  magnet simulate pilotnet.json --layer 0 --engine verilator --inputs image.npy --output out.npy',
    )
    .action(async (file: string, options: SimulateOptions) =>
      end(await (options.chain ? chain : simulate)(io, file, options, tools)),
    );

  program
    .command('synth')
    .description('synthesize the logic of a design to cells, and lay its area beside the model')
    .argument('<design>', 'design file, which "codesign --design" or "map --design" writes')
    .option(
      '--liberty <file>',
      'cell library, .lib or .lib.gz; every file of it (repeatable; default: one of magnet for 16 nm)',
      several,
    )
    .option('--native', 'the yosys that is installed here, in place of the one that comes with magnet')
    .option('--json <file>', 'write the result as JSON; - is standard output, in place of the tables')
    .option('-q, --quiet', 'no progress')
    .action(async (file: string, options: SynthOptions) => end(await synth(io, file, options, tools)));
}
