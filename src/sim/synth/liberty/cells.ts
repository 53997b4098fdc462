// What a cell of a library is, by its functions and marks: a gate, a flop, or something
// that synthesis must leave alone.

import { defined, got, nth } from '../../../base/invariant.js';
import type { Expression } from './boolean.js';
import { namesOf, parseFunction, printFunction, truthTable, valueOf } from './boolean.js';
import type { Group } from './parse.js';

export interface Gate {
  readonly kind: 'gate';
  readonly name: string;
  readonly area: number;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly function: Expression;
  /** Over the inputs. */
  readonly table: string;
}

export interface Flop {
  readonly kind: 'flop';
  readonly name: string;
  readonly area: number;
  readonly states: readonly [string, string];
  readonly clock: Expression;
  /** What is stored. */
  readonly next: Expression;
  readonly clear: Expression | undefined;
  readonly preset: Expression | undefined;
  readonly outputs: readonly { readonly pin: string; readonly function: string }[];
  /** Inputs that choose what is stored, for scan and the like, held where the flop stores its data input. */
  readonly tied: readonly string[];
}

export interface LeftOut {
  readonly kind: 'left out';
  readonly name: string;
  readonly because: string;
}

export type Cell = Gate | Flop | LeftOut;

const marks: readonly (readonly [attribute: string, because: string])[] = [
  ['dont_use', 'dont_use'],
  ['is_isolation_cell', 'isolation'],
  ['is_level_shifter', 'level shifter'],
  ['always_on', 'always on'],
  ['retention_cell', 'retention'],
  ['power_gating_cell', 'retention'],
  ['switch_cell_type', 'power switch'],
  ['clock_gating_integrated_cell', 'clock gate'],
  ['pad_cell', 'pad'],
  ['is_pad', 'pad'],
  ['is_macro_cell', 'macro'],
  ['is_memory_cell', 'macro'],
  ['antenna_diode_type', 'diode'],
  ['is_filler_cell', 'filler'],
  ['is_tap_cell', 'filler'],
  ['is_decap_cell', 'filler'],
];
/** Of pins: a cell that has one serves that purpose. */
const pinMarks: readonly (readonly [attribute: string, because: string])[] = [
  ['isolation_cell_enable_pin', 'isolation'],
  ['isolation_cell_data_pin', 'isolation'],
  ['level_shifter_data_pin', 'level shifter'],
  ['level_shifter_enable_pin', 'level shifter'],
  ['retention_pin', 'retention'],
  ['clock_gate_clock_pin', 'clock gate'],
  ['clock_gate_enable_pin', 'clock gate'],
  ['is_pad', 'pad'],
  ['three_state', 'three-state'],
];
/** Vendors that leave the marks out name such cells so (SkyWater: lpflow_isobufsrc, lpflow_lsbuf, probe). */
const unmarked: readonly (readonly [pattern: RegExp, because: string])[] = [
  [/(^|_)lpflow_.*iso|(^|_)iso(buf|and|or|latch|cell|src)|isobufsrc/i, 'isolation'],
  [/(^|_)lpflow_.*ls|(^|_)lsbuf|lvl_?shift|level_?shift/i, 'level shifter'],
  [/(^|_)lpflow_/i, 'low-power flow'],
  [/(^|_)probec?_?p?(_|\d|$)/i, 'probe'],
];

/** What ABC matches in one step. */
const maxInputs = 6;

const isTrue = (value: string | undefined) => value !== undefined && !/^(false|0|)$/i.test(value.trim());
const stringOf = (g: Group, name: string) => g.attributes.get(name);

export function classify(cell: Group): Cell {
  const name = cell.args[0] ?? '';
  const out = (because: string): LeftOut => ({ kind: 'left out', name, because });
  const pins = cell.groups.filter((g) => g.name === 'pin').flatMap((g) => g.args.map((pin) => ({ pin, g })));
  const marked =
    marks.find(([attribute]) => isTrue(stringOf(cell, attribute))) ??
    pinMarks.find(([attribute]) => pins.some(({ g }) => isTrue(stringOf(g, attribute))));
  if (marked) return out(marked[1]);
  const named = unmarked.find(
    ([pattern]) => pattern.test(name) || pattern.test(stringOf(cell, 'cell_footprint') ?? ''),
  );
  if (named) return out(named[1]);
  if (cell.groups.some((g) => g.name === 'bus' || g.name === 'bundle')) return out('several bits');
  const states = cell.groups.filter((g) => ['ff', 'ff_bank', 'latch', 'latch_bank', 'statetable'].includes(g.name));
  if (states.some((g) => g.name.startsWith('latch'))) return out('latch');
  if (states.some((g) => g.name.endsWith('_bank')) || states.length > 1) return out('several bits');
  if (states.some((g) => g.name === 'statetable')) return out('state table');
  const area = Number(stringOf(cell, 'area') ?? NaN);
  const direction = (g: Group) => stringOf(g, 'direction') ?? '';
  if (pins.some(({ g }) => direction(g) === 'inout')) return out('pad');
  const inputs = pins.filter(({ g }) => direction(g) === 'input').map(({ pin }) => pin);
  const outputs = pins
    .filter(({ g }) => direction(g) === 'output')
    .map(({ pin, g }) => ({ pin, function: parseFunction(stringOf(g, 'function') ?? '') }));
  if (outputs.length === 0 || outputs.some((o) => !o.function)) return out('no function');
  if (!(area > 0)) return out('no area');
  if (states[0])
    return flopOf(name, area, states[0], inputs, outputs as readonly Output[]) ?? out('flop of another kind');
  const [only, another] = outputs as readonly Output[];
  if (!only || another) return out('several outputs');
  const used = namesOf(only.function);
  if (used.length === 0) return out('constant');
  if (used.some((n) => !inputs.includes(n))) return out('no function');
  if (used.length > maxInputs) return out('many inputs');
  return {
    kind: 'gate',
    name,
    area,
    inputs: used,
    output: only.pin,
    function: only.function,
    table: truthTable(only.function, used),
  };
}

