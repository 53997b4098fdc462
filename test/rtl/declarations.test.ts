// Every name is declared before it is used. Verilog wants it so; of the simulators that the tests ask, none minds.

import { describe, expect, test } from 'vitest';
import { magnet, simba } from '../../src/model/machine/presets.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { testbench } from '../../src/rtl/testbench.js';
import { edgeTemplate, randomTemplate } from '../support/machines.js';

interface Declared {
  readonly name: string;
  readonly at: number;
}

const blank = (text: string) => text.replace(/[^\n]/g, ' ');
/** Without comments, strings and names of ports at instances, each replaced by as many blanks. */
const codeOf = (text: string) =>
  text
    .replace(/\/\/.*/g, blank)
    .replace(/"(?:[^"\\]|\\.)*"/g, blank)
    .replace(/\.\s*\w+(?=\s*\()/g, blank);

/** Nets, variables and parameters with the place of their declaration. */
function declarationsIn(code: string): readonly Declared[] {
  const found: Declared[] = [];
  const head = /\b(?:wire|reg|integer|genvar|localparam|parameter|task)\b(?:\s+signed\b)?(?:\s*\[[^\]]*\])?\s+(?=\w)/g;
  for (let match = head.exec(code); match; match = head.exec(code)) {
    let at = head.lastIndex;
    for (;;) {
      const name = /^\w+/.exec(code.slice(at))![0];
      found.push({ name, at });
      // To the comma or the end of this declarator; what is in brackets belongs to it.
      let depth = 0;
      for (at += name.length; depth > 0 || !/[,;)]/.test(code[at]!); at++)
        depth += /[([{]/.test(code[at]!) ? 1 : /[)\]}]/.test(code[at]!) ? -1 : 0;
      const next = /^,\s*(?=\w)/.exec(code.slice(at));
      // A list of ports or parameters goes on with the next head.
      if (!next || /^,\s*(?:input|output|parameter)\b/.test(code.slice(at))) break;
      at += next[0].length;
    }
  }
  return found;
}

/** Names that are used before they are declared, with the line of the use. */
function tooEarly(text: string): readonly string[] {
  const code = codeOf(text);
  const declared = new Map<string, number>();
  for (const { name, at } of declarationsIn(code)) declared.set(name, Math.min(at, declared.get(name) ?? Infinity));
  const faults = new Map<string, string>();
  for (const { 0: name, index } of code.matchAll(/(?<![\w'.])[A-Za-z_]\w*/g)) {
    const at = declared.get(name);
    if (at !== undefined && index < at && !faults.has(name))
      faults.set(name, `${name}, line ${code.slice(0, index).split('\n').length}`);
  }
  return [...faults.values()];
}

test('the scan sees what comes too early, and only that', () => {
  const bad =
    'module a (input wire clk, output wire y);\n  wire start = y && accepted; // late\n  reg accepted, ' +
    'late;\n  assign y = late;\n  b #(.W (W)) u (.late (clk));\nendmodule';
  expect(tooEarly(bad)).toEqual(['accepted, line 2']);
  expect(
    tooEarly(
      'module a #(parameter W = D, parameter D = 2) (input wire [W-1:0] x);\n  wire [W-1:0] p = {x, q}, q = x;\nendmodule',
    ),
  ).toEqual(['D, line 1', 'q, line 2']);
});

const points = [
  simba,
  magnet,
  ...Array.from({ length: 10 }, (_, i) => randomTemplate(700 + i)),
  ...Array.from({ length: 20 }, (_, i) => edgeTemplate(700 + i)),
];

describe.each(points.map((t) => [t.name, t] as const))('%s', (_, t) => {
  test('declares before it uses', () => {
    const a = accelerator(t);
    const bench = testbench(a, { activations: 100, weights: 100, outputs: 10, writes: 300 });
    let declared = 0;
    for (const { module, text } of [...a.files, bench]) {
      expect([module, tooEarly(text)]).toEqual([module, []]);
      declared += declarationsIn(codeOf(text)).length;
    }
    expect(declared).toBeGreaterThan(400);
  });
});
