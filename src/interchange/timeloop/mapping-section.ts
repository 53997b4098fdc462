// A Timeloop mapping: directives per memory and fan-out, each with factors, permutation and what is kept.

import { defined, nth } from '../../base/invariant.js';
import { nearest } from '../../base/text.js';
import type { Level } from '../../model/machine/architecture.js';
import type { Bounds, Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, tensors } from '../../model/workload/layer.js';
import type { Loop, Mapping, SpatialLoop } from '../../model/mapping/mapping.js';
import { mappedBounds } from '../../model/mapping/mapping.js';
import type { TimeloopArchitecture } from './architecture-section.js';
import { betweenName } from './draft.js';
import { checkDirective, keepTypes } from './directive.js';
import { readFactors, readPermutation } from './factor-text.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, firstNumber, listOf } from './findings.js';
import type { Names } from './names.js';
import { tensorsIn } from './names.js';
import type { Section } from './sections.js';

interface DraftLevel {
  temporal: readonly Loop[];
  spatial: SpatialLoop[];
  readonly keep: Map<Tensor, boolean>;
}

/** A factor that is still to be told from the bound and the other levels. */
interface Open {
  readonly path: Path;
  readonly loop: { dim: Loop['dim']; factor: number };
}

/** Memories without a directive have no loops and keep what the architecture says. Legality is the model's question. */
export function readMapping(
  f: Findings,
  { data, path }: Section,
  { architecture: a, fanOuts }: TimeloopArchitecture,
  names: Names,
  layer: Layer | undefined,
): Mapping | undefined {
  const list = listOf(data);
  if (!list) {
    fault(f, 'malformed', path, 'expected a list of directives: [{target, type, factors, permutation}]');
    return undefined;
  }
  const drafts = a.levels.map((): DraftLevel => ({ temporal: [], spatial: [], keep: new Map() }));
  const seen = new Set<string>();
  const open: Open[] = [];
  list.forEach((x, i) => directive(fieldsOf(x) ?? {}, [...path, i]));
  const mapping: Mapping = {
    levels: a.levels.map((level, i) => {
      const own = nth(drafts, i);
      const outward = (axis: string) => level.axes.findIndex((y) => y.label === axis);
      return {
        name: level.name,
        keep: tensors.filter((t) => own.keep.get(t) ?? level.keeps.includes(t)),
        temporal: own.temporal,
        spatial: [...own.spatial].sort((s, t) => outward(s.axis) - outward(t.axis)),
      };
    }),
  };
  for (const t of tensors)
    if (!mapping.levels.some((l) => l.keep.includes(t))) fault(f, 'not-kept', path, `no memory keeps ${t}`);
  const settled = settle(mapping);
  if (layer) checkPerfect(settled, layer.bounds);
  return settled;

  function directive(d: Fields, at: Path): void {
    const { type } = d;
    const isSpatial = type === 'spatial';
    const index = isSpatial ? fanOutOf(d.target, at)?.level : levelOf(d.target, at);
    if (typeof type !== 'string' || !(isSpatial || type === 'temporal' || keepTypes.includes(type))) {
      return fault(
        f,
        'unknown-name',
        at,
        `unknown type of directive: ${String(type)}; expected temporal, spatial or dataspace (datatype, bypass)`,
      );
    }
    if (index === undefined) return undefined;
    const key = `${String(d.target)} ${keepTypes.includes(type) ? 'dataspace' : type}`;
    if (seen.has(key)) fault(f, 'duplicate', at, `a second ${type} directive for ${String(d.target)}; merge them`);
    seen.add(key);
    checkDirective(f, names, isSpatial || type === 'temporal' ? 'loops' : 'keep', d, at);
    if (!isSpatial && type !== 'temporal') return bypass(d, nth(drafts, index), nth(a.levels, index), at);
    const loops = loopsOf(d, at);
    if (type === 'temporal') nth(drafts, index).temporal = loops.reverse();
    else nth(drafts, index).spatial.push(...unrolled(d, loops, at));
    return undefined;
  }

  function bypass(d: Fields, draft: DraftLevel, level: Level, at: Path): void {
    for (const [key, value] of [
      ['keep', true],
      ['bypass', false],
    ] as const) {
      for (const t of tensorsIn(f, names, d[key], [...at, key])) {
        if (value && !level.stores[t])
          fault(f, 'not-covered', [...at, key], `nothing can be kept at ${level.name}, between two fan-outs`);
        if (draft.keep.get(t) === !value)
          fault(f, 'conflict', [...at, key], `${t} stands under keep and under bypass; name it in one of them`);
        draft.keep.set(t, value);
      }
    }
  }

  /** Innermost first, as the permutation says; factors of 1 are left out. */
  function loopsOf(d: Fields, at: Path): Open['loop'][] {
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
        fault(f, 'duplicate', [...at, 'factors'], `dimension ${dim} stands twice`);
    });
    const order = readPermutation(f, names, d.permutation, [...at, 'permutation']);
    const loops = factors.filter((x) => x.value !== 1);
    const unplaced = loops.filter((x) => !order.includes(x.dim));
    if (unplaced.length > 0 && loops.length > 1)
      fault(
        f,
        'missing',
        [...at, 'permutation'],
        `the permutation does not say where the loop over ${unplaced.map((x) => x.dim).join(', ')} stands`,
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
  function unrolled(d: Fields, loops: readonly Open['loop'][], at: Path): SpatialLoop[] {
    const { x, y, node } = defined(fanOutOf(d.target, at));
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

  function levelOf(target: unknown, at: Path): number | undefined {
    // Older files count memories from the innermost.
    const index =
      typeof target === 'number' ? a.levels.length - 1 - target : a.levels.findIndex((l) => l.name === target);
    if (a.levels[index]) return index;
    // What a front end puts between two memories keeps nothing and has no loops in time.
    if (fanOuts.some((x) => target === betweenName(x.node) || target === x.node)) return undefined;
    unknown(
      target,
      a.levels.map((l) => l.name),
      at,
    );
  }

  function fanOutOf(target: unknown, at: Path) {
    const name = typeof target === 'number' ? a.levels.at(-1 - target)?.name : target;
    const below = fanOuts.filter((x) => nth(a.levels, x.level).name === name);
    const found =
      fanOuts.find((x) => x.node === name || betweenName(x.node) === name) ??
      (below.length === 1 ? below[0] : undefined);
    if (found) return found;
    const level = a.levels.find((l) => l.name === name);
    if (level && below.length === 0) fault(f, 'no-axis', at, `${level.name} has no fan-out`);
    else
      unknown(
        target,
        fanOuts.map((x) => x.node),
        at,
      );
    return undefined;
  }

  function unknown(target: unknown, known: readonly string[], at: Path): undefined {
    const near = nearest(String(target), known);
    fault(
      f,
      'unknown-name',
      [...at, 'target'],
      `the architecture has no ${String(target)}; ` +
        (near === undefined ? `it has ${known.join(', ')}` : `did you mean ${near}?`),
    );
  }

  /**
   * Loops that cover too little are the model's question too; those that cover more would be
   * padding, which Timeloop has not.
   */
  function checkPerfect({ levels }: Mapping, bounds: Bounds): void {
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

  /** 0 stands for the whole bound, -1 for what the other levels leave of it. */
  function settle(unsettled: Mapping): Mapping {
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
}
