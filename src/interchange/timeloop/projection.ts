// Which of our dimensions a Timeloop problem's are, told from the data spaces that they index.

import { nth } from '../../base/invariant.js';
import type { Dimension, Tensor } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Findings, Path } from './findings.js';
import { fault, fieldsOf, listOf, numberOf } from './findings.js';
import { checkKeys } from './keys.js';

/** A rank of a data space: a dimension, or the sum of two with coefficients. */
interface Term {
  readonly dim: string;
  readonly coefficient: number;
}
export interface DataSpace {
  readonly name: string;
  readonly writes: boolean;
  readonly ranks: readonly (readonly Term[])[];
  readonly path: Path;
}

export interface Roles {
  readonly dims: ReadonlyMap<string, Dimension>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
}

/** `[[[C]], [[R, Wdilation], [P, Wstride]]]`: a list of ranks, each a sum of products. */
export function readDataSpace(
  f: Findings,
  data: unknown,
  dims: readonly string[],
  coefficients: ReadonlyMap<string, number>,
  path: Path,
): DataSpace | undefined {
  const fields = fieldsOf(data);
  const ranks = listOf(fields?.projection);
  if (typeof fields?.name !== 'string' || !ranks) {
    fault(f, 'malformed', path, 'expected a data space: {name, projection, read_write}');
    return undefined;
  }
  checkKeys(f, fields, ['name', 'projection', 'read_write'], path);
  const name = fields.name;
  const complain = (i: number, message: string) => fault(f, 'not-covered', [...path, 'projection', i], message);
  const read = ranks.map((rank, i) =>
    (listOf(rank) ?? []).flatMap((product): Term[] => {
      const parts = listOf(product) ?? [];
      const own = parts.filter((p) => dims.includes(p as string)) as string[];
      if (own.length !== 1 || parts.length > 2) {
        complain(
          i,
          `the product ${JSON.stringify(product)} of ${name} is not one of a dimension (${dims.join(', ')}) and ` +
            'a coefficient',
        );
        return [];
      }
      const rest = parts.filter((p) => p !== own[0]);
      const coefficient = rest.length === 0 ? 1 : (coefficients.get(rest[0] as string) ?? numberOf(rest[0]));
      if (!Number.isSafeInteger(coefficient) || coefficient < 1) {
        complain(
          i,
          `the coefficient ${JSON.stringify(rest[0])} of ${name} has no value of at least 1; ` +
            'give it under coefficients or in the instance',
        );
        return [];
      }
      return [{ dim: nth(own, 0), coefficient }];
    }),
  );
  return {
    name,
    writes: fields.read_write === true || String(fields.read_write).toLowerCase() === 'true',
    ranks: read,
    path,
  };
}

/**
 * Which data space is which: the written one is Outputs, of the others the one with windows is Inputs, or
 * the one named so, or the first.
 */
function tensorsOf(f: Findings, spaces: readonly DataSpace[], path: Path): Record<Tensor, DataSpace> | undefined {
  const written = spaces.filter((s) => s.writes);
  const [a, b, ...more] = spaces.filter((s) => !s.writes);
  if (written.length !== 1 || !a || !b || more.length > 0) {
    fault(
      f,
      'not-covered',
      path,
      'magnet has two tensors that are read and one with read_write: true; this shape ' +
        `has ${spaces.length - written.length} and ${written.length}`,
    );
    return undefined;
  }
  const isInput = (s: DataSpace) => s.ranks.some((r) => r.length > 1 || r.some((t) => t.coefficient > 1));
  const weightsFirst =
    isInput(b) || (!isInput(a) && (/^(w$|weight|filter|kernel)/i.test(a.name) || /^(i$|input|ifmap)/i.test(b.name)));
  return { Outputs: nth(written, 0), Inputs: weightsFirst ? b : a, Weights: weightsFirst ? a : b };
}

/** By the tensors that a plain dimension indexes, the ones of ours that it may be, the likeliest first. */
const plainRoles: readonly { readonly of: readonly Tensor[]; readonly may: readonly Dimension[] }[] = [
  { of: ['Weights', 'Inputs', 'Outputs'], may: ['G'] },
  { of: ['Weights', 'Outputs'], may: ['K'] },
  { of: ['Weights', 'Inputs'], may: ['C', 'R', 'S'] },
  { of: ['Inputs', 'Outputs'], may: ['P', 'Q', 'N'] },
];

