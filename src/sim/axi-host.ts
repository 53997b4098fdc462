// The world around a machine on AXI: a host that writes and reads registers over AXI4-Lite, and two memories.

import { axiByte, axiChannels, axiOwnByte } from '../rtl/axi.js';
import { registerBus } from './axi-lite.js';
import { axiReads, axiWrites, AxiMemory } from './axi-memory.js';
import type { Host, HostJob, HostOptions } from './host.js';
import { moodsOf } from './host.js';
import type { Simulator } from './netlist/simulator.js';

/** Where the memories begin: above 4 GB, and not at a multiple of anything. */
const bases = { activations: 0x3_4567_8f00n, weights: 0x9_0000_0a00n } as const;

export function axiHost(simulator: Simulator, job: HostJob, options: HostOptions): Host {
  const h = job.accelerator.hardware;
  const [input, weight] = axiChannels(h);
  // A few words further on, so that beats of the bus begin within words of the channel.
  const memoryOf = (base: bigint, words: Int32Array, wordLog: number) =>
    new AxiMemory(base + BigInt(3 << wordLog), words, 1 << wordLog);
  const activations = memoryOf(bases.activations, job.activations, input.wordLog);
  const weights = memoryOf(bases.weights, job.weights, weight.wordLog);
  const own = moodsOf(options);
  const moods = { ...own, late: () => h.dramLatency - 1 + own.late() };
  const channels = [
    axiReads(simulator, 'm_axi_input', activations, moods),
    axiReads(simulator, 'm_axi_weight', weights, moods),
    axiReads(simulator, 'm_axi_residual', activations, moods),
    axiWrites(simulator, 'm_axi_output', activations, moods),
  ];
  const words = new Uint32Array(simulator.memory.buffer);
  const irq = simulator.port('irq').offset / 4;
  let cycle = 0;
  const clock = () => {
    for (const channel of channels) channel.serve(cycle);
    simulator.tick();
    options.sample?.();
    simulator.settle();
    cycle++;
  };

  simulator.set('aresetn', 0);
  clock();
  simulator.set('aresetn', 1);
  clock();
  const registers = registerBus(simulator, clock, moods.flows);
  registers.write(axiOwnByte(h, 'interrupt_enable'), 1);
  for (const [name, { base }] of [
    ['activation_base', activations],
    ['weight_base', weights],
  ] as const) {
    registers.write(axiOwnByte(h, `${name}_low`), Number(base & 0xffff_ffffn));
    registers.write(axiOwnByte(h, `${name}_high`), Number(base >> 32n));
  }
  return {
    write: ({ address, value }) => {
      const begin = cycle;
      const bits = BigInt.asUintN(h.configBits, BigInt(value));
      if (words[irq] === 1) registers.write(axiOwnByte(h, 'bus_status'), 8);
      // What a register has above 32 bits goes first; the word at its address writes it.
      for (let word = Math.ceil(h.configBits / 32) - 1; word >= 0; word--) {
        const part = Number((bits >> BigInt(32 * word)) & 0xffff_ffffn);
        if (word === 0 || part !== 0) registers.write(axiByte(h, address) + 4 * word, part);
      }
      return cycle - begin;
    },
    read: (register) => registers.read(axiByte(h, register)),
    // A layer that has ended interrupts.
    busy: () => words[irq] === 0,
    clock,
    activations: () => activations.words(),
  };
}
