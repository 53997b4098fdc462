// The world around a machine on AXI: a host that writes and reads registers over AXI4-Lite, and two memories.

import { invariant } from '../base/diagnostics.js';
import { axiByte, axiChannels, axiOwnByte } from '../rtl/axi.js';
import { axiReads, axiWrites, AxiMemory } from './axi-memory.js';
import type { Host, HostOptions } from './host.js';
import type { Job } from './layer-job.js';
import type { Simulator } from './netlist/simulator.js';

/** Where the memories begin: above 4 GB, and not at a multiple of anything. */
const bases = { activations: 0x3_4567_8f00n, weights: 0x9_0000_0a00n } as const;

export function axiHost(simulator: Simulator, job: Job, options: HostOptions): Host {
  const h = job.accelerator.hardware;
  const [input, weight] = axiChannels(h);
  // A few words further on, so that beats of the bus begin within words of the channel.
  const memoryOf = (base: bigint, words: Int32Array, wordLog: number) =>
    new AxiMemory(base + BigInt(3 << wordLog), words, 1 << wordLog);
  const activations = memoryOf(bases.activations, job.activations, input.wordLog);
  const weights = memoryOf(bases.weights, job.weights, weight.wordLog);
  const flows = () => options.stalls === 0 || options.chance.next() >= options.stalls;
  const moods = { flows, late: () => (options.latency ? options.chance.below(options.latency + 1) : 0) };
  const channels = [
    axiReads(simulator, 'm_axi_input', activations, moods),
    axiReads(simulator, 'm_axi_weight', weights, moods),
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
  const port = (name: string, value: bigint | number) => simulator.set(`s_axi_${name}`, value);
  const high = (name: string) => simulator.get(`s_axi_${name}`) === 1n;

  simulator.set('aresetn', 0);
  clock();
  simulator.set('aresetn', 1);
  clock();
  port('bready', 1);
  port('rready', 1);
  writeWord(axiOwnByte(h, 'interrupt_enable'), 1);
  for (const [name, { base }] of [
    ['activation_base', activations],
    ['weight_base', weights],
  ] as const) {
    writeWord(axiOwnByte(h, `${name}_low`), Number(base & 0xffff_ffffn));
    writeWord(axiOwnByte(h, `${name}_high`), Number(base >> 32n));
  }
  return {
    write: ({ address, value }) => {
      const bits = BigInt.asUintN(h.configBits, BigInt(value));
      if (words[irq] === 1) writeWord(axiOwnByte(h, 'bus_status'), 8);
      // What a register has above 32 bits goes first; the word at its address writes it.
      for (let word = Math.ceil(h.configBits / 32) - 1; word >= 0; word--) {
        const part = Number((bits >> BigInt(32 * word)) & 0xffff_ffffn);
        if (word === 0 || part !== 0) writeWord(axiByte(h, address) + 4 * word, part);
      }
    },
    read: (register) => readWord(axiByte(h, register)),
    // A layer that has ended interrupts.
    busy: () => words[irq] === 0,
    clock,
    activations: () => activations.words(),
  };

  function writeWord(address: number, value: number): void {
    port('awaddr', address);
    port('wdata', value);
    port('wstrb', 15);
    // Address and data come in any order.
    let [addressLeft, dataLeft] = [true, true];
    for (let left = patience; left > 0; left--) {
      port('awvalid', addressLeft && flows() ? 1 : 0);
      port('wvalid', dataLeft && flows() ? 1 : 0);
      const [tookAddress, tookData] = [high('awready'), high('wready')];
      const answered = high('bvalid');
      if (answered) invariant(!addressLeft && !dataLeft, 'AXI: a write is answered before it was taken');
      const failed = answered && simulator.get('s_axi_bresp') !== 0n;
      addressLeft &&= !(simulator.get('s_axi_awvalid') === 1n && tookAddress);
      dataLeft &&= !(simulator.get('s_axi_wvalid') === 1n && tookData);
      clock();
      if (answered) {
        invariant(!failed, `AXI: the write to ${address} was refused`);
        return;
      }
    }
    invariant(false, `AXI: the write to ${address} was not answered`);
  }

  function readWord(address: number): number {
    port('araddr', address);
    port('arvalid', 1);
    until('arready', address);
    clock();
    port('arvalid', 0);
    until('rvalid', address);
    const value = Number(simulator.get('s_axi_rdata'));
    clock();
    return value;
  }

  function until(name: string, address: number): void {
    for (let left = patience; !high(name); left--) {
      invariant(left > 0, `AXI: ${name} stayed low for the read of ${address}`);
      clock();
    }
  }
}

/** Cycles within which a register answers, however often the bus stalls. */
const patience = 10_000;
