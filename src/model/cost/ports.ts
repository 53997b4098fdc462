// Ports: what passes each, and so for how long it is busy. Said once, of counts in any reading: with numbers these are whole
// cycles (`evaluate`), with products of a point's factors the same at many points (the quick cost), with logarithms a row (the encoder).

import { entry, nth } from '../../base/invariant.js';
import type { Action, Architecture, Bandwidth } from '../machine/architecture.js';
import type { Count } from './traffic.js';

export type PortName = keyof Bandwidth;
export const portNames = ['read', 'write', 'total'] as const satisfies readonly PortName[];

/** The actions whose words pass a port. */
export const passing: Readonly<Record<PortName, readonly Action[]>> = {
  read: ['read'],
  write: ['fill', 'update'],
  total: ['read', 'fill', 'update'],
};

/** What of a count says which words it moves. */
type Moved = Pick<Count<unknown>, 'level' | 'tensor' | 'action'>;

/** A port is busy for the sum of its loads, words x bits of a word, over its width: no fewer cycles does the layer take. */
export interface Port<C> {
  readonly level: number;
  readonly name: PortName;
  /** Bits that it moves in a cycle. */
  readonly width: number;
  /** What passes it, at least one count. */
  readonly loads: readonly { readonly count: C; readonly wordBits: number }[];
}

/** Every port whose bandwidth is limited and that something passes, from the outside in. */
export const portsOf = <C extends Moved>(a: Architecture, counts: readonly C[]): readonly Port<C>[] =>
  a.levels.flatMap(({ bandwidth }, level) =>
    portNames.flatMap((name) => {
      const width = bandwidth[name];
      if (width === null) return [];
      const own = counts.filter((c) => c.level === level && passing[name].some((action) => action === c.action));
      return own.length === 0
        ? []
        : [{ level, name, width, loads: own.map((count) => ({ count, wordBits: bitsOf(a, count) })) }];
    }),
  );

const bitsOf = (a: Architecture, { level, tensor }: Moved): number =>
  entry(nth(a.levels, level).stores, tensor).wordBits;

/** Whole cycles for which a port is busy. */
export const busyCycles = <C extends Pick<Count<number>, 'words'>>({ loads, width }: Port<C>): number =>
  Math.ceil(loads.reduce((bits, { count, wordBits }) => bits + count.words * wordBits, 0) / width);
