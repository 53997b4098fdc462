// Liberty libraries of our own writing, built as public ones are: several files, marks, notations; and each with a defect.

import { describe, expect, test } from 'vitest';
import { parseFunction, printFunction, truthTable } from '../../src/sim/synth/liberty/boolean.js';
import { readLibrary } from '../../src/sim/synth/liberty/library.js';
import { magnetLiberty } from '../../src/sim/synth/liberty/own.js';
import { parseLiberty } from '../../src/sim/synth/liberty/parse.js';
import type { SynthesisTask } from '../../src/sim/synth/synth.js';
import { synthesize } from '../../src/sim/synth/synth.js';

const pins = (names: string) => [...names].map((p) => `pin(${p}) { direction : input; }`).join(' ');
const gate = (name: string, area: number, inputs: string, f: string, more = '') =>
  `cell(${name}) { area : ${area}; ${more} ${pins(inputs)} pin(ZN) { direction : output; function : "${f}"; } }`;
const flop = (name: string, area: number, next = 'D', inputs = 'D', more = '', clock = 'CP') =>
  `cell(${name}) { area : ${area}; ff(IQ, IQN) { next_state : "${next}"; clocked_on : ` +
  `"${clock}"; ${more} } ${pins(inputs)} pin(CP) { direction : input; clock : true; ` +
  '} pin(Q) { direction : output; function : "IQ"; } }';
const parts = {
  inverter: gate('ivx1', 1, 'I', '!I'),
  buffer: gate('bfx1', 1.5, 'I', 'I'),
  nand: gate('g2n', 2, 'AB', "(A B)'"),
  flop: flop('reg1', 8),
};
const lib = (cells: readonly string[], name = 'vendor') =>
  `library (${name}) {\n  delay_model : table_lookup;\n${cells.join('\n')}\n}\n`;
const read = (...texts: readonly string[]) => readLibrary(texts.map((text, i) => ({ path: `${i}.lib`, text })));
const whole = (...cells: readonly string[]) => read(lib([...Object.values(parts), ...cells]));
const must = (library: ReturnType<typeof readLibrary>) => {
  if (!('areas' in library)) throw new Error(library.join('\n'));
  return library;
};
const names = (library: ReturnType<typeof readLibrary>) => [...must(library).areas.keys()];

describe('functions', () => {
  test.each([
    ['!(A*B)', '1110'],
    ["(A B)'", '1110'],
    ['!A + !B', '1110'],
    ["A' | B'", '1110'],
    ['!(A&B)', '1110'],
    ['(!A)+(!B)', '1110'],
    ['A ^ B', '0110'],
    ['A*!B+!A*B', '0110'],
    ["A B' + A' B", '0110'],
    ['A^B*B', '0010'],
    ['A+B^B', '0101'],
    ["!A'", '0101'],
    ['(A)(B)', '0001'],
    ['A*1+0', '0101'],
    ['"A"', '0101'],
  ])('%s is %s', (text, table) => {
    const f = parseFunction(text)!;
    expect(truthTable(f, ['A', 'B'])).toBe(table);
    // In one notation, whatever a reader's precedence.
    expect(truthTable(parseFunction(printFunction(f))!, ['A', 'B'])).toBe(table);
  });

  test.each(['', 'A*', '(A', 'A)', '!', 'A ? B', '*A'])('%j is none', (text) =>
    expect(parseFunction(text)).toBeUndefined(),
  );
});

describe('text', () => {
  test('comments, lines that go on, quotes, missing semicolons, groups and tables that nobody asks for', () => {
    const text = `/* head { */
library ("my lib") { // a comment with a brace {
  define (own, cell, string); define_group(mine, library);
  time_unit : "1ns"
  capacitive_load_unit (1,pf);
  voltage_map (VDD, 0.7); nom_voltage : 0.7;
  lu_table_template (t) { variable_1 : "a"; index_1 ("1, 2, \\
     3"); }
  mine (x) { other (y) { text : "} \\" {"; /* } */ } }
  cell ("nd2") { area : 2.5 ; pg_pin (VDD) { pg_type : primary_power; }
    pin ("A") { direction : "input"; timing () { values ("1, 2", \\
      "3, 4"); } }
    pin (B) { direction : input } pin (Y) { direction : output; function : "(!(A \\
      * B))"; }
  }
}
`;
    const library = parseLiberty(text);
    if (typeof library === 'string') throw new Error(library);
    expect(library.args).toEqual(['my lib']);
    const [cell] = library.groups;
    expect([cell!.name, cell!.args, cell!.attributes.get('area'), cell!.groups.map((g) => g.args[0])]).toEqual([
      'cell',
      ['nd2'],
      '2.5',
      ['A', 'B', 'Y'],
    ]);
    expect(truthTable(parseFunction(cell!.groups[2]!.attributes.get('function')!)!, ['A', 'B'])).toBe('1110');
  });

  test.each([
    ['<html></html>', 'not a Liberty file: expected library (NAME) { in it'],
    ['', 'not a Liberty file: expected library (NAME) { in it'],
    ['<p>library (l)', 'line 1: expected an attribute or a group'],
    ['library(l) {\n cell(A) {\n area : 1;', 'line 3: the file ends inside a group'],
    ['library(l) {\n timing() { {', 'line 2: a group is never closed'],
    ['library(l) { a : "x', 'line 1: a text in quotes is never closed'],
    ['library(l) { /* ', 'line 1: a comment is never closed'],
    ['library(l) { } }', 'line 1: a closing brace without an opening one'],
    ['library(l) { a b; }', 'line 1: expected ":" or "(" after a'],
  ])('%j: the fault has its line', (text, wanted) =>
    expect(read(text)).toEqual([expect.stringContaining(`0.lib: ${wanted}`)]),
  );
});

