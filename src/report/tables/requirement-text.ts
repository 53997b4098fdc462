// Requirements of results, and values of what is limited, with their units: to the nearest four digits, or rounded to
// the side on which a proof holds.

import { counted } from '../../base/text.js';
import type { Parameter } from '../../model/machine/parameters.js';
import type { ProveResultRequirement } from '../../results/prove-result.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import { quantityOfOneLayer } from '../../model/cost/network-goal.js';
import type { LimitedParameter, Requirement } from '../../model/cost/requirement.js';
import { digits, energyScale, grouped, magnitude, timeScale } from './quantities.js';

/** How a bound is said in a sentence: at least, at most. */
export const boundText = { min: 'at least', max: 'at most' } as const;

export type Rounding = 'nearest' | 'up' | 'down';

/** `clock` in MHz tells what cycles take; undefined where machines have several. */
export function requiredValue(
  r: Requirement,
  value: number,
  clock: number | undefined,
  rounding: Rounding = 'nearest',
): string {
  if (r.kind === 'area') return `${figure(value, rounding)} mm2`;
  if (r.kind === 'parameter') return parameterValue(r.parameter, value);
  if (r.quantity === 'latency') return cyclesText(value, clock, rounding);
  if (r.quantity === 'edp' || r.quantity === 'layer-edp')
    return `${rounding === 'nearest' ? magnitude(value) : rounded(value, rounding).toExponential(4)} pJ*cycles`;
  const { unit, pJ } = energyScale([value]);
  return `${figure(value / pJ, rounding)} ${unit}`;
}

/** An energy that is exact: to ten digits, rounded up so that it is enough. */
export function exactEnergy(pJ: number): string {
  const { unit, pJ: size } = energyScale([pJ]);
  const value = pJ / size;
  const near = Number(value.toPrecision(10));
  const step = 10 ** (Math.floor(Math.log10(value)) - 9);
  return `${(near < value ? near + step : near).toPrecision(10)} ${unit}`;
}

/** Cycles are whole, and shown in full. */
function cyclesText(value: number, clock: number | undefined, rounding: Rounding): string {
  const whole = rounding === 'up' ? Math.ceil(value) : Math.floor(value);
  const cycles = counted(whole, 'cycle');
  if (clock === undefined) return cycles;
  const seconds = value / clock / 1e6;
  const [unit, size] = timeScale(seconds);
  return `${figure(seconds / size, rounding)} ${unit} (${cycles})`;
}

const sizes: readonly LimitedParameter[] = [
  'weightBuffer',
  'inputBuffer',
  'accumBuffer',
  'globalBuffer',
] satisfies Parameter[];

/** Exact: the values come from menus. */
function parameterValue(parameter: LimitedParameter, value: number): string {
  if (parameter === 'clock') return `${value} MHz`;
  if (parameter === 'dramBandwidth') return `${value} GB/s`;
  if (!sizes.includes(parameter)) return grouped(value);
  if (value % 8192 === 0) return `${grouped(value / 8192)} KB`;
  return value % 8 === 0 ? `${grouped(value / 8)} B` : `${grouped(value)} bits`;
}

/** Four significant digits, or five and on the side asked for. */
const figure = (x: number, rounding: Rounding): string =>
  rounding === 'nearest' ? digits(x) : plain(rounded(x, rounding));
const plain = (x: number): string =>
  Math.abs(x) >= 1e15 || (x !== 0 && Math.abs(x) < 1e-6) ? x.toExponential(4) : String(x);

function rounded(x: number, side: 'up' | 'down'): number {
  const near = Number(x.toPrecision(5));
  // What conversions between units add in the last digits is no reason to move by one.
  if (Math.abs(near - x) <= 1e-12 * Math.abs(x)) return near;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(x))) - 4);
  if (side === 'up' && near < x) return Number((near + step).toPrecision(5));
  return side === 'down' && near > x ? Number((near - step).toPrecision(5)) : near;
}

/** A requirement of a result as the model says it; texts stay as the user wrote them. */
export function requirementOf({
  text: written,
  kind,
  name,
  layer = '',
  bound,
  value,
}: ProveResultRequirement): Requirement {
  const quantity = name as NetworkQuantity;
  switch (kind) {
    case 'area':
      return { kind, max: value, text: written };
    case 'network':
      return { kind, quantity, max: value, text: written };
    case 'layer':
      return { kind, layer, quantity: quantityOfOneLayer(quantity), max: value, text: written };
    case 'parameter':
      return { kind, parameter: name as LimitedParameter, bound, value, text: written };
  }
}
