// A cell library of our own for counting area: 16 cells with function and area, no timing.

/** Width of one column of transistors in a row of cells: contacted poly pitch x tracks x metal pitch of 16FF, um2. */
const column = (0.09 * 9 * 64) / 1000;

/**
 * Columns and function of each cell; the output is Y. No 16 nm library is open, so the columns are those of Nangate45,
 * whose areas are whole multiples of 0.266 um2: INV 0.532, NAND2 0.798, NAND3 and AND2 1.064, XOR2 1.596, AOI22 1.33,
 * MUX2 1.862, DFF 4.522; a dual (NOR, OR, XNOR, OAI) is as wide as its twin. In ratio to NAND2, sky130 has INV 1, AND2
 * 1.67, XOR2 2.33, MUX2 3, DFF 5.33; ASAP7 INV 0.75, AND2 1.5, XOR2 2.25, DFF 5. These 16 cells alone come within -1.4
 * .. +6.4 % of the areas that the whole libraries give.
 */
const cells: readonly (readonly [name: string, columns: number, output: string])[] = [
  ['INV', 2, '!A'],
  ['BUF', 3, 'A'],
  ['NAND2', 3, '!(A*B)'],
  ['NAND3', 4, '!(A*B*C)'],
  ['NOR2', 3, '!(A+B)'],
  ['NOR3', 4, '!(A+B+C)'],
  ['AND2', 4, 'A*B'],
  ['OR2', 4, 'A+B'],
  ['XOR2', 6, 'A^B'],
  ['XNOR2', 6, '!(A^B)'],
  ['AOI21', 4, '!((A*B)+C)'],
  ['OAI21', 4, '!((A+B)*C)'],
  ['AOI22', 5, '!((A*B)+(C*D))'],
  ['OAI22', 5, '!((A+B)*(C+D))'],
  ['MUX2', 7, '(A*!S)+(B*S)'],
];
const flopColumns = 17;

/** The library as Liberty text: NAND2, the gate equivalent, is 3 columns = 0.156 um2. */
export function magnetLiberty(): string {
  const area = (columns: number) => `area : ${(columns * column).toFixed(5)};`;
  const input = (pin: string) => `    pin(${pin}) { direction : input; }`;
  const gates = cells.map(([name, columns, output]) =>
    [
      `  cell(${name}) {`,
      `    ${area(columns)}`,
      ...[...new Set(output.match(/[A-Z]/g))].sort().map(input),
      `    pin(Y) { direction : output; function : "${output}"; }`,
      '  }',
    ].join('\n'),
  );
  const flop = [
    '  cell(DFF) {',
    `    ${area(flopColumns)}`,
    '    ff(IQ, IQN) { next_state : "D"; clocked_on : "CK"; }',
    input('D'),
    '    pin(CK) { direction : input; clock : true; }',
    '    pin(Q) { direction : output; function : "IQ"; }',
    '  }',
  ].join('\n');
  return [
    'library(magnet_16nm) {',
    '  time_unit : "1ns";',
    '  capacitive_load_unit(1, ff);',
    ...gates,
    flop,
    '}',
    '',
  ].join('\n');
}