/** Every dimension of the shape gets one of ours, under its own name where that fits. */
export function rolesOf(
  f: Findings,
  dims: readonly string[],
  spaces: readonly DataSpace[],
  path: Path,
): Roles | undefined {
  const byTensor = tensorsOf(f, spaces, path);
  if (!byTensor) return undefined;
  const found = new Map<string, Dimension>();
  const stride: [number, number] = [1, 1];
  const dilation: [number, number] = [1, 1];
  const order = ['Weights', 'Inputs', 'Outputs'] as const;
  const indexes = (dim: string) => order.filter((t) => byTensor[t].ranks.some((r) => r.some((x) => x.dim === dim)));
  const give = (dim: string, role: Dimension) => void found.set(dim, role);
  const free = (d: Dimension) => ![...found.values()].includes(d);
  const refuse = (space: DataSpace, i: number, why: string) =>
    fault(f, 'not-covered', [...space.path, 'projection', i], why);

  for (const space of spaces) {
    const used = space.ranks.flatMap((rank) => rank.map((t) => t.dim));
    const twice = used.find((d, i) => used.indexOf(d) !== i);
    if (twice !== undefined)
      fault(
        f,
        'not-covered',
        [...space.path, 'projection'],
        `${space.name} is indexed by ${twice} twice; in magnet a dimension indexes a tensor once`,
      );
  }
  // A window is the sum of an output position and a kernel position; names of ours say which of the two windows it is.
  for (const tensor of order) {
    const space = byTensor[tensor];
    space.ranks.forEach((rank, i) => {
      const shown = rank.map((t) => (t.coefficient === 1 ? t.dim : `${t.coefficient} ${t.dim}`)).join(' + ');
      if (rank.length === 1 && nth(rank, 0).coefficient === 1) return undefined;
      const out = rank.find((t) => !indexes(t.dim).includes('Weights'));
      const kernel = rank.find((t) => !indexes(t.dim).includes('Outputs'));
      const isWindow =
        tensor === 'Inputs' &&
        out &&
        indexes(out.dim).includes('Outputs') &&
        (rank.length === 1 ||
          (rank.length === 2 && kernel && kernel !== out && indexes(kernel.dim).includes('Weights')));
      if (!isWindow) {
        return refuse(
          space,
          i,
          `${space.name} is indexed by ${shown}; magnet has plain dimensions, and in inputs the sum of a ` +
            'position of the output and one of the kernel',
        );
      }
      const second = out.dim === 'Q' || kernel?.dim === 'S' || (!free('P') && out.dim !== 'P');
      const w = second ? 1 : 0;
      if (!free(second ? 'Q' : 'P')) return refuse(space, i, `${shown} is a third window; magnet has two`);
      give(out.dim, second ? 'Q' : 'P');
      stride[w] = out.coefficient;
      // Without a kernel position there is one row of the kernel.
      if (rank.length === 1 || !kernel) return undefined;
      give(kernel.dim, second ? 'S' : 'R');
      dilation[w] = kernel.coefficient;
      return undefined;
    });
  }
  const rest = dims.filter((d) => !found.has(d));
  const rolesFor = (dim: string) => plainRoles.find(({ of }) => of.join() === indexes(dim).join())?.may ?? [];
  // Two plain dimensions make no window: where one is taken, its partner is not to be had.
  const partner: Partial<Record<Dimension, Dimension>> = { P: 'R', R: 'P', Q: 'S', S: 'Q' };
  const open = (d: Dimension) => free(d) && (partner[d] === undefined || free(partner[d]));
  // A plain R or S is no kernel; it may stay what it is called where C is taken.
  const own = dimensions.filter((d) => d !== 'R' && d !== 'S' && rest.includes(d) && rolesFor(d).includes(d));
  for (const d of own) if (open(d)) give(d, d);
  for (const dim of rest.filter((d) => !found.has(d))) {
    const may = rolesFor(dim);
    const role = may.find(open);
    const where = indexes(dim);
    if (role) give(dim, role);
    else if (where.length === 0) fault(f, 'not-covered', path, `dimension ${dim} indexes no data space`);
    else if (may.length === 0)
      fault(
        f,
        'not-covered',
        path,
        `dimension ${dim} indexes ` +
          where.map((t) => byTensor[t].name).join(' and ') +
          ' only; in magnet every dimension indexes two tensors, or all three',
      );
    else
      fault(
        f,
        'not-covered',
        path,
        `dimension ${dim} is one more that indexes ` +
          where.map((t) => byTensor[t].name).join(' and ') +
          ` than magnet has (${may.join(', ')}); merge it with another`,
      );
  }
  const tensors = new Map(order.map((t) => [byTensor[t].name, t]));
  return { dims: found, tensors, stride, dilation };
}
