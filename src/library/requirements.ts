// `--limit` of `prove`: what is required of the machine, the network and single layers, from how people write it.

import { defined, entry } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import type { Units } from '../interchange/quantity.js';
import { clockUnits, rateUnits, sizeUnits } from '../interchange/quantity.js';
import { parameters } from '../model/space/design-space.js';
import type { Network } from '../model/workload/network.js';
import { machineryName } from '../model/machine/presets.js';
import type { NetworkQuantity } from '../model/cost/network-goal.js';
import { networkQuantities, quantityOfOneLayer } from '../model/cost/network-goal.js';
import type { LimitedParameter, Requirement } from '../model/cost/requirement.js';
import type { Candidates } from '../tuner/prove/prove-request.js';
import type { LimitText } from './read-limits.js';
import { atLeast, costValue, limitValue, ofTheChip, splitLimit, unknownLayer } from './read-limits.js';
import { conflicts } from './requirement-conflicts.js';
import { everyLayer } from '../results/limits-by-name.js';

/** What the limits are about; undefined what could not be read, of which nothing is asked then. */
export interface Subject {
  readonly network: Network | undefined;
  readonly candidates: Candidates | undefined;
}

const limited: readonly LimitedParameter[] = ['pes', ...parameters];
/** What people call them. */
const synonyms: Readonly<Record<string, LimitedParameter>> = { lanes: 'numLanes', vector: 'vectorSize' };
const known: readonly string[] = ['area', ...networkQuantities, ...limited, ...Object.keys(synonyms)];

const sizes: readonly LimitedParameter[] = ['weightBuffer', 'inputBuffer', 'accumBuffer', 'globalBuffer'];
const bitCounts: readonly LimitedParameter[] = [
  ...(['weightPrecision', 'inputPrecision', 'accumPrecision'] as const),
  ...(['weightChannel', 'inputChannel', 'outputChannel'] as const),
  ...(['globalReadPort', 'globalWritePort'] as const),
];
/** What need not be whole. */
const measured: readonly LimitedParameter[] = ['clock', 'dramBandwidth'];

/** The rest are counts. */
function unitsOf(p: LimitedParameter): Units {
  if (p === 'clock') return clockUnits;
  if (p === 'dramBandwidth') return rateUnits;
  if (sizes.includes(p)) return sizeUnits;
  return bitCounts.includes(p) ? { bits: 1, bit: 1 } : {};
}

/** What `parseRequirements` reads. */
export interface Requirements {
  readonly requirements: readonly Requirement[];
  /** How numbers without a unit were understood, a line each. */
  readonly understood: readonly string[];
}

/** What a limit requires, or what is wrong with it. */
type Read = { readonly required: readonly Requirement[]; readonly note: string | undefined } | string;

/**
 * Requirements from texts such as `latency=10ms`, as `--limit` of `prove` takes them. What is said twice is taken once;
 * diagnostics list all faults.
 */
export function parseRequirements(given: readonly string[], about: Subject): Parsed<Requirements> {
  const fault = (text: string, message: string): Diagnostic => ({
    code: 'bad-limit',
    path: [],
    message: `--limit ${text}: ${message}`,
  });
  const read = given.map((text) => ({ text: text.trim(), result: parseRequirement(text.trim(), about) }));
  const good = read.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  const found = conflicts(
    good.flatMap(({ required }) => required),
    about.candidates,
  );
  const faults = [
    ...read.flatMap(({ text, result }) => (typeof result === 'string' ? [fault(text, result)] : [])),
    ...found.faults,
  ];
  return faults.length > 0
    ? refused(faults)
    : parsed({ requirements: found.kept, understood: good.flatMap(({ note }) => note ?? []) });
}

function parseRequirement(text: string, about: Subject): Read {
  const parts = splitLimit(text);
  if (!parts) return 'expected name=value, name<=value or name>=value, such as latency=10ms or pes>=4';
  const { name, layer } = parts;
  const parameter = limited.find((p) => p === name) ?? (Object.hasOwn(synonyms, name) ? synonyms[name] : undefined);
  const quantity = networkQuantities.find((q) => q === name);
  if (parameter === undefined && quantity === undefined && name !== 'area') return unknownName('limit', name, known);
  if (layer !== undefined && quantity === undefined) return ofTheChip(parts);
  if (parameter !== undefined) return parameterRequirement(text, parameter, parts, about);
  if (parts.sign === '>=') return atLeast(parts);
  return quantity === undefined ? areaRequirement(text, parts, about) : costRequirement(text, quantity, parts, about);
}

function parameterRequirement(
  text: string,
  parameter: LimitedParameter,
  { sign, value: given }: LimitText,
  { candidates }: Subject,
): Read {
  if (candidates?.kind === 'machine' && candidates.machine.kind === 'hierarchy')
    return `${machineryName(candidates.machine)} is not made from the template, so it has no ${parameter}; drop the limit`;
  const size = sizes.includes(parameter);
  const read = limitValue(text, given, unitsOf(parameter), size ? entry(sizeUnits, 'B') : 1);
  if (typeof read === 'string') return read;
  const { value, note } = read;
  if (!size && !measured.includes(parameter) && !Number.isSafeInteger(value))
    return 'expected a whole number of at least 1';
  if (!Number.isFinite(value)) return 'the number is too large to be a limit';
  return { required: [{ kind: 'parameter', parameter, bound: sign === '>=' ? 'min' : 'max', value, text }], note };
}

function areaRequirement(text: string, { value }: LimitText, { candidates }: Subject): Read {
  if (candidates?.kind === 'machine' && candidates.machine.kind === 'hierarchy')
    return `the area of ${machineryName(candidates.machine)} is not known, because it is not made from the template; drop the limit`;
  const read = costValue(text, 'area', value, { of: 'the machine', mhz: [] });
  return typeof read === 'string' ? read : { required: [{ kind: 'area', max: read.value, text }], note: read.note };
}

function costRequirement(
  text: string,
  quantity: NetworkQuantity,
  { layer, value, sign }: LimitText,
  { network, candidates }: Subject,
): Read {
  const read = costValue(text, quantity, value, {
    of: candidates?.kind === 'space' ? candidates.space.name : 'the machine',
    mhz: clocksOf(candidates),
  });
  if (typeof read === 'string') return read;
  const { value: max, note } = read;
  const names = network?.layers.map((l) => l.layer.name);
  if (layer === undefined) return { required: [{ kind: 'network', quantity, max, text }], note };
  const own = quantityOfOneLayer(quantity);
  const on = (name: string, as: string): Requirement => ({ kind: 'layer', layer: name, quantity: own, max, text: as });
  if (layer === everyLayer)
    return { required: (names ?? []).map((name) => on(name, `${quantity}@${name}${sign}${value}`)), note };
  if (names && !names.includes(layer)) return unknownLayer(layer, defined(network).name, names);
  return { required: [on(layer, text)], note };
}

/** MHz. */
export function clocksOf(candidates: Candidates | undefined): readonly number[] {
  if (candidates === undefined) return [];
  if (candidates.kind === 'space') return candidates.space.menus.clock;
  return [
    candidates.machine.kind === 'template' ? candidates.machine.template.clock : candidates.machine.architecture.clock,
  ];
}
