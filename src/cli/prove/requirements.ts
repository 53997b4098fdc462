// `--limit` of `prove`: what is required of the machine, the network and single layers, from how people write it.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { unknownName } from '../../base/text.js';
import { clockUnits, sizeUnits, splitUnit } from '../../interchange/quantity.js';
import { parameters } from '../../model/design-space.js';
import type { Network } from '../../model/network.js';
import { machineryName } from '../../model/presets.js';
import type { CostQuantity, LimitedParameter, Requirement } from '../../model/requirement.js';
import { costQuantities } from '../../model/requirement.js';
import type { Candidates } from '../../tuner/prove/request.js';
import type { Units } from '../limits.js';
import { costUnits, readQuantity, severalClocks, timeUnits } from '../limits.js';
import { conflicts } from './requirement-conflicts.js';

/** What the limits are about; undefined what could not be read, of which nothing is asked then. */
export interface Subject {
  readonly network: Network | undefined;
  readonly candidates: Candidates | undefined;
}

const limited: readonly LimitedParameter[] = ['pes', ...parameters];
/** What people call them. */
const synonyms: Readonly<Record<string, LimitedParameter>> = { lanes: 'numLanes', vector: 'vectorSize' };
const known: readonly string[] = ['area', ...costQuantities, ...limited, ...Object.keys(synonyms)];

const sizes: readonly LimitedParameter[] = ['weightBuffer', 'inputBuffer', 'accumBuffer', 'globalBuffer'];
const bitCounts: readonly LimitedParameter[] = ['weightPrecision', 'inputPrecision', 'accumPrecision'];

/** The rest are counts. */
function unitsOf(p: LimitedParameter): Units {
  if (p === 'clock') return clockUnits;
  if (sizes.includes(p)) return sizeUnits;
  return bitCounts.includes(p) ? { bits: 1, bit: 1 } : {};
}

/** All faults are listed; what is said twice is taken once. */
export function parseRequirements(given: readonly string[], about: Subject): Parsed<readonly Requirement[]> {
  const fault = (text: string, message: string): Diagnostic => ({ code: 'bad-limit', path: [], message: `--limit ${text}: ${message}` });
  const read = given.map((text) => ({ text: text.trim(), result: parseRequirement(text.trim(), about) }));
  const requirements = read.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  const found = conflicts(requirements, about.candidates);
  const faults = [...read.flatMap(({ text, result }) => (typeof result === 'string' ? [fault(text, result)] : [])), ...found.faults];
  return faults.length > 0 ? refused(faults) : parsed(found.kept);
}

/** The requirement, or what is wrong with the text. */
function parseRequirement(text: string, about: Subject): Requirement | string {
  // Names of layers may hold any sign: the last comparison counts.
  const [, left, sign, value] = /^(.*?)(<=|>=|=)([^<>=]*)$/s.exec(text) ?? [];
  if (left === undefined || sign === undefined || value === undefined) return 'expected name=value, name<=value or name>=value, such as latency=10ms or pes>=4';
  const at = left.indexOf('@');
  const name = (at < 0 ? left : left.slice(0, at)).trim();
  const layer = at < 0 ? undefined : left.slice(at + 1).trim();
  const parameter = limited.find((p) => p === name) ?? (Object.hasOwn(synonyms, name) ? synonyms[name] : undefined);
  const quantity = costQuantities.find((q) => q === name);
  if (parameter === undefined && quantity === undefined && name !== 'area') return unknownName('limit', name, known);
  if (layer !== undefined && quantity === undefined) return `${name} belongs to the chip, not to a layer; write ${name}${sign}${value}`;
  if (parameter !== undefined) return parameterRequirement(text, parameter, sign === '>=' ? 'least' : 'most', value, about);
  if (sign === '>=') return `a cost has no lower limit: what costs less is only better; write ${left.trim()}<=${value.trim()}, or drop it`;
  return quantity === undefined ? areaRequirement(text, value, about) : costRequirement(text, quantity, layer, value, about);
}

function parameterRequirement(text: string, parameter: LimitedParameter, bound: 'least' | 'most', given: string, { candidates }: Subject): Requirement | string {
  if (candidates?.kind === 'machine' && candidates.machine.kind === 'hierarchy') return `${machineryName(candidates.machine)} is not made from the template, so it has no ${parameter}; drop the limit`;
  const units = unitsOf(parameter);
  const isCount = !sizes.includes(parameter) && parameter !== 'clock';
  const value = readQuantity(given, units, isCount ? 1 : undefined);
  if (typeof value !== 'number') return value.fault;
  if (isCount && !Number.isSafeInteger(value)) return 'expected a whole number of at least 1';
  return Number.isFinite(value) ? { kind: 'parameter', parameter, bound, value, text } : tooLarge;
}

function areaRequirement(text: string, given: string, { candidates }: Subject): Requirement | string {
  if (candidates?.kind === 'machine' && candidates.machine.kind === 'hierarchy') return `the area of ${machineryName(candidates.machine)} is not known, because it is not made from the template; drop the limit`;
  const most = readQuantity(given, costUnits(1).area, undefined);
  if (typeof most !== 'number') return most.fault;
  return most < leastLimit ? tooSmall : { kind: 'area', most, text };
}

function costRequirement(text: string, quantity: CostQuantity, layer: string | undefined, given: string, { network, candidates }: Subject): Requirement | string {
  const clocks = clocksOf(candidates);
  if (candidates?.kind === 'space' && clocks.length > 1 && timeUnits.includes(splitUnit(given)?.unit ?? '')) return severalClocks(candidates.space.name, clocks);
  const most = readQuantity(given, costUnits(clocks[0] ?? 1)[quantity], undefined);
  if (typeof most !== 'number') return most.fault;
  if (!Number.isFinite(most)) return tooLarge;
  if (most < leastLimit) return tooSmall;
  if (layer === undefined) return { kind: 'network', quantity, most, text };
  const names = network?.layers.map((l) => l.layer.name);
  if (names && !names.includes(layer)) return `${unknownLayer(layer, network!.name, names)} layers of one shape go by the name of the first ("magnet networks" lists them)`;
  return { kind: 'layer', layer, quantity, most, text };
}

const tooLarge = 'the number is too large to be a limit';
const tooSmall = 'the number is too small to be a limit';
/** In any unit: sums of what is limited, as shares of it, stay numbers. */
const leastLimit = 1e-100;

function unknownLayer(layer: string, network: string, names: readonly string[]): string {
  const message = unknownName(`layer of ${network}`, layer, names);
  return message.endsWith('?') ? message : `${message};`;
}

/** MHz. */
export function clocksOf(candidates: Candidates | undefined): readonly number[] {
  if (candidates === undefined) return [];
  if (candidates.kind === 'space') return candidates.space.menus.clock;
  return [candidates.machine.kind === 'template' ? candidates.machine.template.clock : candidates.machine.architecture.clock];
}
