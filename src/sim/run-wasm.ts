// A job run by the netlist in WebAssembly: the host plays the configuration bus and DRAM, cycle by cycle.

import { defined, nth } from '../base/invariant.js';
import type { Random } from '../base/random.js';
import type { CounterName } from '../model/machine/template-names.js';
import { counters } from '../model/machine/template-names.js';
import { blockOf } from '../rtl/registers.js';
import { queue } from '../rtl/testbench.js';
import type { RegisterWrite } from '../rtl/program/register-writes.js';
import type { Counters } from './counts.js';
import { packBeat, wordOf } from './dram.js';
import type { Job } from './layer-job.js';
import type { Simulator } from './netlist/simulator.js';

export interface RunOptions {
  /** Probability in each cycle that a DRAM channel takes no request, and that it gives no answer. */
  readonly stalls: number;
  /**
   * An answer comes up to so many cycles later than in the next, at random, but never before
   * one that was asked for earlier.
   */
  readonly latency?: number;
  readonly chance: Random;
  /** Is told after every clock, to record waves. */
  readonly sample?: (() => void) | undefined;
  /** Cycles after which a machine that is still busy is given up. */
  readonly limit: number;
  progress: (cycles: number) => void;
}

export interface Run {
  /** Undefined where the machine did not come to an end. */
  readonly counters: Counters | undefined;
  readonly activations: Int32Array;
  readonly cycles: number;
  /** The machine did not accept the program. */
  readonly refused: boolean;
}

const reportEvery = 20_000;

interface Request {
  readonly address: number;
  /** The first cycle in which it may be answered. */
  readonly due: number;
}

export function runWasm(simulator: Simulator, job: Job, options: RunOptions): Run {
  const { hardware: h, registers } = job.accelerator;
  const activations = job.activations.slice();
  const chunks = new Uint32Array(simulator.memory.buffer);
  const at = (name: string) => simulator.port(name).offset / 4;
  const port = {
    cfgWe: at('cfg_we'),
    busy: at('busy'),
    input: {
      valid: at('input_req_valid'),
      ready: at('input_req_ready'),
      addr: at('input_req_addr'),
      answer: at('input_rsp_valid'),
      data: at('input_rsp_data'),
    },
    weight: {
      valid: at('weight_req_valid'),
      ready: at('weight_req_ready'),
      addr: at('weight_req_addr'),
      answer: at('weight_rsp_valid'),
      data: at('weight_rsp_data'),
    },
    output: {
      valid: at('output_valid'),
      ready: at('output_ready'),
      addr: at('output_addr'),
      mask: at('output_mask'),
      data: at('output_data'),
    },
  };
  simulator.clear();
  const tick = () => {
    simulator.tick();
    options.sample?.();
  };
  const write = ({ address, value }: RegisterWrite) => {
    simulator.set('cfg_we', 1);
    simulator.set('cfg_addr', address);
    simulator.set('cfg_wdata', BigInt(value));
    tick();
    simulator.set('cfg_we', 0);
  };
  simulator.set('rst', 1);
  tick();
  simulator.set('rst', 0);
  const read = (name: string) => {
    simulator.set('cfg_addr', blockOf(registers, name).base);
    return Number(simulator.get('cfg_rdata'));
  };

  const flows = () => options.stalls === 0 || options.chance.next() >= options.stalls;
  /** One read channel in one cycle: answers the oldest request, and takes in the next; either may stall. */
  const serve = (channel: typeof port.input, memory: Int32Array, bits: number, asked: Request[]): void => {
    const answers = asked.length > 0 && nth(asked, 0).due <= cycles && flows();
    chunks[channel.answer] = answers ? 1 : 0;
    if (answers) packBeat(chunks, channel.data, memory, defined(asked.shift()).address, h.vector, bits);
    const ready = asked.length < queue && flows();
    chunks[channel.ready] = ready ? 1 : 0;
    if (ready && chunks[channel.valid] === 1)
      asked.push({ address: nth(chunks, channel.addr), due: cycles + 1 + late() });
  };
  const late = () => (options.latency ? options.chance.below(options.latency + 1) : 0);
  let cycles = 0;
  const [askedInput, askedWeight]: [Request[], Request[]] = [[], []];
  const counted = Object.fromEntries(counters.map(([name]) => [name, 0])) as Record<CounterName, number>;
  for (const program of job.programs) {
    program.writes.forEach(write);
    write(program.start);
    if ((read('status') & 2) === 0) return { counters: undefined, activations, cycles, refused: true };
    finish();
    if (chunks[port.busy] === 1) return { counters: undefined, activations, cycles, refused: false };
    for (const [name] of counters) counted[name] += read(`count_${name}`);
  }
  return { counters: counted, activations, cycles, refused: false };

  /** Until the machine is not busy, or the cycles are used up. */
  function finish(): void {
    simulator.settle();
    for (; chunks[port.busy] === 1 && cycles < options.limit; cycles++) {
      serve(port.input, activations, h.inputBits, askedInput);
      serve(port.weight, job.weights, h.weightBits, askedWeight);
      const ready = flows();
      chunks[port.output.ready] = ready ? 1 : 0;
      if (ready && chunks[port.output.valid] === 1) {
        const address = nth(chunks, port.output.addr);
        for (let l = 0; l < h.lanes; l++) {
          if ((nth(chunks, port.output.mask + (l >>> 5)) >>> (l & 31)) & 1)
            activations[address + l] = wordOf(chunks, port.output.data, l, h.inputBits);
        }
      }
      tick();
      simulator.settle();
      if (cycles % reportEvery === reportEvery - 1) options.progress(cycles + 1);
    }
  }
}
