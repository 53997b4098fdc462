// Loops of a Timeloop mapping: those of one directive in their order, factors that are told from bounds, and whether all
// of them make up the bounds.

import { defined } from '../../base/invariant.js';
import type { Bounds, Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions } from '../../model/workload/layer.js';
import type { Loop, Mapping, SpatialLoop } from '../../model/mapping/mapping.js';
import { mappedBounds } from '../../model/mapping/mapping.js';
import type { TimeloopArchitecture } from './architecture-section.js';
import { fanOutOf } from './directive-target.js';
import { readFactors, readPermutation } from './factor-text.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, firstNumber } from './findings.js';
import type { Names } from './names.js';

/** A loop whose factor may still be told. */
interface DraftLoop {
  readonly dim: Loop['dim'];
  factor: number;
}

/** A factor that is still to be told from the bound and the other levels. */
interface OpenFactor {
  readonly path: Path;
  readonly loop: DraftLoop;
}

export interface DraftLevel {
  temporal: readonly Loop[];
  spatial: SpatialLoop[];
  readonly keep: Map<Tensor, boolean>;
}

/** A mapping while its directives are read, and what they are read by. */
export interface MappingDraft {
  readonly f: Findings;
  readonly names: Names;
  readonly architecture: TimeloopArchitecture;
  readonly levels: readonly DraftLevel[];
  /** Directives read: target and kind. */
  readonly seen: Set<string>;
  readonly open: OpenFactor[];
}

/** Innermost first, as the permutation says; factors of 1 are left out, and those that are not known yet are put down as open. */
export function loopsOf({ f, names, open }: MappingDraft, d: Fields, at: Path): DraftLoop[] {
  const factors = readFactors(f, names, d.factors, [...at, 'factors']);
  factors.forEach(({ dim, relation }, i) => {
    if (relation !== '=')
      fault(
        f,
        'invalid-value',
        [...at, 'factors'],
        `a mapping has factors, no bounds on them; give the factor of ${dim} with "="`,
      );
    if (factors.findIndex((x) => x.dim === dim) !== i)
      fault(f, 'duplicate', [...at, 'factors'], `dimension ${dim} is given twice`);
  });
  const order = readPermutation(f, names, d.permutation, [...at, 'permutation']);
  const loops = factors.filter((x) => x.value !== 1);
  const unplaced = loops.filter((x) => !order.includes(x.dim));
  if (unplaced.length > 0 && loops.length > 1)
    fault(
      f,
      'missing',
      [...at, 'permutation'],
      `the permutation does not place the loop over ${unplaced.map((x) => x.dim).join(', ')} stands`,
    );
  return [...loops]
    .sort((x, y) => order.indexOf(x.dim) - order.indexOf(y.dim))
    .map(({ dim, value }) => {
      const loop = { dim, factor: value };
      if (value < 1) open.push({ path: [...at, 'factors'], loop });
      return loop;
    });
}

/**
 * The first `split` dimensions of the permutation lie along X, the others along Y; all
 * along X where there is no split.
 */
export function unrolled(
  { f, names, architecture }: MappingDraft,
  d: Fields,
  loops: readonly DraftLoop[],
  at: Path,
): SpatialLoop[] {
  const { x, y, node } = defined(fanOutOf(f, architecture, d.target, at));
  const order = readPermutation(f, names, d.permutation, [...at, 'permutation']);
  const given = firstNumber(
    f,
    d,
    ['split'],
    at,
    'a whole number of at least 0',
    (n) => Number.isSafeInteger(n) && n >= 0,
  );
  const split = given ?? (x === undefined ? 0 : dimensions.length);
  return [...loops].reverse().map((loop) => {
    // A lone loop without a permutation is the first.
    const letter = Math.max(0, order.indexOf(loop.dim)) < split ? 'X' : 'Y';
    const axis = letter === 'X' ? x : y;
    if (axis === undefined)
      fault(
        f,
        'no-axis',
        at,
        `the loop over ${loop.dim} lies along ${letter}, where ${node} has no fan-out; change the split`,
      );
    return Object.assign(loop, { axis: axis ?? letter });
  });
}

/** 0 stands for the whole bound, -1 for what the other levels leave of it. */
export function settle({ f, open }: MappingDraft, unsettled: Mapping, layer: Layer | undefined): Mapping {
  for (const { path: at, loop } of open) {
    if (!layer) {
      fault(
        f,
        'missing',
        at,
        `the factor ${loop.factor} of ${loop.dim} needs the bound; give the problem with the mapping`,
      );
      continue;
    }
    const others = loop.factor === 0 ? 1 : mappedBounds(unsettled)[loop.dim] / loop.factor;
    loop.factor = Math.abs(layer.bounds[loop.dim] / others);
    if (!Number.isSafeInteger(loop.factor))
      fault(
        f,
        'invalid-value',
        at,
        `the other levels' factors of ${loop.dim}, ${Math.abs(others)}, do not divide its bound ` +
          `of ${layer.bounds[loop.dim]}`,
      );
  }
  const real = <L extends Loop>(loops: readonly L[]) => loops.filter((l) => l.factor !== 1);
  return { levels: unsettled.levels.map((l) => ({ ...l, temporal: real(l.temporal), spatial: real(l.spatial) })) };
}

/**
 * Loops that cover too little are the model's question too; those that cover more would be
 * padding, which Timeloop has not.
 */
export function checkPerfect({ f, names }: MappingDraft, path: Path, { levels }: Mapping, bounds: Bounds): void {
  const products = mappedBounds({ levels });
  for (const [dim, d] of names.dims) {
    if (!(products[d] > bounds[d])) continue;
    const parts = levels
      .flatMap((l) => [
        ...l.temporal.map((x) => ({ ...x, at: l.name })),
        ...l.spatial.map((x) => ({ ...x, at: `the fan-out below ${l.name}` })),
      ])
      .filter((x) => x.dim === d);
    fault(
      f,
      'imperfect',
      path,
      `the factors of ${dim} make up ${products[d]} (` +
        parts.map((x) => `${x.factor} at ${x.at}`).join(', ') +
        `), and its bound is ${bounds[d]}; Timeloop's loops are perfect, so lower a factor or pad the bound in ` +
        'the problem',
    );
  }
}