describe('what a cell is', () => {
  test('by its function, whatever its name and pins', () => {
    const library = must(whole(gate('nand2_but_nor', 0.5, 'AB', '!(A+B)')));
    expect(names(library)).toEqual(['ivx1', 'bfx1', 'g2n', 'nand2_but_nor', 'reg1']);
    // The gate that counts is the NAND, not what is called so.
    expect(library.gate).toBe(2);
    expect(library.notes).toEqual(['Of 5 cells 4 are gates and 1 flops.']);
  });

  test.each([
    ['dont_use', gate('x', 1, 'AB', 'A*B', 'dont_use : true;')],
    ['dont_use', gate('x', 1, 'AB', 'A*B', 'dont_use : "true";')],
    ['isolation', gate('x', 1, 'AB', 'A*B', 'is_isolation_cell : true;')],
    [
      'isolation',
      'cell(x) { area : 1; pin(A) { direction : input; } pin(S) { direction : input; ' +
        'isolation_cell_enable_pin : true; } pin(X) { direction : output; function : "A*!S"; } }',
    ],
    ['isolation', gate('sky__lpflow_isobufsrc_1', 1, 'AS', '!S*A')],
    ['level shifter', gate('x', 1, 'A', 'A', 'is_level_shifter : true;')],
    ['always on', gate('x', 1, 'A', 'A', 'always_on : true;')],
    ['retention', flop('x', 1, 'D', 'D', '').replace('area', 'retention_cell : "drff"; area')],
    ['clock gate', gate('x', 1, 'AB', 'A*B', 'clock_gating_integrated_cell : "latch_posedge";')],
    ['pad', gate('x', 1, 'A', 'A', 'pad_cell : true;')],
    [
      'three-state',
      'cell(x) { area : 1; pin(A) { direction : input; } pin(E) { direction : input; ' +
        '} pin(Z) { direction : output; function : "A"; three_state : "!E"; } }',
    ],
    [
      'latch',
      'cell(x) { area : 1; latch(IQ, IQN) { data_in : "D"; enable : "G"; } pin(D) { direction : ' +
        'input; } pin(G) { direction : input; } pin(Q) { direction : output; function : "IQ"; } }',
    ],
    [
      'several bits',
      'cell(x) { area : 1; bus(D) { bus_type : two; direction : input; pin(D[0]) {} } pin(Q) { direction : output; function : "D[0]"; } }',
    ],
    [
      'several outputs',
      'cell(x) { area : 1; pin(A, B) { direction : input; } pin(S) { direction : output; ' +
        'function : "A^B"; } pin(CO) { direction : output; function : "A*B"; } }',
    ],
    ['constant', 'cell(x) { area : 1; pin(Z) { direction : output; function : "1"; } }'],
    ['no function', 'cell(x) { area : 1; pin(A) { direction : input; } }'],
    ['no area', 'cell(x) { pin(A) { direction : input; } pin(Z) { direction : output; function : "!A"; } }'],
    ['flop of another kind', flop('x', 1, 'D', 'D', 'clocked_on_also : "CPN";')],
  ])('left out: %s', (because, cell) => {
    const library = must(whole(cell));
    expect(library.notes[0]).toBe(`Of 5 cells 3 are gates and 1 flops; left out: 1 ${because}.`);
    expect(library.liberty).not.toMatch(/cell\((x|sky)/);
  });

  test('dont_use : false is no mark', () =>
    expect(names(whole(gate('x', 1, 'AB', 'A*B', 'dont_use : false;')))).toContain('x'));
});

describe('what no logic is made without', () => {
  const without = (part: keyof typeof parts, ...more: readonly string[]) =>
    read(lib([...Object.entries(parts).flatMap(([name, cell]) => (name === part ? [] : [cell])), ...more]));
  test.each([
    ['flop', 'the library has no flop. Of 3 cells 3 are gates and 0 flops.'],
    ['inverter', 'the library has no inverter. '],
    ['buffer', 'the library has no buffer. '],
    ['nand', 'the library has no NAND of two inputs. '],
  ] as const)('%s', (part, wanted) => expect(without(part)).toEqual([expect.stringContaining(wanted)]));

  test('a NAND of other inputs is none, nor is one that must not be used', () => {
    expect(without('nand', gate('nand2', 1, 'ABC', '!(A*B*C)'))).toEqual([
      expect.stringContaining('no NAND of two inputs'),
    ]);
    expect(without('nand', gate('nand2', 1, 'AB', '!(A*B)', 'dont_use : true;'))).toEqual([
      expect.stringContaining('left out: 1 dont_use'),
    ]);
  });

  test('latches are no flops', () => {
    const latch =
      'cell(lat) { area : 1; latch(IQ, IQN) { data_in : "D"; enable : "G"; } pin(D) { direction : ' +
      'input; } pin(G) { direction : input; } pin(Q) { direction : output; function : "IQ"; } }';
    expect(without('flop', latch)).toEqual([expect.stringContaining('no flop (the nearest: lat, latch).')]);
  });

  test('all that is missing at once', () =>
    expect(read(lib([parts.flop]))).toEqual([
      expect.stringContaining('no inverter, no buffer, no NAND of two inputs'),
    ]));
});

describe('several files', () => {
  const files = [
    lib([parts.inverter, parts.buffer], 'v_INVBUF'),
    lib([parts.nand], 'v_SIMPLE'),
    lib([parts.flop], 'v_SEQ'),
  ];
  test('are one library, in any order', () => {
    const [one, other] = [must(read(...files)), must(read(...[...files].reverse()))];
    expect(one.name).toBe('v_INVBUF, v_SIMPLE, v_SEQ');
    expect([...one.areas].sort()).toEqual([...other.areas].sort());
  });

  test('a file of them alone says what it lacks', () =>
    expect(read(files[1]!)).toEqual([
      expect.stringContaining('give every file of the library, as --liberty FILE each'),
    ]));
  test('one cell of two areas is refused', () => {
    expect(read(...files, lib([gate('g2n', 2.5, 'AB', '!(A*B)')]))).toEqual([
      '3.lib: g2n has an area of 2.5 here and 2 in 1.lib; give libraries of one kind of cells, each once',
    ]);
    expect(must(read(...files, files[1]!)).gate).toBe(2);
  });
});

describe('synthesis with them', () => {
  const verilog = [
    {
      path: 'x.v',
      text:
        'module x(input wire clk, input wire [3:0] a, input wire [3:0] b, output reg [3:0] q);\n  always @(posedge ' +
        'clk) q <= a + b;\nendmodule',
    },
  ];
  const task: SynthesisTask = { verilog, top: 'x', blackboxes: [], native: false };
  const run = async (text: string) => await synthesize({ ...task, library: must(read(text)) }, () => {});
  const plain = lib(Object.values(parts));

  test.each([
    ['a plain flop', plain, 4 * 8],
    [
      'a flop on the falling edge',
      lib([parts.inverter, parts.buffer, parts.nand, flop('regn', 9, 'D', 'D', '', '!CP')]),
      4 * 9,
    ],
    ['a flop with its output inverted only', plain.replace('function : "IQ"', 'function : "IQN"'), 4 * 8],
    [
      'a flop that is cleared',
      lib([parts.inverter, parts.buffer, parts.nand, flop('regr', 11, 'D', 'DR', 'clear : "!R";')]),
      4 * 11,
    ],
    [
      'scan flops alone',
      lib([parts.inverter, parts.buffer, parts.nand, flop('sreg', 10, '(E*S)+(!E*D)', 'DES')]),
      4 * 10,
    ],
    [
      'enabled flops alone',
      lib([parts.inverter, parts.buffer, parts.nand, flop('ereg', 12, '(E*D)+(!E*IQ)', 'DE')]),
      4 * 12,
    ],
  ])('%s', async (_, text, flops) => {
    const { modules, check } = await run(text);
    expect(check).toEqual([]);
    // Four flops, and an adder of 4 bits without its last carry: at least 20 NANDs.
    expect(modules[0]!.area).toBeGreaterThan(flops + 40);
    expect(modules[0]!.area).toBeLessThan(flops + 120);
  });

  test('what is said of flops whose inputs are held', () => {
    const { notes } = must(
      read(lib([parts.inverter, parts.buffer, parts.nand, flop('sreg', 10, '(E*S)+(!E*D)', 'DES')])),
    );
    expect(notes[1]).toBe('Every flop has inputs beside its data (E, S); they are held, as without scan.');
  });

  test('a cheap isolation cell is not used as an AND', async () => {
    const cheap = gate('isobufsrc', 0.1, 'AS', 'A*!S');
    const [without, beside] = [await run(plain), await run(lib([...Object.values(parts), cheap]))];
    expect(beside.modules).toEqual(without.modules);
  });

  test('our own library reads back as it is', async () => {
    const own = must(readLibrary([{ path: 'own', text: magnetLiberty() }]));
    expect([own.areas.size, own.gate]).toEqual([16, 0.15552]);
  });
});
