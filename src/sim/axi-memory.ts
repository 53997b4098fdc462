// Memory behind AXI4, which holds whoever uses it to the rules: what is offered stays until it is taken, bursts have
// whole beats and end before a multiple of 4,096 bytes, the last beat says so.

import { invariant } from '../base/diagnostics.js';
import { defined, nth } from '../base/invariant.js';
import type { Moods } from './host.js';
import type { Simulator } from './netlist/simulator.js';

/** Words of 1, 2 or 4 bytes from the byte `base` on; what lies around them reads as 0 and is written by nobody. */
export class AxiMemory {
  readonly bytes: Uint8Array;

  constructor(
    readonly base: bigint,
    words: Int32Array,
    private readonly wordBytes: number,
  ) {
    this.bytes = new Uint8Array(words.length * wordBytes);
    words.forEach((word, i) => {
      for (let b = 0; b < wordBytes; b++) this.bytes[i * wordBytes + b] = word >> (8 * b);
    });
  }

  /** Word by word, with the sign of its bytes. */
  words(): Int32Array {
    const unused = 32 - 8 * this.wordBytes;
    return Int32Array.from({ length: this.bytes.length / this.wordBytes }, (_, i) => {
      let word = 0;
      for (let b = 0; b < this.wordBytes; b++) word |= nth(this.bytes, i * this.wordBytes + b) << (8 * b);
      return (word << unused) >> unused;
    });
  }
}

/** The bytes of some ports of a master. */
function ports(simulator: Simulator, prefix: string) {
  const memory = new Uint8Array(simulator.memory.buffer);
  const words = new Uint32Array(simulator.memory.buffer);
  const at = (name: string) => simulator.port(`${prefix}_${name}`).offset;
  return {
    flag: (name: string) => {
      const place = at(name) / 4;
      return {
        get high() {
          return words[place] === 1;
        },
        set high(value: boolean) {
          words[place] = value ? 1 : 0;
        },
      };
    },
    number: (name: string) => {
      const place = at(name) / 4;
      return () => nth(words, place);
    },
    address: (name: string) => {
      const place = at(name) / 4;
      return () => (BigInt(nth(words, place + 1)) << 32n) | BigInt(nth(words, place));
    },
    bytes: (name: string) => {
      const place = at(name);
      return memory.subarray(place, place + Math.ceil(simulator.port(`${prefix}_${name}`).width / 8));
    },
  };
}

interface Burst {
  readonly address: bigint;
  readonly beats: number;
  readonly due: number;
}

/** Bursts that a memory takes before it has answered one. */
const depth = 16;

/** An offer that was not taken must stand in the next cycle as it was. */
function steadfast(what: string): (offered: boolean, taken: boolean, ...payload: readonly (bigint | number)[]) => void {
  let waits: string | undefined;
  return (offered, taken, ...payload) => {
    const now = payload.join(' ');
    invariant(waits === undefined || (offered && waits === now), `AXI: ${what} changed before it was taken`);
    waits = offered && !taken ? now : undefined;
  };
}

function burstOf(address: bigint, len: number, beatBytes: number, due: number): Burst {
  const beats = len + 1;
  invariant(address % BigInt(beatBytes) === 0n, `AXI: a burst begins within a beat, at ${address}`);
  invariant(
    address / 4096n === (address + BigInt(beats * beatBytes) - 1n) / 4096n,
    `AXI: a burst of ${beats} beats crosses a multiple of 4,096 bytes at ${address}`,
  );
  return { address, beats, due };
}

