// The world around a machine on its own bus: registers written one a cycle, DRAM that answers beats of words.

import { nth } from '../base/invariant.js';
import type { LinePath } from '../model/machine/line-path.js';
import { queueOf } from '../rtl/bench-parts.js';
import { copyBits, packBeat, wordOf } from './dram.js';
import type { Host, HostJob, HostOptions } from './host.js';
import { moodsOf } from './host.js';
import type { Simulator } from './netlist/simulator.js';

interface Request {
  readonly address: number;
  /** The line, in beats, that it asks for, and so many words of memory. */
  readonly path: LinePath;
  readonly words: number;
  /** The first cycle in which it may be answered. */
  readonly due: number;
}

export function channelHost(simulator: Simulator, job: HostJob, options: HostOptions): Host {
  const h = job.accelerator.hardware;
  const activations = job.activations.slice();
  const chunks = new Uint32Array(simulator.memory.buffer);
  const at = (name: string) => simulator.port(name).offset / 4;
  const queue = queueOf(h);
  /** Room for a line, as whole beats. */
  const lineOf = ({ width, beats }: LinePath) => new Uint32Array(Math.ceil((width * beats) / 32));
  const channel = (name: 'input' | 'weight' | 'residual', words: number, own: LinePath) => ({
    path: () => ({ path: own, words }),
    valid: at(`${name}_req_valid`),
    ready: at(`${name}_req_ready`),
    addr: at(`${name}_req_addr`),
    answer: at(`${name}_rsp_valid`),
    data: at(`${name}_rsp_data`),
    asked: [] as Request[],
    line: lineOf(own),
    /** Beats of the line under way that are through. */
    beat: 0,
  });
  const input = channel('input', h.vector, h.channels.inputs);
  const { packed } = h;
  const isPacked = packed && at('weights_packed');
  const weight = {
    ...channel('weight', h.vector, h.channels.weights),
    // What the machine says while it asks.
    path: () =>
      packed && isPacked !== undefined && chunks[isPacked] === 1
        ? { path: packed, words: Math.ceil((h.vector * packed.wordBits) / h.weightBits) }
        : { path: h.channels.weights, words: h.vector },
  };
  const residual = channel('residual', h.lanes, h.channels.residuals);
  const [busy, writable] = [at('busy'), at('cfg_ready')];
  const output = {
    valid: at('output_valid'),
    ready: at('output_ready'),
    addr: at('output_addr'),
    mask: at('output_mask'),
    data: at('output_data'),
    own: h.channels.outputs,
    line: lineOf(h.channels.outputs),
    beat: 0,
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
      let cycles = 0;
      if (chunks[busy] !== 1) {
        tick();
        cycles = 1;
      }
      for (let taken = cycles > 0; !taken; cycles++) {
        simulator.settle();
        taken = chunks[writable] === 1;
        clock();
      }
      simulator.set('cfg_we', 0);
      simulator.settle();
      return cycles;
    },
    read: (register) => {
      simulator.set('cfg_addr', register);
      return Number(simulator.get('cfg_rdata'));
    },
    busy: () => chunks[busy] === 1,
    clock,
    activations: () => activations,
  };

  function clock(): void {
    serve(input, activations, h.inputBits);
    serve(weight, job.weights, h.weightBits);
    serve(residual, activations, h.inputBits);
    const ready = flows();
    chunks[output.ready] = ready ? 1 : 0;
    if (ready && chunks[output.valid] === 1) store(nth(chunks, output.addr));
    tick();
    simulator.settle();
    cycle++;
  }

  /** One read channel in one cycle: answers the oldest request, and takes in the next; either may stall. */
  function serve(c: typeof input, memory: Int32Array, bits: number): void {
    const answers = c.asked.length > 0 && nth(c.asked, 0).due <= cycle && flows();
    chunks[c.answer] = answers ? 1 : 0;
    if (answers) answer(c, memory, bits);
    const ready = c.asked.length < queue && flows();
    chunks[c.ready] = ready ? 1 : 0;
    if (ready && chunks[c.valid] === 1)
      c.asked.push({ ...c.path(), address: nth(chunks, c.addr), due: cycle + h.dramLatency + late() });
  }

  /** The next beat of the oldest request. */
  function answer(c: typeof input, memory: Int32Array, bits: number): void {
    const { address, words, path } = nth(c.asked, 0);
    const { width, beats } = path;
    if (c.beat === 0) packBeat(c.line, 0, memory, address, words, bits);
    copyBits(c.line, c.beat * width, chunks, 32 * c.data, width);
    if (++c.beat < beats) return;
    c.beat = 0;
    c.asked.shift();
  }

  /** Takes a beat of outputs; the last one of a line stores it. */
  function store(address: number): void {
    const { own, line } = output;
    copyBits(chunks, 32 * output.data, line, output.beat * own.width, own.width);
    if (++output.beat < own.beats) return;
    output.beat = 0;
    for (let l = 0; l < h.lanes; l++) {
      if ((nth(chunks, output.mask + (l >>> 5)) >>> (l & 31)) & 1)
        activations[address + l] = wordOf(line, 0, l, h.inputBits);
    }
  }
}
