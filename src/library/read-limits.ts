// `--limit NAME[@LAYER]=VALUE[UNIT]`, of every verb: one grammar, and what a limit is on: the chip, the network, each layer or one.

import { defined, nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import type { Units } from '../interchange/quantity.js';
import { costUnits, printPlain, readUnits, splitUnit, timeUnits } from '../interchange/quantity.js';
import type { Limits } from '../model/cost/goal.js';
import type { Network } from '../model/workload/network.js';
import type { NetworkLimits, NetworkQuantity } from '../model/cost/network-goal.js';
import { networkQuantities, quantityOfOneLayer } from '../model/cost/network-goal.js';
import type { CostQuantity } from '../model/cost/requirement.js';
import { costQuantities } from '../model/cost/requirement.js';
import { everyLayer } from '../results/limits-by-name.js';

/** The parts of a limit. */
export interface LimitText {
  readonly name: string;
  /** The layer that it is on; undefined where it names none. */
  readonly layer: string | undefined;
  readonly sign: '=' | '<=' | '>=';
  readonly value: string;
}

/** Undefined where it is none. Names of layers may hold any sign: the last comparison counts. */
export function splitLimit(text: string): LimitText | undefined {
  const [, left, sign, value] = /^(.*?)(<=|>=|=)([^<>=]*)$/s.exec(text) ?? [];
  if (left === undefined || sign === undefined || value === undefined) return undefined;
  const at = left.indexOf('@');
  return {
    name: (at < 0 ? left : left.slice(0, at)).trim(),
    layer: at < 0 ? undefined : left.slice(at + 1).trim(),
    sign: sign as LimitText['sign'],
    value: value.trim(),
  };
}

export interface LimitValue {
  readonly value: number;
  /** How a plain number was understood. */
  readonly note: string | undefined;
}

/**
 * A number above 0 in one of some units; a plain one counts `plain`, and that is said where there are units.
 * Otherwise what is wrong with it.
 */
export function limitValue(text: string, given: string, units: Units, plain: number): LimitValue | string {
  const read = readUnits(given, units, plain);
  const expected = `expected a number above 0${Object.keys(units).length > 0 ? `, in ${Object.keys(units).join(', ')}` : ''}`;
  const number = splitUnit(given)?.value ?? NaN;
  if (!Number.isFinite(number) || number <= 0) return expected;
  if ('fault' in read) return read.fault;
  const unit = read.unit === '' ? Object.keys(units).find((u) => units[u] === plain) : undefined;
  return {
    value: read.value,
    note: unit === undefined ? undefined : `note: --limit ${text}: read as ${printPlain(number)} ${unit}`,
  };
}

/** By which clocks times become cycles: that of the machine that is asked about, or all of a space. */
export interface Clocks {
  readonly of: string;
  readonly mhz: readonly number[];
}

/** What a cost may be, in pJ, cycles, pJ x cycles or mm2. */
export function costValue(
  text: string,
  quantity: NetworkQuantity | 'area',
  given: string,
  { of, mhz }: Clocks,
): LimitValue | string {
  if (quantity === 'latency' && mhz.length > 1 && timeUnits.includes(splitUnit(given)?.unit ?? '')) {
    const clocks = `${of} has several clocks (${mhz.join(', ')} MHz)`;
    return `${clocks}, so a time does not say how many cycles it is; give cycles, or a space with one clock`;
  }
  const read = limitValue(text, given, costUnits(mhz[0] ?? 1)[quantity], 1);
  if (typeof read === 'string') return read;
  if (!Number.isFinite(read.value)) return 'the number is too large to be a limit';
  return read.value < minLimit ? 'the number is too small to be a limit' : read;
}

/** In any unit: sums of what is limited, as shares of it, stay numbers. */
const minLimit = 1e-100;

export const atLeast = ({ name, layer, value }: LimitText): string =>
  `a cost has no lower limit: what costs less is only better; write ${name}${layer === undefined ? '' : `@${layer}`}<=${value}, or drop it`;

export const ofTheChip = ({ name, sign, value }: LimitText): string =>
  `${name} belongs to the chip, not to a layer; write ${name}${sign}${value}`;

export function unknownLayer(layer: string, network: string, names: readonly string[]): string {
  const message = unknownName(`layer of ${network}`, layer, names);
  return (
    `${message.endsWith('?') ? message : `${message};`} layers of one shape go by the name of the first ("magnet ` +
    'networks" lists them)'
  );
}

/** Upper limits as `--limit` says them: pJ, cycles, pJ x cycles. */
export interface CostLimits {
  /** On one run of the network as a whole. */
  readonly network: NetworkLimits;
  /** On every layer. */
  readonly each: Limits;
  /** On single layers, by name; each is also within those on every layer. */
  readonly layers: Readonly<Record<string, Limits>>;
  /** mm2. */
  readonly area: number | undefined;
  /** How numbers without a unit were understood, a line each. */
  readonly understood: readonly string[];
}

const names = [...networkQuantities, 'area'] as const;

/**
 * Limits from texts such as `latency=5ms`, as `--limit` takes them. Names of layers are checked where the network is known;
 * diagnostics list all faults.
 */
export function parseLimits(
  given: readonly string[],
  clocks: Clocks,
  network: Network | undefined,
): Parsed<CostLimits> {
  const faults: Diagnostic[] = [];
  const understood: string[] = [];
  /** By what they are on: a layer, or each. */
  const found = new Map<string, Partial<Record<CostQuantity, number>>>();
  const whole: Partial<Record<NetworkQuantity, number>> = {};
  let area: number | undefined;
  const take = (text: string): string | undefined => {
    const parts = splitLimit(text);
    if (!parts) return 'expected name=value with a unit, such as energy=3uJ';
    const { layer } = parts;
    const name = names.find((n) => n === parts.name);
    if (name === undefined) return unknownName('limit', parts.name, names);
    if (parts.sign === '>=') return atLeast(parts);
    if (name === 'area' && layer !== undefined) return ofTheChip(parts);
    const known = network?.layers.map((l) => l.layer.name);
    if (layer !== undefined && layer !== everyLayer && known && !known.includes(layer))
      return unknownLayer(layer, defined(network).name, known);
    const read = costValue(text, name, parts.value, clocks);
    if (typeof read === 'string') return read;
    const twice = (of: string) => `${of}${layer === undefined ? '' : `@${layer}`} is limited twice; keep one`;
    if (name === 'area') {
      if (area !== undefined) return twice(name);
      area = read.value;
    } else if (layer === undefined) {
      if (whole[name] !== undefined) return twice(name);
      whole[name] = read.value;
    } else {
      const [own, quantity] = [found.get(layer) ?? {}, quantityOfOneLayer(name)];
      if (own[quantity] !== undefined) return twice(quantity);
      found.set(layer, { ...own, [quantity]: read.value });
    }
    if (read.note !== undefined) understood.push(read.note);
    return undefined;
  };
  for (const text of given) {
    const message = take(text.trim());
    if (message !== undefined) faults.push({ code: 'bad-limit', path: [], message: `--limit ${text}: ${message}` });
  }
  if (faults.length > 0) return refused(faults);
  const each = found.get(everyLayer) ?? {};
  const layers = Object.fromEntries(
    [...found].flatMap(([layer, own]) => (layer === everyLayer ? [] : [[layer, tighter(each, own)]])),
  );
  return parsed({ network: whole, each, layers, area, understood });
}

/** Both hold. */
export const tighter = (a: Limits, b: Limits): Limits =>
  Object.fromEntries(
    costQuantities.flatMap((q) => {
      const max = Math.min(a[q] ?? Infinity, b[q] ?? Infinity);
      return max < Infinity ? [[q, max]] : [];
    }),
  );

export const isEmpty = (limits: object): boolean => Object.keys(limits).length === 0;

/** `latency=2ms` on every layer, or on one: both kinds of EDP are the same there. */
export const onLayer = (text: string, layer: string): string =>
  text.trim().replace(/^[\w-]+/, (name) => `${name === 'layer-edp' ? 'edp' : name}@${layer}`);

/** A network of a single layer is that layer. */
export const isOneLayer = ({ layers }: Network): boolean => layers.length === 1 && nth(layers, 0).count === 1;
