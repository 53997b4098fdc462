// Energy: what each count is charged. Said once, and read as `traffic.ts` is: with numbers (`evaluate`), with products of a
// point's factors (the quick cost), with logarithms (the encoder).

import type { Architecture, Storage } from '../machine/architecture.js';
import type { Machine } from '../machine/compiled-machine.js';
import { storageOf } from '../machine/compiled-machine.js';
import type { Conventions } from './conventions.js';
import type { Tensor, Weighed } from '../workload/layer.js';
import { packedIn } from '../workload/layer.js';
import type { Count, Reading } from './traffic.js';
import { charged, instances, paddedMacs } from './traffic.js';

/**
 * What an action is charged: pJ for each of the `units` in every `block` of accesses. Of wires a unit is one bit of the
 * word that they carry; of memories it is the access.
 */
export interface Price {
  readonly energy: number;
  readonly units: number;
  readonly block: number;
}

export function priceOf(
  { energy, blockSize, linkEnergy, wordBits, packed, split }: Storage,
  action: Count<unknown>['action'],
  layer: Weighed,
): Price {
  if (action === 'transfer') return { energy: linkEnergy, units: wordBits, block: 1 };
  const other = layer.split ? split : packedIn(packed, layer);
  const own = action === 'read' ? other?.read : undefined;
  return { energy: own ?? energy[action], units: 1, block: blockSize };
}

/** pJ of one access, or of one word on the wires. */
export const energyPerAccess = ({ energy, units, block }: Price): number => (units * energy) / block;

/** A count as it is charged: energy x units x copies x (accesses / block). */
export interface Charge<X> extends Price {
  /** Copies of the level that are charged apart; of wires, all that work. */
  readonly copies: X;
  /** Whether blocks are rounded up: those of all counts of one action on one tensor of a level together. */
  readonly whole: boolean;
}

/** The charges of one level: what copies of it there are is read once. */
export function chargesAt<X>(
  r: Reading<X>,
  m: Machine,
  { wholeBlocks }: Conventions,
  level: number,
): (tensor: Tensor, action: Count<unknown>['action']) => Charge<X> {
  const [working, apart] = [instances(r, level), charged(r, m, level)];
  return (tensor, action) => {
    const { energy, units, block } = priceOf(storageOf(m, level, tensor), action, r);
    const onWires = action === 'transfer';
    return { energy, units, block, copies: onWires ? working : apart, whole: wholeBlocks && !onWires };
  };
}

/** Of a multiplication with its additions; of two of half the bits where a layer is split. */
export const energyPerMac = ({ energy, split }: Architecture['compute'], { split: is }: Weighed): number =>
  (is ? split : undefined) ?? energy;

/** What is charged beside accesses: multiplications, padding included, and every cycle. */
export const runCharges = <X>(r: Reading<X>, { compute, staticEnergy }: Architecture) => ({
  macs: paddedMacs(r),
  energyPerMac: energyPerMac(compute, r),
  energyPerCycle: staticEnergy,
});
