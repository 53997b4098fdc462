// Timeloop v0.4 files of a plain machine, its layer and its mapping.

import { defined, nth } from '../../base/invariant.js';
import { Document, isMap, isScalar, isSeq, YAMLMap } from 'yaml';
import type { Architecture, Level } from '../../model/machine/architecture.js';
import { isOpen } from '../../model/machine/keeping.js';
import type { Dimension, Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, tensors } from '../../model/workload/layer.js';
import type { Loop, Mapping } from '../../model/mapping/mapping.js';
import { nodeBetween } from './draft.js';
import { tagField } from './tags.js';

const version = 0.4;
const all = (xs: readonly unknown[], whole: readonly unknown[]) => xs.length === whole.length;
const isMemory = (level: Level) => Object.keys(level.stores).length > 0;
/**
 * The node that a fan-out lies in front of; mappings target it. One without a memory in front is named after its node.
 */
const nodeOf = (level: Level) =>
  nodeBetween(level.name) ??
  `${level.name}_${[...level.axes]
    .map((x) => x.label)
    .sort()
    .join('')}`;
/** Nothing where nothing is said. */
function constraints(kinds: Readonly<Record<string, object>>): object {
  const said = Object.entries(kinds).filter(([, x]) => Object.keys(x).length > 0);
  return said.length > 0 ? { constraints: Object.fromEntries(said) } : {};
}

const unlooped = (dims: readonly Dimension[]) =>
  all(dims, dimensions) ? {} : { factors: dimensions.filter((d) => !dims.includes(d)).map((d) => `${d}=1`) };

/** Memories, fan-outs and multipliers, and which dimensions each may have. */
export function printArchitecture(a: Architecture): string {
  const copies = a.levels.map((_, i) =>
    a.levels.slice(0, i).reduce((n, l) => l.axes.reduce((m, x) => m * x.size, n), 1),
  );
  const nodes = [
    {
      [tagField]: 'Container',
      name: a.name,
      attributes: { global_cycle_seconds: Number((1e-6 / a.clock).toPrecision(12)) },
    },
    ...a.levels.flatMap((level, i) => [
      ...(isMemory(level) ? [memory(level, i === 0, nth(copies, i))] : []),
      ...(level.axes.length > 0 ? [fanOut(level)] : []),
    ]),
    { [tagField]: 'Component', name: a.compute.name, class: 'compute' },
  ];
  return yamlOf({ architecture: { version, nodes } });
}

/** What an access and an operation cost. */
export function printEnergies(a: Architecture): string {
  const actions = (energies: object) =>
    Object.entries(energies).map(([name, energy]) => ({ name, energy: energy as number }));
  const tables = [
    ...a.levels.filter(isMemory).map((l) => ({ name: l.name, actions: actions(defined(l.stores.Weights).energy) })),
    { name: a.compute.name, actions: actions({ compute: a.compute.energy }) },
  ];
  return yamlOf({ ERT: { version, tables } });
}

/**
 * Factors and orders that mappings must have; undefined where they may have any. The front end
 * refuses them beside a mapping.
 */
export function printConstraints(a: Architecture): string | undefined {
  const targets = a.levels.flatMap((level) => {
    const rules = (spatial: boolean) => ({
      factors: (level.factors ?? [])
        .filter((r) => r.axes.length > 0 === spatial)
        .map((r) => `${r.dim}${r.relation}${r.value}`),
    });
    const { innermost } = level;
    return [
      { target: level.name, type: 'temporal', ...rules(false), ...(innermost && { permutation: [...innermost] }) },
      { target: nodeOf(level), type: 'spatial', ...rules(true) },
    ].filter(({ factors, ...more }) => factors.length > 0 || 'permutation' in more);
  });
  return targets.length > 0 ? yamlOf({ mapspace_constraints: { version, targets } }) : undefined;
}

/** One node for both axes, as a mesh has them. Where they have dimensions of their own, a split says which. */
function fanOut(level: Level): object {
  const [x, y] = (['X', 'Y'] as const).map((letter) => level.axes.find(({ label }) => label === letter));
  const dims = dimensions.filter((d) => level.axes.some((axis) => axis.dims.includes(d)));
  const apart = x && y && dims.length === x.dims.length + y.dims.length && dims.length > 0;
  return {
    [tagField]: 'Container',
    name: nodeOf(level),
    spatial: { ...(x && { meshX: x.size }), ...(y && { meshY: y.size }) },
    ...constraints({
      spatial: { ...unlooped(dims), ...(apart && { permutation: [...x.dims, ...y.dims], split: x.dims.length }) },
    }),
  };
}

