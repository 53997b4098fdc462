// Quantities that remember their unit at compile time, so that a mixed sum does not compile.

declare const unit: unique symbol;

/**
 * A number with a unit. The brand is a function type, hence invariant:
 * a list of bits and picojoules is not a list of `'bit' | 'pJ'`.
 */
export type Quantity<U extends string> = number & { readonly [unit]: (u: U) => U };
/** Energy in pJ. */
export type Picojoules = Quantity<'pJ'>;
/** Clock cycles of the machine. */
export type Cycles = Quantity<'cycle'>;
/** A size in bits: of a memory, a word, a line. */
export type Bits = Quantity<'bit'>;
/** Area in mm2. */
export type SquareMillimetres = Quantity<'mm2'>;
/** A clock in MHz. */
export type Megahertz = Quantity<'MHz'>;

/** Brands a number as pJ. */
export const picojoules = (n: number) => n as Picojoules;
/** Brands a number as clock cycles. */
export const cycles = (n: number) => n as Cycles;
/** Brands a number as bits. */
export const bits = (n: number) => n as Bits;
/** Bits of so many KB of 1024 bytes. */
export const kibibytes = (n: number) => (n * 1024 * 8) as Bits;
/** Brands a number as mm2. */
export const squareMillimetres = (n: number) => n as SquareMillimetres;
/** 1 mm2 = 1e6 um2. */
export const squareMicrometres = (n: number) => (n / 1e6) as SquareMillimetres;
/** Brands a number as MHz. */
export const megahertz = (n: number) => n as Megahertz;

/** The sum of quantities of one unit. */
export function sum<U extends string>(xs: Iterable<Quantity<U>>): Quantity<U> {
  let total = 0;
  for (const x of xs) total += x;
  return total as Quantity<U>;
}