interface Output {
  readonly pin: string;
  readonly function: Expression;
}

function flopOf(
  name: string,
  area: number,
  ff: Group,
  inputs: readonly string[],
  outputs: readonly Output[],
): Flop | undefined {
  const states = [ff.args[0] ?? 'IQ', ff.args[1] ?? 'IQN'] as const;
  const read = (attribute: string) =>
    ff.attributes.has(attribute) ? parseFunction(got(ff.attributes, attribute)) : undefined;
  const [clock, next, clear, preset] = [read('clocked_on'), read('next_state'), read('clear'), read('preset')];
  const single = (e: Expression | undefined) => e !== undefined && inputs.includes(pinOf(e) ?? '');
  if (!next || !single(clock) || ff.attributes.has('clocked_on_also')) return undefined;
  if ((clear && !single(clear)) || (preset && !single(preset))) return undefined;
  const stored = storedBy(next, states);
  // The second state is the first inverted.
  const shown = (f: Expression) =>
    [false, true]
      .map((value) => Number(valueOf(f, (n) => (n === states[0] ? value : n === states[1] && !value))))
      .join('');
  const functions = outputs.flatMap(({ pin, function: f }) =>
    shown(f) === '01' ? [{ pin, function: states[0] }] : shown(f) === '10' ? [{ pin, function: states[1] }] : [],
  );
  if (!stored || functions.length === 0) return undefined;
  return {
    kind: 'flop',
    name,
    area,
    states,
    clock: defined(clock),
    next: stored.next,
    clear,
    preset,
    outputs: functions,
    tied: stored.tied,
  };
}

const pinOf = (e: Expression): string | undefined =>
  e.kind === 'name' ? e.name : e.kind === 'not' && e.of.kind === 'name' ? e.of.name : undefined;

/** One input, or its inverse, as it is stored when all others are held: with none to hold, an ordinary flop. */
function storedBy(
  next: Expression,
  states: readonly string[],
): { readonly next: Expression; readonly tied: readonly string[] } | undefined {
  const names = namesOf(next);
  if (names.length === 1 && pinOf(next) !== undefined && !states.includes(nth(names, 0))) return { next, tied: [] };
  const inputs = names.filter((n) => !states.includes(n));
  if (inputs.length > maxInputs) return undefined;
  for (const data of [...inputs].sort((a, b) => Number(/^D/i.test(b)) - Number(/^D/i.test(a)))) {
    const held = inputs.filter((n) => n !== data);
    for (let row = 0; row < 2 ** held.length; row++) {
      const at = (d: boolean, q: boolean) =>
        valueOf(next, (n) =>
          n === data ? d : n === states[0] ? q : n === states[1] ? !q : ((row >> held.indexOf(n)) & 1) === 1,
        );
      const follows = [false, true].every((q) => at(true, q) && !at(false, q));
      if (follows) return { next: { kind: 'name', name: data }, tied: held };
    }
  }
  return undefined;
}

/** As small a Liberty cell as Yosys and ABC need. */
export function printCell(cell: Gate | Flop): string {
  const input = (pin: string, more = '') => `    pin(${pin}) { direction : input;${more} }`;
  const output = (pin: string, f: string) => `    pin(${pin}) { direction : output; function : "${f}"; }`;
  if (cell.kind === 'gate')
    return [
      `  cell(${cell.name}) {`,
      `    area : ${cell.area};`,
      ...cell.inputs.map((pin) => input(pin)),
      output(cell.output, printFunction(cell.function)),
      '  }',
    ].join('\n');
  const { states, clock, next, clear, preset, outputs } = cell;
  const plain = (e: Expression) => printFunction(e).replace(/^\((.*)\)$/, '$1');
  const [clockPin] = namesOf(clock);
  const others = [...new Set([next, clear, preset].flatMap((e) => (e ? namesOf(e) : [])))].filter(
    (n) => !states.includes(n) && n !== clockPin,
  );
  const more = [
    ...(clear ? [` clear : "${plain(clear)}";`] : []),
    ...(preset ? [` preset : "${plain(preset)}";`] : []),
  ].join('');
  return [
    `  cell(${cell.name}) {`,
    `    area : ${cell.area};`,
    `    ff(${states.join(', ')}) { next_state : "${plain(next)}"; clocked_on : "${plain(clock)}";${more} }`,
    ...others.map((pin) => input(pin)),
    input(defined(clockPin), ' clock : true;'),
    ...outputs.map((o) => output(o.pin, o.function)),
    '  }',
  ].join('\n');
}
