// A machine as Timeloop can have it: one kind of word and one memory per level; what gets lost is said.

import { defined, entry, got, nth } from '../../base/invariant.js';
import { bits, picojoules } from '../../base/units.js';
import type { Action, Architecture, Axis, Level, Storage } from '../../model/machine/architecture.js';
import type { LoopConstraints } from '../../model/mapping/constraints.js';
import { timeloopConventions } from '../../model/cost/conventions.js';
import type { LevelEvaluation, TensorEvaluation } from '../../model/cost/evaluate.js';
import { evaluate } from '../../model/cost/evaluate.js';
import type { Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, makeLayer, tensors } from '../../model/workload/layer.js';
import type { LevelMapping, Mapping } from '../../model/mapping/mapping.js';
import { mappedBounds } from '../../model/mapping/mapping.js';
import { betweenName } from './draft.js';
import { lossesOf } from './losses.js';

export interface Plain {
  readonly architecture: Architecture;
  readonly layer: Layer;
  readonly mapping: Mapping;
  /** What Timeloop cannot express, a sentence each. */
  readonly lost: readonly string[];
}

/** Levels whose tensors lie in memories of their own, or in words of their own, become one level per memory. */
export function plain(a: Architecture, layer: Layer, mapping: Mapping): Plain {
  const { levels: counted } = evaluate(a, layer, mapping, timeloopConventions);
  const parts = a.levels.map((level, i) => split(...lettered(level, nth(mapping.levels, i)), nth(counted, i)));
  const levels = parts.flat();
  const { stride, dilation } = layer;
  return {
    architecture: {
      name: a.name,
      source: a.source,
      levels: levels.map((x) => x.level),
      compute: a.compute,
      staticEnergy: picojoules(0),
      clock: a.clock,
      area: [],
    },
    // Loops are perfect in Timeloop, so what a mapping pads, its problem has.
    layer: makeLayer(layer.name, mappedBounds(mapping), {
      stride: [stride.P, stride.Q],
      dilation: [dilation.R, dilation.S],
    }),
    mapping: { levels: levels.map((x) => x.mapping) },
    lost: lossesOf(
      a,
      layer,
      parts.map((p) => p.map((x) => x.level)),
    ),
  };
}

interface Part {
  readonly level: Level;
  readonly mapping: LevelMapping;
}

/** A mesh has the directions X and Y, X inside Y. */
function lettered(level: Level, own: LevelMapping): readonly [Level, LevelMapping] {
  const axes = level.axes.filter((x) => x.size > 1);
  const letters = new Map(
    axes.map(({ label }, i) => [
      label,
      label === 'X' || label === 'Y' ? label : axes.length > 1 && i === 0 ? 'Y' : 'X',
    ]),
  );
  const letter = (label: string) => letters.get(label) ?? label;
  const factors = level.factors?.map((r) => ({ ...r, axes: r.axes.map(letter) }));
  const spatial = own.spatial.map((s) => ({ ...s, axis: letter(s.axis) }));
  return [
    {
      ...level,
      axes: axes.map(({ name, label, size, dims }) => ({ name, label: letter(label), size, dims })),
      ...(factors && { factors }),
    },
    { ...own, spatial },
  ];
}

