// A Timeloop problem (shape and instance) as a layer, with what it calls our dimensions and tensors.

import { defined, got } from '../../base/invariant.js';
import type { Dimension, Layer } from '../../model/workload/layer.js';
import { macs, makeLayer, maxMacs } from '../../model/workload/layer.js';
import type { Scope } from './expression.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, isCount, listOf, namesIn, numberOf, shown } from './findings.js';
import { checkKeys } from './keys.js';
import type { Names } from './names.js';
import type { DataSpace } from './projection.js';
import { readDataSpace, rolesOf } from './projection.js';
import type { Section } from './sections.js';
import { evaluated } from './variables.js';

export interface ProblemSection {
  readonly layer: Layer;
  readonly names: Names;
}

/** Timeloop's built-in shape, which a problem has that names none. */
const convolution = {
  name: 'cnn-layer',
  dimensions: ['R', 'S', 'P', 'Q', 'C', 'K', 'N'],
  coefficients: ['Wstride', 'Hstride', 'Wdilation', 'Hdilation'].map((name) => ({ name, default: 1 })),
  data_spaces: [
    { name: 'Weights', projection: [[['C']], [['K']], [['R']], [['S']]] },
    {
      name: 'Inputs',
      projection: [
        [['N']],
        [['C']],
        [
          ['R', 'Wdilation'],
          ['P', 'Wstride'],
        ],
        [
          ['S', 'Hdilation'],
          ['Q', 'Hstride'],
        ],
      ],
    },
    { name: 'Outputs', projection: [[['N']], [['K']], [['Q']], [['P']]], read_write: true },
  ],
};
/** Sizes that go with a convolution and follow from its dimensions; converters write them. */
const derived = ['H', 'W', 'Hpad', 'Wpad', 'Padding'];
const generic = ['cnn-layer', 'cnn_layer', 'problem', 'gemm', 'matmul'];

/** The layer is called as the shape, or `name` where that says nothing. */
export function readProblem(
  f: Findings,
  { data, path }: Section,
  scope: Scope,
  name: string,
): ProblemSection | undefined {
  const problem = fieldsOf(data);
  if (!problem) {
    fault(f, 'malformed', path, 'expected a problem: {shape: {dimensions, data_spaces}, instance: {...}}');
    return undefined;
  }
  const named = typeof problem.shape === 'string' ? problem.shape.toLowerCase().replaceAll('_', '-') : undefined;
  if (named !== undefined && named !== convolution.name)
    fault(
      f,
      'not-covered',
      [...path, 'shape'],
      `the built-in shape ${problem.shape as string} is not read; write its dimensions and data_spaces, ` +
        'or use cnn-layer',
    );
  const shape =
    named !== undefined || problem.shape === undefined ? defined(fieldsOf(convolution)) : fieldsOf(problem.shape);
  // Older files have sizes beside the shape.
  const instance = evaluated(f, fieldsOf(problem.instance) ?? problem, scope);
  const dims = namesIn(shape?.dimensions);
  const spaces = listOf(shape?.data_spaces);
  if (shape) checkKeys(f, shape, ['name', 'version', 'dimensions', 'coefficients', 'data_spaces'], [...path, 'shape']);
  if (!shape || !dims || !spaces) {
    fault(
      f,
      'malformed',
      [...path, 'shape'],
      'expected a shape: {dimensions: [...], data_spaces: [{name, projection}]}',
    );
    return undefined;
  }
  const at = [...path, 'shape'];
  const around = ['version', 'name', 'shape', 'instance'];
  const apart = problem.instance !== undefined;
  const inside = apart ? [...path, 'instance'] : path;
  if (apart) checkKeys(f, problem, around, path);
  const sizes = [...dims, ...coefficientNames(shape)].map(plainKey);
  checkKeys(
    f,
    instance,
    [...sizes, ...(apart ? ['version', 'name'] : around), 'densities', 'commonDensity', ...derived],
    inside,
    coefficientNames(convolution),
  );
  const faultsBefore = f.faults.length;
  checkDensities(f, instance, inside);
  const coefficients = new Map(
    (listOf(shape.coefficients) ?? []).map((c, i) => {
      const fields = fieldsOf(c) ?? {};
      checkKeys(f, fields, ['name', 'default'], [...at, 'coefficients', i]);
      const own = instance[plainKey(String(fields.name))];
      return [String(fields.name), numberOf(own ?? fields.default)] as const;
    }),
  );
  const read = spaces.map((s, i) => readDataSpace(f, s, dims, coefficients, [...at, 'data_spaces', i]));
  if (f.faults.length > faultsBefore) return undefined;
  const roles = rolesOf(f, dims, read as readonly DataSpace[], at);
  if (!roles || f.faults.length > faultsBefore) return undefined;
  return layerOf(f, instance, dims, roles, path, nameOf(shape.name, name));
}

/** As fieldsOf has it. */
const plainKey = (name: string) => name.replaceAll('-', '_');
const coefficientNames = (shape: Fields) => (listOf(shape.coefficients) ?? []).map((c) => String(fieldsOf(c)?.name));

const nameOf = (shape: unknown, name: string) =>
  typeof shape === 'string' && !generic.includes(shape.toLowerCase()) ? shape : name;

function layerOf(
  f: Findings,
  instance: Fields,
  dims: readonly string[],
  roles: NonNullable<ReturnType<typeof rolesOf>>,
  path: Path,
  name: string,
): ProblemSection | undefined {
  const bounds: Partial<Record<Dimension, number>> = {};
  let whole = true;
  for (const dim of dims) {
    const n = numberOf(instance[plainKey(dim)]);
    bounds[got(roles.dims, dim)] = n;
    if (isCount(n)) continue;
    whole = false;
    fault(
      f,
      'invalid-value',
      [...path, dim],
      `dimension ${dim} needs a whole bound of at least 1, got ${shown(f, instance[dim])}`,
    );
  }
  if (!whole) return undefined;
  const layer = makeLayer(name, bounds, { stride: roles.stride, dilation: roles.dilation });
  if (macs(layer) > maxMacs)
    fault(
      f,
      'too-large',
      path,
      `${name} has ${macs(layer).toExponential(2)} MACs; counts are exact up to 2^50 (1.1e15), so split the layer`,
    );
  return { layer, names: { dims: roles.dims, tensors: roles.tensors } };
}

/** Densities of 1 say nothing. */
function checkDensities(f: Findings, instance: Fields, path: Path): void {
  const densities = fieldsOf(instance.densities) ?? {};
  const all: Fields = {
    ...densities,
    ...(instance.commonDensity !== undefined && { commonDensity: instance.commonDensity }),
  };
  for (const [space, given] of Object.entries(all)) {
    const density = numberOf(fieldsOf(given)?.density ?? given);
    if (density !== 1)
      fault(
        f,
        'not-covered',
        [...path, 'densities', space],
        `${space} is sparse; magnet counts dense work, so give a density of 1`,
      );
  }
}
