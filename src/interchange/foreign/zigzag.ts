// Workloads of ZigZag: a list of layers, each an equation over loops with their sizes; read as Timeloop problems are.

import type { Fields } from '../../base/records.js';
import { isRecord } from '../../base/records.js';
import { defined, got, nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { refuse } from '../../base/diagnostics.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Unmapped } from '../../model/workload/network.js';
import { noFindings } from '../timeloop/findings.js';
import { readProblem } from '../timeloop/problem-section.js';
import { isZigzagLayer } from './foreign-data.js';
import type { ForeignNetwork } from './foreign-network.js';
import { foreignNetwork } from './foreign-network.js';

const textOf = (x: unknown) => (typeof x === 'string' || typeof x === 'number' ? String(x) : undefined);

/** A list of layers, an object of them by number (the older form), or one by itself. */
function entriesOf(data: unknown): readonly (readonly [string | undefined, Fields])[] {
  if (Array.isArray(data))
    return (data as readonly unknown[]).flatMap((x) => (isRecord(x) ? [[textOf(x['id']), x] as const] : []));
  if (!isRecord(data)) return [];
  return isZigzagLayer(data)
    ? [[undefined, data]]
    : Object.entries(data).flatMap(([key, x]) => (isRecord(x) ? [[key, x] as const] : []));
}

export const looksLikeZigzag = (data: unknown): boolean => entriesOf(data).some(([, x]) => isZigzagLayer(x));

/** Operators without a product of two tensors are listed as not mapped; faults name the layer. */
export function readZigzag(data: unknown, name: string): Parsed<ForeignNetwork> {
  const layers: Layer[] = [];
  const unmapped: Unmapped[] = [];
  const faults: Diagnostic[] = [];
  const precisions = new Set<string>();
  for (const [key, entry] of entriesOf(data)) {
    const own = textOf(entry['name']) ?? `layer_${key ?? layers.length}`;
    const operator = textOf(entry['operator_type']) ?? 'layer';
    if (entry['equation'] === 'input') continue;
    const read = layerOf(own, entry);
    if (!read.ok)
      faults.push(
        ...read.diagnostics.map((d) => ({ code: d.code, path: [], message: `${own} (${operator}): ${d.message}` })),
      );
    else if (read.value === undefined) unmapped.push({ operator, count: 1, macs: 0 });
    else {
      layers.push(read.value);
      if (isRecord(entry['operand_precision']))
        precisions.add(
          Object.entries(entry['operand_precision'])
            .map(([operand, n]) => `${operand} ${String(n)}`)
            .join(', '),
        );
    }
  }
  const notes =
    precisions.size > 0
      ? [`ZigZag: widths of words (${[...precisions].join('; ')} bits) are those of the machine here`]
      : [];
  return foreignNetwork(name, 'ZigZag workload', layers, unmapped, faults, notes);
}

/** Undefined for what has no product of two tensors: additions, and pooling, whose weights have no bits. */
function layerOf(name: string, entry: Fields): Parsed<Layer | undefined> {
  const text = (typeof entry['equation'] === 'string' ? entry['equation'] : '').replace(/\s/g, '');
  const equation = /^(\w+)((?:\[\w+\])+)(\+?=)(\w+)((?:\[\w+\])*)([*+-])(\w+)((?:\[\w+\])*)$/.exec(text);
  if (!equation)
    return refuse(
      'malformed',
      [],
      `the equation ${JSON.stringify(entry['equation'] ?? '')} is not of the form O[..]+=W[..]*I[..]`,
    );
  const [, out, outRanks, , left, leftRanks, operation, right, rightRanks] = equation as unknown as readonly string[];
  const precision = isRecord(entry['operand_precision']) ? entry['operand_precision'] : {};
  const weightless =
    [defined(left), defined(right)].some((operand) => precision[operand] === 0) ||
    (typeof entry['operator_type'] === 'string' && /pool/i.test(entry['operator_type']));
  if (operation !== '*' || weightless) return { ok: true, value: undefined };
  const sizes = sizesOf(entry);
  if (!sizes.ok) return sizes;
  const relations = relationsOf(entry);
  if (!relations.ok) return relations;
  const coefficients: { name: string; default: number }[] = [];
  const dims = merged(
    sizes.value,
    /^w/i.test(defined(right))
      ? [defined(outRanks), defined(rightRanks), defined(leftRanks)]
      : [defined(outRanks), defined(leftRanks), defined(rightRanks)],
    relations.value,
  );
  const projection = (ranks: string): readonly (readonly (readonly string[])[])[] =>
    ranksOf(ranks).map((at) => {
      if (dims.has(at)) return [[at]];
      // Loops that are not listed have a size of 1; merged ones stand where the first does.
      return (relations.value.get(at) ?? [])
        .filter(({ dim }) => dims.has(dim))
        .map(({ dim, factor }) => {
          const coefficient = `c${coefficients.length}`;
          coefficients.push({ name: coefficient, default: factor });
          return [dim, coefficient];
        });
    });
  const listed = new Map(sizes.value);
  const unknown = [defined(outRanks), defined(leftRanks), defined(rightRanks)]
    .flatMap(ranksOf)
    .find((rank) => !listed.has(rank) && !relations.value.has(rank));
  if (unknown !== undefined)
    return refuse(
      'missing',
      [],
      `the equation has ${unknown.toLowerCase()}, which is neither a loop nor in dimension_relations`,
    );
  const spaces = [
    [defined(left), defined(leftRanks)],
    [defined(right), defined(rightRanks)],
  ].map(([operand, ranks]) => ({ name: defined(operand), projection: ranksWithSize(projection(defined(ranks))) }));
  const shape = {
    name,
    dimensions: [...dims.keys()],
    data_spaces: [
      ...spaces,
      { name: defined(out), projection: ranksWithSize(projection(defined(outRanks))), read_write: true },
    ],
  };
  const f = noFindings();
  const problem = readProblem(
    f,
    { data: { shape: { ...shape, coefficients }, instance: Object.fromEntries(dims) }, path: [] },
    new Map(),
    name,
  );
  return problem && f.faults.length === 0
    ? { ok: true, value: { ...problem.layer, name, bias: false } }
    : { ok: false, diagnostics: f.faults };
}

const ranksOf = (text: string): readonly string[] =>
  [...text.matchAll(/\[(\w+)\]/g)].map(([, rank]) => defined(rank).toUpperCase());

/** Loops of one kind that a layer has: rows of outputs and inputs may be images, heights and widths. */
const maxRows = 3;

/**
 * Loops that index the same operands and no window are one loop, the first of them, where a layer has not as many:
 * batch and heads of attention, say. `operands`: outputs, weights, inputs.
 */
function merged(
  sizes: readonly (readonly [string, number])[],
  operands: readonly string[],
  relations: ReadonlyMap<string, readonly { readonly dim: string }[]>,
): Map<string, number> {
  const inWindows = new Set([...relations.values()].flat().map(({ dim }) => dim));
  const kinds = new Map<string, string[]>();
  for (const [dim] of sizes) {
    const kind = operands.map((ranks) => (ranksOf(ranks).includes(dim) ? 1 : 0)).join('');
    if (!inWindows.has(dim)) kinds.set(kind, [...(kinds.get(kind) ?? []), dim]);
  }
  const dims = new Map(sizes);
  for (const [kind, [first, ...others]] of kinds) {
    if (kind === '101' && others.length < maxRows) continue;
    for (const dim of others) {
      dims.set(defined(first), got(dims, first!) * got(dims, dim));
      dims.delete(dim);
    }
  }
  return dims;
}

/**
 * A rank of loops that are not listed has nothing left of it. Backwards, so that the width (ix)
 * comes before the height, as ours.
 */
const ranksWithSize = (ranks: readonly (readonly (readonly string[])[])[]) =>
  ranks.filter((rank) => rank.length > 0).reverse();

/** `loop_dims` beside `loop_sizes`, or the older `loop_dim_size`. */
function sizesOf(entry: Fields): Parsed<readonly (readonly [string, number])[]> {
  const [dims, sizes, older] = [entry['loop_dims'], entry['loop_sizes'], entry['loop_dim_size']];
  const pairs = isRecord(older)
    ? Object.entries(older)
    : Array.isArray(dims) && Array.isArray(sizes) && dims.length === sizes.length
      ? dims.map((d, i): [string, unknown] => [String(d), sizes[i] as unknown])
      : undefined;
  if (!pairs || pairs.length === 0)
    return refuse('malformed', [], 'expected loop_dims and loop_sizes of one length, or loop_dim_size');
  const wrong = pairs.find(([, n]) => !Number.isSafeInteger(n) || (n as number) < 1);
  if (wrong)
    return refuse(
      'invalid-value',
      [],
      `the size of loop ${wrong[0]} is ${JSON.stringify(wrong[1])}; expected a whole number of at least 1`,
    );
  return { ok: true, value: pairs.map(([d, n]) => [d.toUpperCase(), n as number] as const) };
}

/** `ix=2*ox+1*fx`: a position as a sum of loops with factors. */
function relationsOf(
  entry: Fields,
): Parsed<ReadonlyMap<string, readonly { readonly dim: string; readonly factor: number }[]>> {
  const list = entry['dimension_relations'] ?? entry['equation_relations'] ?? [];
  const relations = new Map<string, { dim: string; factor: number }[]>();
  for (const given of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    const [left, right] = String(given).replace(/\s/g, '').split('=');
    const terms = (right ?? '').split('+').map((term) => /^(?:(\d+)\*)?([A-Za-z]\w*)$/.exec(term));
    if (!left || terms.some((t) => !t))
      return refuse('malformed', [], `the relation ${JSON.stringify(given)} is not of the form ix=2*ox+1*fx`);
    relations.set(
      left.toUpperCase(),
      terms.map((t) => ({ dim: nth(t!, 2).toUpperCase(), factor: Number(defined(t)[1] ?? 1) })),
    );
  }
  return { ok: true, value: relations };
}
