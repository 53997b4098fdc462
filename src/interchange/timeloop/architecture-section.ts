// A Timeloop architecture with its constraints and energies as one of ours.

import { nth } from '../../base/invariant.js';
import { megahertz, picojoules } from '../../base/units.js';
import type { Architecture, Level } from '../../model/machine/architecture.js';
import type { FactorRule, LoopConstraints } from '../../model/mapping/constraints.js';
import { openWithin } from '../../model/machine/keeping.js';
import type { Bounds } from '../../model/workload/layer.js';
import { dimensions, tensors } from '../../model/workload/layer.js';
import type { Components, Item } from './component.js';
import { readComponents } from './components.js';
import { applyConstraints } from './constraint-section.js';
import type { DraftAxis, DraftLevel } from './draft.js';
import { betweenName } from './draft.js';
import { readEnergies } from './ert.js';
import type { Scope } from './expression.js';
import type { Findings } from './findings.js';
import { fault, firstNumber } from './findings.js';
import { computeEnergy, readMemory } from './memory.js';
import type { Names } from './names.js';
import type { Section, Sections } from './sections.js';

/** A fan-out by the name that mappings target it by, and the labels of its axes. */
export interface FanOut {
  readonly node: string;
  readonly level: number;
  readonly x: string | undefined;
  readonly y: string | undefined;
}

export interface TimeloopArchitecture {
  readonly architecture: Architecture;
  readonly fanOuts: readonly FanOut[];
}

/** What an architecture is read with. */
export interface Beside {
  readonly names: Names;
  /** Of a problem that comes with it. */
  readonly bounds: Bounds | undefined;
  readonly scope: Scope;
  /** Taken where the file gives none. */
  readonly name: string;
}

export function readArchitecture(
  f: Findings,
  section: Section,
  { energies, constraints }: Pick<Sections, 'energies' | 'constraints'>,
  { names, bounds, scope, name }: Beside,
): TimeloopArchitecture | undefined {
  const components = readComponents(f, section, scope);
  if (!components) return undefined;
  const { items, version } = components;
  const table = readEnergies(
    f,
    energies,
    items.flatMap((item) => (item.kind === 'fan-out' ? [] : [item.name])),
  );
  const levels: DraftLevel[] = [];
  let compute: Architecture['compute'] | undefined;
  let copies = 1;
  for (const item of items) {
    if (compute) {
      fault(
        f,
        'not-covered',
        item.path,
        `${item.name} stands below the multipliers; magnet has one kind of them, innermost`,
      );
      break;
    }
    if (item.kind === 'fan-out') {
      const above = levels.at(-1);
      if (!above)
        fault(f, 'not-covered', item.path, `there are ${item.x * item.y} of the outermost memory; magnet has one`);
      else if (above.axes.length === 0) above.axes.push(...axesOf(item));
      // One fan-out inside another is a level of its own, in which nothing is kept: words
      // are copied for each of the outer.
      else levels.push({ ...noMemory(betweenName(item.name)), axes: axesOf(item) });
      copies *= item.x * item.y;
    } else if (item.kind === 'storage') {
      levels.push({
        name: item.name,
        memory: readMemory(f, item, version, table, copies),
        keeps: new Set(tensors),
        open: new Set(tensors),
        temporal: new Set(dimensions),
        axes: [],
        factors: [],
        innermost: undefined,
      });
    } else compute = { name: item.name, energy: computeEnergy(f, item, version, table) };
  }
  if (levels.length === 0) fault(f, 'missing', section.path, 'the architecture has no memory');
  if (!compute)
    fault(
      f,
      'missing',
      section.path,
      'the architecture has no multipliers (a component of class compute, mac or the like)',
    );
  if (!compute || levels.length === 0) return undefined;
  applyConstraints(f, levels, items, constraints, names, bounds);
  for (const t of tensors) {
    if (!levels.some((l) => l.keeps.has(t)))
      fault(f, 'not-kept', section.path, `no memory keeps ${t}; the outermost must`);
  }
  const architecture = finish(components.name ?? name, levels, compute, clockOf(f, items));
  const nodes = [...new Set(levels.flatMap((l) => l.axes.map((x) => x.node)))];
  const fanOuts = nodes.map((node): FanOut => {
    const level = levels.findIndex((l) => l.axes.some((x) => x.node === node));
    const labelled = (letter: 'X' | 'Y') => {
      const axis = nth(levels, level).axes.findIndex((x) => x.node === node && x.letter === letter);
      return axis < 0 ? undefined : nth(nth(architecture.levels, level).axes, axis).label;
    };
    return { node, level, x: labelled('X'), y: labelled('Y') };
  });
  return { architecture, fanOuts };
}

