// One entry of a layer table: a convolution by its dimensions or a matrix product by M, N and K.

import { isRecord } from '../base/records.js';
import type { Diagnostic } from '../base/diagnostics.js';
import { jsonText, nearest } from '../base/text.js';
import { maxPrecision } from '../model/machine/parameters.js';
import { dimensions, makeLayer } from '../model/workload/layer.js';
import type { CountedLayer } from '../model/workload/network.js';
import { tooLarge } from './size-limits.js';

/** The quantities of an entry and how they may be spelled: as CoSA, Timeloop and our golden cases do. */
const spellings = {
  N: ['N'],
  G: ['G', 'groups'],
  K: ['K'],
  C: ['C'],
  P: ['P'],
  Q: ['Q'],
  R: ['R'],
  S: ['S'],
  M: ['M'],
  strideP: ['Wstride', 'strideW', 'stride'],
  strideQ: ['Hstride', 'strideH', 'stride'],
  dilationR: ['Wdilation', 'dilationW', 'dilation'],
  dilationS: ['Hdilation', 'dilationH', 'dilation'],
  poolP: ['Wpool', 'poolW', 'pool'],
  poolQ: ['Hpool', 'poolH', 'pool'],
  weightBits: ['weightBits'],
  inputBits: ['inputBits'],
  count: ['count'],
} as const satisfies Record<string, readonly string[]>;
type Field = keyof typeof spellings;

/** `macs` is what some tables note beside the shape; it follows from the shape and is not read. */
export const knownKeys: readonly string[] = [
  ...new Set(Object.values(spellings).flat()),
  'bias',
  'residual',
  'fromHost',
  'name',
  'macs',
];
const sizeKeys: readonly string[] = [...dimensions, 'M', 'groups'];

/** Keeps an export of every occurrence, and the sum over a network, within reason. */
const maxOccurrences = 2 ** 20;

/** Whether an object is meant as an entry: it names at least one size. */
export const looksLikeLayer = (x: Readonly<Record<string, unknown>>): boolean =>
  sizeKeys.some((key) => Object.hasOwn(x, key));

/** A value as messages show it; never whole objects, which may be large or (by YAML anchors) hold themselves. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string'
    ? `the text "${value.slice(0, 40)}"`
    : typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : jsonText(value);
}

export function parseTableLayer(
  entry: unknown,
  path: Diagnostic['path'],
  index: number,
  faults: Diagnostic[],
): CountedLayer | undefined {
  const before = faults.length;
  if (!isRecord(entry)) {
    faults.push({
      code: 'wrong-type',
      path,
      message:
        'expected a layer such as {R: 3, S: 3, P: 56, Q: 56, C: 64, K: 64} or {M: 128, ' +
        `N: 768, K: 768}, got ${shown(entry)}`,
    });
    return undefined;
  }
  for (const key of Object.keys(entry)) {
    if (knownKeys.includes(key)) continue;
    faults.push({ code: 'unknown-key', path: [...path, key], message: `is not a field of a layer. ${hintFor(key)}` });
  }
  if (!looksLikeLayer(entry))
    faults.push({
      code: 'empty',
      path,
      message: `the layer has no dimension; give some of ${dimensions.join(', ')}, or M, N, K for a matrix product`,
    });
  const isProduct = Object.hasOwn(entry, 'M');
  if (isProduct) faults.push(...productFaults(entry, path));
  const sizes = readFields(entry, path, faults);
  const bias = readFlag(entry['bias'], true, 'bias', path, faults);
  const residual = readFlag(entry['residual'], false, 'residual', path, faults);
  const fromHost = readFlag(entry['fromHost'], false, 'fromHost', path, faults);
  if (residual && sizes.poolP * sizes.poolQ > 1)
    faults.push({
      code: 'conflict',
      path: [...path, 'residual'],
      message: 'does not go with a pool: no pool stands behind a layer with a residual. Leave one of the two out',
    });
  if (faults.length > before) return undefined;

  const layer = makeLayer(
    nameOf(entry, index, isProduct),
    isProduct ? { G: sizes.G, P: sizes.M, K: sizes.N, C: sizes.K } : sizes,
    {
      stride: [sizes.strideP, sizes.strideQ],
      dilation: [sizes.dilationR, sizes.dilationS],
      pool: [sizes.poolP, sizes.poolQ],
      bias,
      residual,
      ...(Object.hasOwn(entry, 'weightBits') && { weightBits: sizes.weightBits }),
      ...(Object.hasOwn(entry, 'inputBits') && { inputBits: sizes.inputBits }),
      fromHost: fromHost && sizes.R * sizes.S > 1,
    },
  );
  const excess = tooLarge(layer);
  if (excess === undefined) return { layer, count: sizes.count };
  faults.push({ code: 'out-of-range', path, message: excess });
  return undefined;
}

/** One or two letters are near to everything: only another case of a known key is a guess worth making. */
function hintFor(key: string): string {
  const near =
    key.length > 2 ? nearest(key, knownKeys) : knownKeys.find((known) => known.toLowerCase() === key.toLowerCase());
  return near === undefined ? `Known: ${knownKeys.join(', ')}` : `Did you mean ${near}?`;
}