/** The loops stand at the innermost of the parts: inside all of them. */
function split(level: Level, own: LevelMapping, counted: LevelEvaluation): readonly Part[] {
  const stored = tensors.filter((t) => level.stores[t]);
  if (stored.length === 0) return [{ level, mapping: own }];
  const words = new Map(stored.map((t) => [t, wordOf(entry(level.stores, t), counted.dataspaces[t])]));
  const poolOf = (t: Tensor) => level.pools.findIndex((p) => p.tensors.includes(t));
  const place = (t: Tensor) => `${level.pools.length > 1 ? poolOf(t) : ''} ${JSON.stringify(words.get(t))}`;
  const one = new Set(stored.map(place)).size === 1;
  const kept = stored.filter((t) => own.keep.includes(t));
  const apart = [...new Set(kept.map(place))].map((p) => kept.filter((t) => place(t) === p));
  // Where one memory with one kind of word serves all, nothing is split, whatever is kept.
  const groups = one ? [level.keeps] : apart.length > 0 ? apart : [[]];
  const fanOut = fanOutOf(level, own);
  const parts = groups.map((group, g): Part => {
    const innermost = g === groups.length - 1;
    const name = groups.length === 1 ? level.name : `${level.name}_${group.join('_')}`;
    const first = group[0] ?? nth(stored, 0);
    const word = got(words, first);
    const size = level.pools[poolOf(first)]?.bits ?? null;
    return {
      level: {
        name,
        role: 'memory',
        stores: { Weights: word, Inputs: word, Outputs: word },
        keeps: group,
        ...(one && level.open && { open: level.open }),
        // Whole words of all the memory: banks and lines of several words are not known there.
        pools: [{ tensors, bits: size === null ? null : bits(Math.floor(size / word.wordBits) * word.wordBits) }],
        buffers: level.buffers,
        bandwidth: level.bandwidth,
        temporal: innermost ? level.temporal : dimensions,
        ...(level.clustered && { clustered: true as const }),
        axes: innermost ? fanOut.axes.map((x) => ({ ...x, name: `${name}.${x.label}` })) : [],
        holdsSums: false,
        ...(innermost && constraintsOf(level, fanOut.axes)),
      },
      mapping: {
        name,
        keep: one ? own.keep : group,
        temporal: innermost ? own.temporal : [],
        spatial: innermost ? own.spatial.filter((s) => fanOut.axes.some((x) => x.label === s.axis)) : [],
      },
    };
  });
  return [
    ...parts,
    ...fanOut.inside.map((axis) => between(`${defined(parts.at(-1)).level.name}_${axis.label}`, axis, own)),
  ];
}

/** Loops of one dimension along both axes need a fan-out each; others share one, whose split says which lie along X. */
function fanOutOf(
  level: Level,
  { spatial }: LevelMapping,
): { readonly axes: readonly Axis[]; readonly inside: readonly Axis[] } {
  const { axes } = level;
  const [outer, inner] = axes;
  if (!outer || !inner) return { axes, inside: [] };
  if (spatial.some((s) => spatial.some((t) => t.dim === s.dim && t.axis !== s.axis)))
    return { axes: [outer], inside: [inner] };
  return {
    axes: sayable(outer, inner)
      ? axes
      : axes.map((x) => ({ ...x, dims: dimensions.filter((d) => outer.dims.includes(d) || inner.dims.includes(d)) })),
    inside: [],
  };
}

/** A split tells dimensions of X from those of Y; it cannot tell those of one from those of both. */
const sayable = (x: Axis, y: Axis): boolean => {
  const both = x.dims.filter((d) => y.dims.includes(d)).length;
  return both === 0 || (both === x.dims.length && both === y.dims.length);
};

/** A fan-out by itself, with no memory in front of it. */
function between(node: string, axis: Axis, { spatial }: LevelMapping): Part {
  const name = betweenName(node);
  const level: Level = {
    name,
    role: 'memory',
    stores: {},
    keeps: [],
    pools: [],
    buffers: 1,
    bandwidth: { read: null, write: null, total: null },
    temporal: [],
    axes: [{ ...axis, name: `${name}.${axis.label}` }],
    holdsSums: false,
  };
  return { level, mapping: { name, keep: [], temporal: [], spatial: spatial.filter((s) => s.axis === axis.label) } };
}

/** Constraints of a node are about all of its axes that may have the dimension. */
function constraintsOf({ factors, innermost }: Level, axes: readonly Axis[]): LoopConstraints {
  const own =
    factors?.filter(
      (r) =>
        r.axes.length === 0 ||
        axes
          .filter((x) => x.dims.includes(r.dim))
          .map((x) => x.label)
          .sort()
          .join() === [...r.axes].sort().join(),
    ) ?? [];
  return { ...(own.length > 0 && { factors: own }), ...(innermost && { innermost }) };
}

/** An access that serves several positions at once becomes a share of it per word: as many as this mapping uses. */
function wordOf({ wordBits, blockSize, energy, access }: Storage, counted: TensorEvaluation | undefined): Storage {
  const share = (action: Action, words: number | undefined) =>
    picojoules(
      access.length === 0 || !counted || !words
        ? energy[action]
        : (energy[action] * counted.accesses[action] * blockSize) / words,
    );
  return {
    wordBits,
    blockSize,
    energy: {
      read: share('read', counted?.reads),
      fill: share('fill', counted?.fills),
      update: share('update', counted?.updates),
    },
    access: [],
    line: [],
    lineWords: 1,
    tuples: false,
    linkEnergy: picojoules(0),
  };
}
