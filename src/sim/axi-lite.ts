// Registers over AXI4-Lite: one word written or read at a time, with a slave that answers when it likes.

import { invariant } from '../base/diagnostics.js';
import type { Simulator } from './netlist/simulator.js';

export interface RegisterBus {
  /** Bytes of an address, and 32 bits; throws where the slave refuses the write. */
  readonly write: (address: number, value: number) => void;
  readonly read: (address: number) => number;
}

/** Cycles within which a register answers, however often the bus stalls. */
const patience = 10_000;

/** `clock` is one cycle of the whole machine; `flows` says whether the master offers something in it. */
export function registerBus(simulator: Simulator, clock: () => void, flows: () => boolean): RegisterBus {
  const port = (name: string, value: bigint | number) => simulator.set(`s_axi_${name}`, value);
  const high = (name: string) => simulator.get(`s_axi_${name}`) === 1n;
  port('bready', 1);
  port('rready', 1);
  return { write, read };

  function write(address: number, value: number): void {
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

  function read(address: number): number {
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
