// What a template's Verilog is made of: every width and depth, derived once.

import { invariant } from '../base/diagnostics.js';
import type { ChannelName } from '../model/machine/dram-channels.js';
import { dramChannels } from '../model/machine/dram-channels.js';
import { globalPorts } from '../model/machine/global-ports.js';
import type { LinePath } from '../model/machine/line-path.js';
import { packedPath } from '../model/machine/packed-weights.js';
import { halfWords } from '../model/machine/split-multipliers.js';
import type { HalfWords } from '../model/workload/split.js';
import { scaleBits, shiftBits } from '../model/machine/template-parts.js';
import type { Template } from '../model/machine/template.js';
import type { Residency } from './residency.js';
import { imageAddressOf } from '../model/machine/image-address.js';

/** Sizes of one machine; depths in words of the memory, widths in bits. */
export interface Hardware {
  readonly name: string;
  readonly vector: number;
  readonly lanes: number;
  readonly rows: number;
  readonly columns: number;
  readonly weightBits: number;
  readonly inputBits: number;
  readonly sumBits: number;
  /** Words of one half of the weight buffer (per lane) and of the input buffer; lines of the accumulation buffer. */
  readonly weightDepth: number;
  readonly inputDepth: number;
  readonly sumDepth: number;
  readonly weightCollector: number;
  readonly inputCollector: number;
  readonly sumCollector: number;
  readonly globalBanks: number;
  readonly globalBankDepth: number;
  /** Words of a line of the global buffer. */
  readonly globalLine: number;
  readonly biasDepth: number;
  /** Lines and beats of the channels to DRAM; cycles from a request to the first beat of its answer. */
  readonly channels: Readonly<Record<ChannelName, LinePath>>;
  readonly dramLatency: number;
  /** Lines and beats between the global buffer and the PEs. */
  readonly ports: ReturnType<typeof globalPorts>;
  /** Of machines in whose global buffer tensors may stay. */
  readonly residency?: Residency;
  /** Lines and beats of weights that lie packed; undefined where none do. */
  readonly packed: ReturnType<typeof packedPath>;
  /** The words that halves of multipliers take; absent where they do not split. */
  readonly split?: HalfWords;
  /** Loops of the PE nest: all dimensions at the accumulation buffer and at every deep collector. */
  readonly peLoops: number;
  readonly address: {
    readonly weight: number;
    readonly input: number;
    readonly sum: number;
    readonly weightEntry: number;
    readonly inputEntry: number;
    readonly sumEntry: number;
    readonly globalBank: number;
    /**
     * A line of the global buffer: its bank, then the line within the bank, which takes no
     * bit where a bank has one line. Where tensors may stay there, a part of a line, and a bank more, which is nowhere.
     */
    readonly global: number;
    readonly bias: number;
  };
  /** Width of configuration data: a register (32 bits, or a mask of positions in use), or a bias. */
  readonly configBits: number;
  /** Registered levels of the reduction tree. */
  readonly treeLevels: number;
}

/** Bits of a loop counter: loops are at most 65,536 long. */
export const counterBits = 16;
/** Bits of a register's address. */
export const registerBits = 12;
/** Bits of a DRAM address, in words. */
export const dramBits = 32;
/** Loops of the outer and of the inner nest: one per dimension. */
export const tileLoops = 8;
/** Of post-processing: they cost what the model says of them. */
export { scaleBits, shiftBits };
/**
 * Places by which a residual times its scale may be moved up beside a sum: |sum x scale| is at most 2^(sum bits + 15),
 * and |residual x scale| less than 2^(input bits + 16), so that so many places more need two bits more than the former.
 */
export const maxLift = (h: Pick<Hardware, 'sumBits' | 'inputBits'>): number => h.sumBits - h.inputBits;

/** Bits that address `n` places; at least one. */
export const addressBits = (n: number): number => Math.max(1, Math.ceil(Math.log2(n)));

export function hardwareOf(t: Template): Hardware {
  const split = halfWords(t);
  const half = (bits: number, word: number) => Math.floor(bits / word / 2);
  const line = Math.max(t.vectorSize, t.numLanes);
  const weightDepth = half(t.weightBuffer, t.numLanes * t.vectorSize * t.weightPrecision);
  const inputDepth = half(t.inputBuffer, t.vectorSize * t.inputPrecision);
  const sumDepth = Math.floor(t.accumBuffer / (t.numLanes * t.accumPrecision));
  const globalBankDepth = 2 ** Math.floor(Math.log2(t.globalBuffer / t.globalBanks / (line * t.inputPrecision)));
  invariant(Math.min(weightDepth, inputDepth, sumDepth, globalBankDepth) >= 1, `a buffer of ${t.name} holds no word`);
  const lineAddressBits = addressBits(t.globalBanks) + Math.log2(globalBankDepth);
  const residency = t.residency === 1 ? imageAddressOf(t, lineAddressBits) : undefined;
  const deep = [t.weightCollector, t.inputCollector, t.accumCollector].filter((d) => d > 1).length;
  return {
    name: t.name,
    vector: t.vectorSize,
    lanes: t.numLanes,
    rows: t.rows,
    columns: t.columns,
    weightBits: t.weightPrecision,
    inputBits: t.inputPrecision,
    sumBits: t.accumPrecision,
    weightDepth,
    inputDepth,
    sumDepth,
    weightCollector: t.weightCollector,
    inputCollector: t.inputCollector,
    sumCollector: t.accumCollector,
    globalBanks: t.globalBanks,
    globalBankDepth,
    globalLine: line,
    ...(residency && { residency }),
    biasDepth: t.biasLines,
    channels: dramChannels(t),
    dramLatency: t.dramLatency,
    ports: globalPorts(t),
    packed: packedPath(t),
    ...(split && { split }),
    peLoops: 8 * (1 + deep),
    address: {
      weight: addressBits(weightDepth),
      input: addressBits(inputDepth),
      sum: addressBits(sumDepth),
      weightEntry: addressBits(t.weightCollector),
      inputEntry: addressBits(t.inputCollector),
      sumEntry: addressBits(t.accumCollector),
      globalBank: addressBits(t.globalBanks) + (residency ? 1 : 0),
      global: residency ? residency.placeBits + 1 : lineAddressBits,
      bias: addressBits(t.biasLines),
    },
    configBits: Math.max(32, t.accumPrecision, t.vectorSize, t.numLanes, t.rows, t.columns, residency?.bits ?? 0),
    treeLevels: Math.ceil(Math.log2(t.rows)),
  };
}

/** Bits of an address in the global buffer as nests and engines step through it, and of an image in DRAM or there. */
export const tileBits = (h: Pick<Hardware, 'residency' | 'address'>): number => h.residency?.bits ?? h.address.global;
export const imageBits = (h: Pick<Hardware, 'residency'>): number => Math.max(dramBits, h.residency?.bits ?? 0);

/** `4 x 4 PEs of 8 lanes x 8, 8 x 8 -> 24 bit` for headers and listings. */
export const designPoint = (h: Hardware): string =>
  `${h.name}: ${h.rows} x ${h.columns} PEs, ${h.lanes} lanes x ${h.vector} wide, ${h.weightBits}-bit ` +
  `weights, ${h.inputBits}-bit activations, ${h.sumBits}-bit sums`;