function memory(level: Level, outermost: boolean, copies: number): object {
  const { wordBits, blockSize } = defined(level.stores.Weights);
  const size = nth(level.pools, 0).bits;
  const words = size === null ? null : size / wordBits;
  const { read, write, total } = level.bandwidth;
  // What is not named is open; the outermost memory keeps all of itself.
  const keep = outermost && all(level.keeps, tensors) ? [] : level.keeps.filter((t) => !isOpen(level, t));
  const bypass = tensors.filter((t) => !level.keeps.includes(t));
  const dataspace = keep.length + bypass.length === 0 ? {} : { keep: [...keep], bypass };
  return {
    [tagField]: 'Component',
    name: level.name,
    class: outermost && size === null ? 'DRAM' : 'storage',
    attributes: {
      datawidth: wordBits,
      width: wordBits * blockSize * (level.clustered ? copies : 1),
      block_size: blockSize,
      ...(level.clustered && { cluster_size: copies }),
      // Whole lines where they are, single words otherwise; nothing for a memory without end.
      ...(words === null ? {} : words % blockSize === 0 ? { depth: words / blockSize } : { entries: words }),
      ...(level.buffers === 2 && { multiple_buffering: 2 }),
      ...(read !== null && { read_bandwidth: read / wordBits }),
      ...(write !== null && { write_bandwidth: write / wordBits }),
      ...(total !== null && { shared_bandwidth: total / wordBits }),
    },
    ...constraints({ dataspace, temporal: unlooped(level.temporal) }),
  };
}

/** All dimensions, also those of bound 1: constraints may name them. */
export function printProblem({ name, bounds, stride, dilation }: Layer): string {
  const plainly = (dims: readonly Dimension[]) => dims.map((d) => [[d]]);
  const coefficients = { Wstride: stride.P, Hstride: stride.Q, Wdilation: dilation.R, Hdilation: dilation.S };
  return yamlOf({
    problem: {
      version,
      shape: {
        name,
        dimensions: [...dimensions],
        coefficients: Object.keys(coefficients).map((c) => ({ name: c, default: 1 })),
        data_spaces: [
          { name: 'Weights', projection: plainly(['G', 'K', 'C', 'R', 'S']) },
          {
            name: 'Inputs',
            projection: [
              ...plainly(['N', 'G', 'C']),
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
          { name: 'Outputs', projection: plainly(['N', 'G', 'K', 'P', 'Q']), read_write: true },
        ],
      },
      instance: { ...bounds, ...coefficients },
    },
  });
}

/** Per memory what it keeps and its loops in time, and the loops of each fan-out behind it; innermost loop first. */
export function printMapping(mapping: Mapping, a: Architecture): string {
  const directives = mapping.levels.flatMap((level, i) => {
    const machine = nth(a.levels, i);
    const along = (letter: string) => level.spatial.filter((s) => s.axis === letter);
    return [
      ...(isMemory(machine)
        ? [
            {
              target: level.name,
              type: 'dataspace',
              keep: inOrder(level.keep),
              bypass: inOrder(tensors.filter((t) => !level.keep.includes(t))),
            },
            { target: level.name, type: 'temporal', ...nest(level.temporal) },
          ]
        : []),
      // X first, and the dimensions of factor 1 last, along Y where there is one.
      ...(machine.axes.length > 0
        ? [
            {
              target: nodeOf(machine),
              type: 'spatial',
              ...nest([...along('Y'), ...along('X')]),
              split: machine.axes.some((x) => x.label === 'Y') ? along('X').length : dimensions.length,
            },
          ]
        : []),
    ];
  });
  return yamlOf({ mapping: directives });
}

const inOrder = (kept: readonly Tensor[]) => tensors.filter((t) => kept.includes(t));

/** Every dimension has one loop in Timeloop, those of factor 1 outermost. */
function nest(loops: readonly Loop[]): object {
  const order = [...loops].reverse();
  const idle = dimensions.filter((d) => !loops.some((l) => l.dim === d));
  return {
    factors: dimensions.map((d) => `${d}=${loops.find((l) => l.dim === d)?.factor ?? 1}`),
    permutation: [...order.map((l) => l.dim), ...idle],
  };
}

/** Small collections stand on one line, nodes carry their tags. */
function yamlOf(data: object): string {
  const document = new Document(data);
  style(document.contents, 0);
  // Readers of YAML 1.1, as Timeloop's front end may be, take 1e-9 for text and 1.0e-9 for a number.
  return document.toString({ lineWidth: 0 }).replace(/(?<=: )(\d+)e([+-]?\d+)(?=[ ,\n])/g, '$1.0e$2');
}

function style(node: unknown, depth: number): void {
  if (!isMap(node) && !isSeq(node)) return;
  const inside: readonly unknown[] = isMap(node) ? node.items.map((pair) => pair.value) : node.items;
  inside.forEach((x) => style(x, depth + 1));
  if (node instanceof YAMLMap && node.has(tagField)) {
    node.tag = `!${String(node.get(tagField))}`;
    node.delete(tagField);
    return;
  }
  const small = (x: unknown): boolean =>
    isScalar(x) || ((isMap(x) || isSeq(x)) && (x.flow === true || x.items.length === 0));
  if (depth > 1 && inside.length > 0 && inside.every(small) && JSON.stringify(node).length < 220) node.flow = true;
}
