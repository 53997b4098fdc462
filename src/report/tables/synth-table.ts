// A synthesized machine: cells and area by module, memories, and its parts beside what the cost model says of them.

import { defined } from '../../base/invariant.js';
import type { SynthResult } from '../../results/synth-result.js';
import { lines, tableOf } from '../page/blocks.js';
import type { PlainBlock } from './blocks-text.js';
import { blocksText } from './blocks-text.js';
import { amount, digits, grouped, percent, secondsText } from './quantities.js';

/** Cells by module, memories, and areas beside the model's, as `magnet synth` prints them. */
export const synthTable = (s: SynthResult): string => blocksText(synthBlocks(s));

/** The same as tables and lines, which `blocksHtml` prints. */
export const synthBlocks = (s: SynthResult): readonly PlainBlock[] => [
  moduleTable(s.modules),
  ...(s.memories && s.memories.length > 0 ? [memoryTable(s.memories)] : []),
  ...partBlocks(s),
  lines([
    `library    ${s.library}`,
    ...(s.notes ?? []).map((note) => `           ${note}`),
    `NAND2      ${digits(s.nand2.library)} um2, of the technology ${digits(s.nand2.technology)}; ` +
      'Liberty has no unit of area, um2 is assumed',
    `synthesis  ${secondsText(s.seconds)}`,
    ...(s.check ?? []).map((warning) => `warning    ${warning}`),
  ]),
];

/** Logic of one node and memories of another are not added. */
function partBlocks(s: SynthResult): readonly PlainBlock[] {
  const rows = [...s.parts, { part: 'whole chip', ...s.total }];
  if (s.total.synthesized !== null)
    return [
      tableOf(
        'Parts beside the model',
        ['part', '>synthesized (mm2)', '>model (mm2)', '>difference'],
        rows.map((p) => [
          p.part,
          digits(defined(p.synthesized)),
          digits(p.model),
          difference(defined(p.synthesized), p.model),
        ]),
        { sum: true },
      ),
    ];
  return [
    tableOf(
      'Parts beside the model',
      ['part', '>logic, library (mm2)', '>memories, technology (mm2)', '>model (mm2)'],
      rows.map((p) => [p.part, digits(p.logic), digits(p.memories), digits(p.model)]),
      { sum: true },
    ),
    lines([
      `The library's NAND2 is ${digits(s.nand2.library / s.nand2.technology)} times the technology's: ` +
        'they are of different nodes, so logic and memories are not added up.',
      'For areas that add up give the technology of that node (--technology when the design is made).',
    ]),
  ];
}

/** Sums over the whole chip, the largest first; variants are one module under other parameters. */
function moduleTable(modules: SynthResult['modules']): PlainBlock {
  const baseOf = (m: SynthResult['modules'][number]) => m.name.replace(/\(.*$/, '');
  const sum = (own: SynthResult['modules'], of: (m: SynthResult['modules'][number]) => number) =>
    own.reduce((n, m) => n + m.instances * of(m), 0);
  const all = sum(modules, (m) => m.area);
  const rows = [...new Set(modules.map(baseOf))].map((base) => {
    const own = modules.filter((m) => baseOf(m) === base);
    return {
      base,
      variants: own.length,
      instances: sum(own, () => 1),
      cells: sum(own, (m) => m.cells),
      gates: sum(own, (m) => m.gates),
      area: sum(own, (m) => m.area),
    };
  });
  return tableOf(
    'Cells by module',
    ['module', '>variants', '>instances', '>cells', '>gates', '>um2', '>share'],
    rows
      .sort((a, b) => b.area - a.area)
      .map((r) => [
        r.base,
        grouped(r.variants),
        grouped(r.instances),
        grouped(r.cells),
        grouped(Math.round(r.gates)),
        amount(r.area),
        percent(all === 0 ? 0 : r.area / all),
      ]),
  );
}

const memoryTable = (memories: NonNullable<SynthResult['memories']>): PlainBlock =>
  tableOf(
    'Memories',
    ['memory', 'ports', '>instances', '>bits each', '>bits'],
    memories.map((m) => [m.instance, m.ports, grouped(m.instances), grouped(m.bits), grouped(m.instances * m.bits)]),
  );

/** Of the synthesized area to the model's. */
const difference = (synthesized: number, model: number) =>
  model === 0
    ? '-'
    : synthesized === model
      ? '0 %'
      : `${synthesized > model ? '+' : '-'}${percent(Math.abs(synthesized / model - 1))}`;
