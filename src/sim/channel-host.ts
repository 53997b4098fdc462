// The world around a machine on its own bus: registers written one a cycle, DRAM that answers beats of words.

import { defined, nth } from '../base/invariant.js';
import { queue } from '../rtl/bench-parts.js';
import { packBeat, wordOf } from './dram.js';
import type { Host, HostJob, HostOptions } from './host.js';
import { moodsOf } from './host.js';
import type { Simulator } from './netlist/simulator.js';

interface Request {
  readonly address: number;
  /** The first cycle in which it may be answered. */
  readonly due: number;
}

export function channelHost(simulator: Simulator, job: HostJob, options: HostOptions): Host {
  const h = job.accelerator.hardware;
  const activations = job.activations.slice();
  const chunks = new Uint32Array(simulator.memory.buffer);
  const at = (name: string) => simulator.port(name).offset / 4;
  const channel = (name: 'input' | 'weight' | 'residual', words: number) => ({
    words,
    valid: at(`${name}_req_valid`),
    ready: at(`${name}_req_ready`),
    addr: at(`${name}_req_addr`),
    answer: at(`${name}_rsp_valid`),
    data: at(`${name}_rsp_data`),
    asked: [] as Request[],
  });
  const [input, weight] = [channel('input', h.vector), channel('weight', h.vector)];
  const [residual, busy] = [channel('residual', h.lanes), at('busy')];
  const output = {
    valid: at('output_valid'),
    ready: at('output_ready'),
    addr: at('output_addr'),
    mask: at('output_mask'),
    data: at('output_data'),
  };
  let cycle = 0;
  const { flows, late } = moodsOf(options);
  const tick = () => {
    simulator.tick();
    options.sample?.();
  };
  simulator.set('rst', 1);
  tick();
  simulator.set('rst', 0);
  return {
    write: ({ address, value }) => {
      simulator.set('cfg_we', 1);
      simulator.set('cfg_addr', address);
      simulator.set('cfg_wdata', BigInt(value));
      tick();
      simulator.set('cfg_we', 0);
      simulator.settle();
    },
    read: (register) => {
      simulator.set('cfg_addr', register);
      return Number(simulator.get('cfg_rdata'));
    },
    busy: () => chunks[busy] === 1,
    clock: () => {
      serve(input, activations, h.inputBits);
      serve(weight, job.weights, h.weightBits);
      serve(residual, activations, h.inputBits);
      const ready = flows();
      chunks[output.ready] = ready ? 1 : 0;
      if (ready && chunks[output.valid] === 1) store(nth(chunks, output.addr));
      tick();
      simulator.settle();
      cycle++;
    },
    activations: () => activations,
  };

  /** One read channel in one cycle: answers the oldest request, and takes in the next; either may stall. */
  function serve(c: typeof input, memory: Int32Array, bits: number): void {
    const answers = c.asked.length > 0 && nth(c.asked, 0).due <= cycle && flows();
    chunks[c.answer] = answers ? 1 : 0;
    if (answers) packBeat(chunks, c.data, memory, defined(c.asked.shift()).address, c.words, bits);
    const ready = c.asked.length < queue && flows();
    chunks[c.ready] = ready ? 1 : 0;
    if (ready && chunks[c.valid] === 1) c.asked.push({ address: nth(chunks, c.addr), due: cycle + 1 + late() });
  }

  function store(address: number): void {
    for (let l = 0; l < h.lanes; l++) {
      if ((nth(chunks, output.mask + (l >>> 5)) >>> (l & 31)) & 1)
        activations[address + l] = wordOf(chunks, output.data, l, h.inputBits);
    }
  }
}