/** A read channel; `serve` is called once a cycle, after outputs have settled and before the clock. */
export function axiReads(simulator: Simulator, prefix: string, memory: AxiMemory, { flows, late }: Moods) {
  const p = ports(simulator, prefix);
  const [arvalid, arready, rvalid, rready] = [p.flag('arvalid'), p.flag('arready'), p.flag('rvalid'), p.flag('rready')];
  const [araddr, arlen, rdata, rlast] = [p.address('araddr'), p.number('arlen'), p.bytes('rdata'), p.flag('rlast')];
  const beatBytes = rdata.length;
  const steady = steadfast('a read address');
  const asked: Burst[] = [];
  let beat = 0;
  let offered = false;
  return {
    serve(cycle: number): void {
      // An answer that was offered stays.
      const answers = offered || (asked.length > 0 && nth(asked, 0).due <= cycle && flows());
      rvalid.high = answers;
      if (answers) {
        const { address, beats } = nth(asked, 0);
        const from = Number(address - memory.base) + beat * beatBytes;
        for (let i = 0; i < beatBytes; i++) rdata[i] = memory.bytes[from + i] ?? 0;
        rlast.high = beat === beats - 1;
        offered = !rready.high;
        if (!offered && ++beat === beats) {
          asked.shift();
          beat = 0;
        }
      }
      const ready = asked.length < depth && flows();
      arready.high = ready;
      steady(arvalid.high, ready, araddr(), arlen());
      if (ready && arvalid.high) asked.push(burstOf(araddr(), arlen(), beatBytes, cycle + 1 + late()));
    },
  };
}

/** A write channel. */
export function axiWrites(simulator: Simulator, prefix: string, memory: AxiMemory, { flows, late }: Moods) {
  const p = ports(simulator, prefix);
  const [awvalid, awready] = [p.flag('awvalid'), p.flag('awready')];
  const [wvalid, wready, wlast] = [p.flag('wvalid'), p.flag('wready'), p.flag('wlast')];
  const [bvalid, bready] = [p.flag('bvalid'), p.flag('bready')];
  const [awaddr, awlen, wdata, wstrb] = [p.address('awaddr'), p.number('awlen'), p.bytes('wdata'), p.bytes('wstrb')];
  const beatBytes = wdata.length;
  const [steadyAddress, steadyData] = [steadfast('a write address'), steadfast('write data')];
  const asked: Burst[] = [];
  const beats: { readonly data: Uint8Array; readonly strobes: Uint8Array; readonly last: boolean }[] = [];
  /** Cycles in which writes that are done may be acknowledged. */
  const done: number[] = [];
  let offered = false;
  return {
    serve(cycle: number): void {
      const answers = offered || (done.length > 0 && nth(done, 0) <= cycle && flows());
      bvalid.high = answers;
      offered = answers && !bready.high;
      if (answers && !offered) done.shift();

      // Some memories take data only once they have an address; others the other way round.
      const addressReady = asked.length < depth && flows();
      awready.high = addressReady;
      steadyAddress(awvalid.high, addressReady, awaddr(), awlen());
      if (addressReady && awvalid.high) asked.push(burstOf(awaddr(), awlen(), beatBytes, cycle));
      const dataReady = beats.length < depth && flows();
      wready.high = dataReady;
      steadyData(wvalid.high, dataReady, wlast.high ? 1 : 0, ...wdata, ...wstrb);
      if (dataReady && wvalid.high) beats.push({ data: wdata.slice(), strobes: wstrb.slice(), last: wlast.high });
      store(cycle);
    },
  };

  function store(cycle: number): void {
    while (asked.length > 0 && beats.length >= nth(asked, 0).beats) {
      const burst = defined(asked.shift());
      for (let b = 0; b < burst.beats; b++) {
        const { data, strobes, last } = defined(beats.shift());
        invariant(last === (b === burst.beats - 1), 'AXI: the last beat of a burst is not where its length says');
        const from = Number(burst.address - memory.base) + b * beatBytes;
        data.forEach((byte, i) => {
          if ((nth(strobes, i >> 3) >> (i & 7)) & 1 && from + i >= 0 && from + i < memory.bytes.length)
            memory.bytes[from + i] = byte;
        });
      }
      done.push(cycle + 1 + late());
    }
  }
}
