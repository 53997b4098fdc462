// What the lines of a certificate say, as rational numbers and as sentences name it.

import { defined, nth } from '../../base/invariant.js';
import type { Rational } from '../../base/rational.js';
import { exactly, product, rational } from '../../base/rational.js';
import type { ExactLine } from '../network-lines.js';
import type { ScheduleCertificate, ScheduleLine } from './schedule-certificate.js';

/** What steps cost at least, that there are mappings at all left aside. */
export const minimaOf = ({ lines }: ScheduleCertificate): number =>
  lines.reduce((n, { minima }) => n + minima.reduce((m, own) => m + own.length, 0), 0);

export const weightsOf = ({ energy, cycles }: Pick<ScheduleLine, 'energy' | 'cycles'>): ExactLine['weights'] => ({
  energy: exactly(energy),
  cycles: exactly(cycles),
  both: rational(0n),
});

/** What one of the whole numbers of a line is worth. */
export const unitOf = ({ unit }: Pick<ScheduleLine, 'unit'>): Rational =>
  unit >= 0 ? rational(1n << BigInt(unit)) : rational(1n, 1n << BigInt(-unit));

/** A layer with what stays around it. */
export const nameOfVariant = ({ question, variants }: ScheduleCertificate, variant: number): string => {
  const { layer, resident } = nth(variants, variant);
  const { name } = nth(question.layers, layer);
  return resident.length === 0 ? name : `${name} with ${resident.join(' and ')} in the global buffer`;
};

/** No totals lie below it. @throws where no schedule is on it. */
export const exactLineOf = (line: Pick<ScheduleLine, 'energy' | 'cycles' | 'unit' | 'potentials'>): ExactLine => ({
  weights: weightsOf(line),
  sum: product(rational(BigInt(defined(line.potentials[0] ?? undefined))), unitOf(line)),
});
