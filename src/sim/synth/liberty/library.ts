// One or several Liberty texts as the library that synthesis works with: the cells it may use, and what they count for.

import { defined } from '../../../base/invariant.js';
import type { Cell, Flop, Gate } from './cells.js';
import { classify, printCell } from './cells.js';
import { parseLiberty } from './parse.js';

export interface LibertyFile {
  readonly path: string;
  readonly text: string;
}

export interface Library {
  readonly name: string;
  /** Cells that may be used, as Liberty text for Yosys: no timing, functions in one notation. */
  readonly liberty: string;
  /** In the unit of the library, um2 by habit, by cell. */
  readonly areas: ReadonlyMap<string, number>;
  /** Of the smallest NAND of two inputs. */
  readonly gate: number;
  /** What is worth knowing of how it was read, a line each. */
  readonly notes: readonly string[];
}

const inverter = ['10'];
const buffer = ['01'];
const nand2 = ['1110'];

/**
 * The cells of Liberty files; or sentences about what is wrong: of the text, or because cells are missing that no logic is made
 * without.
 */
export function readLibrary(files: readonly LibertyFile[]): Library | readonly string[] {
  const faults: string[] = [];
  const names: string[] = [];
  const cells = new Map<string, Cell & { readonly from: string }>();
  for (const { path, text } of files) {
    const library = parseLiberty(text);
    if (typeof library === 'string') {
      faults.push(`${path}: ${library}`);
      continue;
    }
    names.push(library.args[0] ?? path);
    for (const group of library.groups.filter((g) => g.name === 'cell')) {
      const cell = { ...classify(group), from: path };
      const known = cells.get(cell.name);
      if (known && 'area' in known && 'area' in cell && known.area !== cell.area)
        faults.push(
          `${path}: ${cell.name} has an area of ${cell.area} here and ${known.area} in ${known.from}; ` +
            'give libraries of one kind of cells, each once',
        );
      if (!known || known.kind === 'left out') cells.set(cell.name, cell);
    }
  }
  if (faults.length > 0) return faults;
  const all = [...cells.values()];
  const gates = all.filter((c): c is Gate & { from: string } => c.kind === 'gate');
  const anyFlops = all.filter((c): c is Flop & { from: string } => c.kind === 'flop');
  const plain = anyFlops.filter((c) => c.tied.length === 0);
  const flops = plain.length > 0 ? plain : anyFlops;
  const lacking = [
    ...(flops.length > 0
      ? []
      : [`flop${hint(all, ['latch', 'several bits', 'flop of another kind', 'state table', 'retention'])}`]),
    ...[
      ['inverter', inverter],
      ['buffer', buffer],
      ['NAND of two inputs', nand2],
    ].flatMap(([what, tables]) => (gates.some((g) => defined(tables).includes(g.table)) ? [] : [String(what)])),
  ];
  const of = files.map((f) => f.path).join(', ');
  if (lacking.length > 0)
    return [
      `${of}: the library has no ${lacking.join(', no ')}. ${census(all)} Cells are identified by their functions; ` +
        'give every file of the library, as --liberty FILE each',
    ];
  const used = [...gates, ...flops];
  return {
    name: [...new Set(names)].join(', '),
    liberty: [
      'library(cells) {',
      '  time_unit : "1ns";',
      '  capacitive_load_unit(1, ff);',
      ...used.map(printCell),
      '}',
      '',
    ].join('\n'),
    areas: new Map(used.map((c) => [c.name, c.area])),
    gate: Math.min(...gates.filter((g) => nand2.includes(g.table)).map((g) => g.area)),
    notes: [
      census(all),
      ...(plain.length > 0
        ? []
        : [
            'Every flop has inputs beside its data (' +
              [...new Set(flops.flatMap((c) => c.tied))].join(', ') +
              '); they are held, as without scan.',
          ]),
    ],
  };
}

/** `Of 134 cells 101 are gates and 3 flops; left out: 12 latch, 9 dont_use.` */
function census(all: readonly Cell[]): string {
  const out = new Map<string, number>();
  for (const c of all) if (c.kind === 'left out') out.set(c.because, (out.get(c.because) ?? 0) + 1);
  const count = (kind: Cell['kind']) => all.filter((c) => c.kind === kind).length;
  const left = [...out].sort((a, b) => b[1] - a[1]).map(([because, n]) => `${n} ${because}`);
  return (
    `Of ${all.length} cells ${count('gate')} are gates and ${count('flop')} flops` +
    (left.length > 0 ? `; left out: ${left.join(', ')}` : '') +
    '.'
  );
}

function hint(all: readonly Cell[], reasons: readonly string[]): string {
  const near = all.filter((c) => c.kind === 'left out' && reasons.includes(c.because));
  return near.length === 0
    ? ''
    : ` (the nearest: ${near
        .slice(0, 3)
        .map((c) => `${c.name}, ${'because' in c ? c.because : ''}`)
        .join('; ')})`;
}
