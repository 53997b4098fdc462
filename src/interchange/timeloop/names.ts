// What a Timeloop problem calls our dimensions and tensors; mappings and constraints speak in these names.

import { nearest } from '../../base/text.js';
import type { Dimension, Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, tensors } from '../../model/workload/layer.js';
import type { Findings, Path } from './findings.js';
import { fault, namesIn } from './findings.js';

export interface Names {
  readonly dims: ReadonlyMap<string, Dimension>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Where no problem is given: our own names, which are those of Timeloop's convolution. */
export const ownNames: Names = {
  dims: new Map(dimensions.map((d) => [d, d])),
  tensors: new Map(tensors.map((t) => [t, t])),
};

/** Reports a name that the problem does not have. */
export function lookUp<T>(
  f: Findings,
  what: string,
  known: ReadonlyMap<string, T>,
  name: string,
  path: Path,
): T | undefined {
  const found = known.get(name);
  if (found === undefined) {
    const near = nearest(name, [...known.keys()]);
    fault(
      f,
      'unknown-name',
      path,
      `the problem has no ${what} ${name}; ` +
        (near === undefined ? `it has ${[...known.keys()].join(', ')}` : `did you mean ${near}?`),
    );
  }
  return found;
}

/** A layer with the names of its problem, where they are others than ours; dimensions that are one of ours stand together. */
export function calledAsIn(names: Names, layer: Layer): Layer {
  const called: Partial<Record<Dimension | Tensor, string>> = {};
  for (const [name, own] of [...names.dims, ...names.tensors])
    called[own] = called[own] === undefined ? name : `${called[own]} x ${name}`;
  return Object.entries(called).every(([own, name]) => own === name) ? layer : { ...layer, called };
}

/** What the problem calls a tensor. */
export const tensorName = (names: Names, tensor: Tensor): string =>
  [...names.tensors].find(([, t]) => t === tensor)?.[0] ?? tensor;

/** Tensors in a list of data spaces; `*` is all. */
export function tensorsIn(f: Findings, names: Names, x: unknown, path: Path): readonly Tensor[] {
  if (x === undefined || x === null) return [];
  const list = namesIn(x);
  if (!list) {
    fault(f, 'invalid-value', path, `expected a list of data spaces, got ${JSON.stringify(x)}`);
    return [];
  }
  return list.includes('*')
    ? tensors
    : list.flatMap((name) => lookUp(f, 'data space', names.tensors, name, path) ?? []);
}