const noMemory = (name: string): Omit<DraftLevel, 'axes'> => ({
  name,
  memory: undefined,
  keeps: new Set(),
  open: new Set(),
  temporal: new Set(),
  factors: [],
  innermost: undefined,
});

/** Y outside X. */
const axesOf = (item: Extract<Item, { kind: 'fan-out' }>): DraftAxis[] =>
  (['Y', 'X'] as const).flatMap((letter) => {
    const size = letter === 'Y' ? item.y : item.x;
    return size === 1 ? [] : [{ node: item.name, letter, size, dims: new Set(dimensions) }];
  });

function finish(
  name: string,
  levels: readonly DraftLevel[],
  compute: Architecture['compute'],
  clock: number,
): Architecture {
  return {
    name,
    source: 'Timeloop',
    levels: openWithin(
      levels.map((l): Level => ({
        ...loopConstraints(l),
        name: l.name,
        role: 'memory',
        stores: l.memory ? { Weights: l.memory.storage, Inputs: l.memory.storage, Outputs: l.memory.storage } : {},
        keeps: tensors.filter((t) => l.keeps.has(t)),
        open: tensors.filter((t) => l.open.has(t)),
        pools: l.memory ? [{ tensors, bits: l.memory.size }] : [],
        buffers: l.memory?.buffers ?? 1,
        bandwidth: l.memory?.bandwidth ?? { read: null, write: null, total: null },
        ...(l.memory?.clustered && { clustered: true as const }),
        temporal: dimensions.filter((d) => l.temporal.has(d)),
        axes: l.axes.map((x) => {
          return {
            name: `${l.name}.${x.letter}`,
            label: x.letter,
            size: x.size,
            dims: dimensions.filter((d) => x.dims.has(d)),
          };
        }),
        holdsSums: false,
      })),
    ),
    compute,
    staticEnergy: picojoules(0),
    clock: megahertz(clock),
    area: [],
  };
}

/** Without what can make no difference: axes that a dimension cannot lie on, places of loops that are not there. */
function loopConstraints(l: DraftLevel): LoopConstraints {
  const factors = l.factors.map(({ axes, ...rule }): FactorRule => {
    const open = axes.filter((x) => x.dims.has(rule.dim));
    return { ...rule, axes: (open.length > 0 ? open : axes).map((x) => x.letter) };
  });
  const innermost = (l.innermost ?? []).filter((d) => l.temporal.has(d));
  return { ...(factors.length > 0 && { factors }), ...(innermost.length > 0 && l.temporal.size > 1 && { innermost }) };
}

/** Seconds per cycle of any component; 1 GHz where none says. */
function clockOf(f: Findings, items: Components['items']): number {
  for (const item of items) {
    if (item.kind === 'fan-out') continue;
    const seconds = firstNumber(
      f,
      item.attributes,
      ['global_cycle_seconds'],
      [...item.path, 'attributes'],
      'seconds above 0',
      (s) => s > 0,
    );
    // 1e-6 / 1e-9 is not quite 1000 in doubles.
    if (seconds !== undefined) return Number((1e-6 / seconds).toPrecision(12));
  }
  return 1000;
}