function nameOf(entry: Readonly<Record<string, unknown>>, index: number, isProduct: boolean): string {
  if (typeof entry['name'] === 'string' || typeof entry['name'] === 'number') return String(entry['name']);
  const size = (name: string) => (typeof entry[name] === 'number' ? String(entry[name]) : '1');
  return isProduct ? `gemm_${size('M')}x${size('N')}x${size('K')}` : `layer_${index + 1}`;
}

/** M makes N the columns and K the reduction, so a convolution's dimensions, unless 1, can have no place beside it. */
function productFaults(entry: Readonly<Record<string, unknown>>, path: Diagnostic['path']): readonly Diagnostic[] {
  const fields = [
    'C',
    'P',
    'Q',
    'R',
    'S',
    'strideP',
    'strideQ',
    'dilationR',
    'dilationS',
    'poolP',
    'poolQ',
  ] as const satisfies readonly Field[];
  const foreign = [...new Set<string>(fields.flatMap((field) => spellings[field]))].filter(
    (key) => Object.hasOwn(entry, key) && entry[key] !== 1,
  );
  return foreign.map((key) => ({
    code: 'conflict',
    path: [...path, key],
    message:
      'does not go with M: M, N and K make a matrix product of M rows and N columns that sums over K. ' +
      `Remove ${key}, or M`,
  }));
}

/** Every quantity; 1 where it is not given. */
function readFields(
  entry: Readonly<Record<string, unknown>>,
  path: Diagnostic['path'],
  faults: Diagnostic[],
): Record<Field, number> {
  const bad = new Set<string>();
  const read = (field: Field): number => {
    const given = spellings[field].filter((key) => Object.hasOwn(entry, key));
    // `stride: 2` beside `Wstride: 1` is the general and the special; two special spellings must agree.
    const keys =
      given.length > 1 ? given.filter((key) => key !== 'stride' && key !== 'dilation' && key !== 'pool') : given;
    for (const key of keys) {
      const message = faultOf(entry[key], field);
      if (message === undefined || bad.has(key)) continue;
      bad.add(key);
      faults.push({ code: 'out-of-range', path: [...path, key], message });
    }
    const [first, second] = keys;
    if (first !== undefined && second !== undefined && entry[first] !== entry[second]) {
      faults.push({
        code: 'conflict',
        path: [...path, second],
        message: `is ${shown(entry[second])} but ${first} is ${shown(entry[first])}; give one of them`,
      });
    }
    return first === undefined ? 1 : (entry[first] as number);
  };
  return Object.fromEntries(Object.keys(spellings).map((field) => [field, read(field as Field)])) as Record<
    Field,
    number
  >;
}

/** What the fields that are yes or no ask. */
const flags = {
  bias: 'whether a bias is added to the sums of each output channel',
  residual: 'whether a tensor of the shape of the outputs comes in behind the sums',
  fromHost: 'whether its input is one of the network, which the host lays out as the layer wants it',
} as const;

/** YAML 1.2 reads `no` as text. */
function readFlag(
  value: unknown,
  unless: boolean,
  name: keyof typeof flags,
  path: Diagnostic['path'],
  faults: Diagnostic[],
): boolean {
  if (value === undefined) return unless;
  if (value === true || value === 'yes') return true;
  if (value !== false && value !== 'no')
    faults.push({
      code: 'wrong-type',
      path: [...path, name],
      message: `is ${shown(value)}; expected yes or no: ${flags[name]}`,
    });
  return false;
}

function faultOf(value: unknown, field: Field): string | undefined {
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
    return `is ${shown(value)}; write the number ${Number(value)} without quotes`;
  if (typeof value !== 'number') return `is ${shown(value)}; expected a whole number of at least 1`;
  if (!Number.isSafeInteger(value) || value < 1) return `is ${value}; expected a whole number of at least 1`;
  if ((field === 'weightBits' || field === 'inputBits') && value > maxPrecision)
    return `is ${value}; ${field === 'weightBits' ? 'weights' : 'inputs'} have at most ${maxPrecision} bits`;
  return field === 'count' && value > maxOccurrences
    ? `is ${value}; a layer occurs at most ${maxOccurrences} times`
    : undefined;
}
