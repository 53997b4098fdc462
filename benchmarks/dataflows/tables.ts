// The study as Markdown: energy by machine and dataflow, its parts, layers on which a dataflow is another or none.

import { networkNames } from './cases.js';
import { dataflows } from './dataflows.js';
import { machines, rowOf } from './figures.js';
import type { StudyRow } from './study-task.js';

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, headings.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const names = dataflows.map((d) => d.name);
const middle = { vector: 16, lanes: 16 } as const;

/** The minimum of a row in bold; a dataflow that lacks a layer takes no part. */
function byMachine(rows: readonly StudyRow[], network: string, of: (r: StudyRow) => number): string {
  return table(
    ['VectorSize x NumLanes', ...names],
    machines.map(({ vector, lanes }) => {
      const found = names.map((name) => rowOf(rows, network, vector, lanes, name));
      const min = Math.min(...found.map((r) => (r && r.missing.length === 0 ? of(r) : Infinity)));
      return [
        `${vector} x ${lanes}`,
        ...found.map((r) =>
          !r || r.missing.length > 0 ? '-' : of(r) === min ? `**${of(r).toFixed(1)}**` : of(r).toFixed(1),
        ),
      ];
    }),
  );
}

function parts(rows: readonly StudyRow[], network: string): string {
  const found = names.flatMap((name) => rowOf(rows, network, middle.vector, middle.lanes, name) ?? []);
  const all = [...new Set(found.flatMap((r) => r.parts.map((p) => p.part)))];
  const perOp = (r: StudyRow, energy: number) =>
    (energy / r.parts.reduce((n, p) => n + p.energy, 0)) * r.fjPerOpWithDram;
  return table(
    ['fJ per operation', ...found.map((r) => r.dataflow)],
    [
      ...all.map((part) => [
        part,
        ...found.map((r) => perOp(r, r.parts.find((p) => p.part === part)?.energy ?? 0).toFixed(1)),
      ]),
      ['area, mm2', ...found.map((r) => r.area.toFixed(2))],
      ['utilisation', ...found.map((r) => `${(100 * r.utilization).toFixed(1)} %`)],
    ],
  );
}

function reuse(rows: readonly StudyRow[], network: string): string {
  const found = names.flatMap((name) => rowOf(rows, network, middle.vector, middle.lanes, name) ?? []);
  const layers = found[0]?.layers.map((l) => l.layer) ?? [];
  const at = (r: StudyRow, name: string) => r.layers.find((l) => l.layer === name);
  return table(
    ['layer', ...found.map((r) => r.dataflow)],
    layers.map((name) => [name, ...found.map((r) => at(r, name)?.reuse.join(' ') ?? '-')]),
  );
}

function remarks(rows: readonly StudyRow[]): string {
  const list = (of: (r: StudyRow) => readonly string[]) => {
    const lines = networkNames.flatMap((network) =>
      names.flatMap((name) => {
        const found = rows.filter((r) => r.network === network && r.dataflow === name);
        const layers = [...new Set(found.flatMap(of))];
        return layers.length > 0 ? [`- ${network}, ${name}: ${layers.join(', ')}`] : [];
      }),
    );
    return lines.length > 0 ? lines.join('\n') : 'None.';
  };
  const on = (r: StudyRow) => ` (${r.vectorSize} x ${r.numLanes})`;
  return [
    '## Layers without a mapping',
    list((r) => r.missing.map((m) => m + on(r))),
    '## Layers that lack the loops of a dataflow',
    'It asks for nothing there, and coincides with others.',
    list((r) => r.layers.filter((l) => l.void).map((l) => l.layer)),
    '## Layers whose multipliers had to be allowed more than twice their fewest cycles',
    list((r) => r.layers.filter((l) => l.slack > 2).map((l) => `${l.layer}${on(r)}`)),
  ].join('\n\n');
}

const depthTable = (rows: readonly StudyRow[]): string => {
  const deep = [...new Set(rows.map((r) => Math.max(...r.depths)))];
  const two = dataflows.filter((d) => d.local !== undefined).map((d) => d.name);
  const at = (depth: number, name: string) => rows.find((r) => r.dataflow === name && Math.max(...r.depths) === depth);
  return table(
    ['entries', ...two],
    deep.map((depth) => [
      String(depth),
      ...two.map((name) => {
        const r = at(depth, name);
        return r && r.missing.length === 0 ? `${r.fjPerOp.toFixed(1)} / ${r.area.toFixed(2)}` : '-';
      }),
    ]),
  );
};

export const tables = (rows: readonly StudyRow[], depths: readonly StudyRow[]): string =>
  `${[
    '# Dataflows in numbers',
    'Written by `benchmarks/dataflows/run.ts`; [README.md](README.md) says what they are. fJ per operation, the least in bold; `-` where a layer has no mapping.',
    ...networkNames.flatMap((n) => [
      `## ${n}`,
      'Without DRAM:',
      byMachine(rows, n, (r) => r.fjPerOp),
      'With DRAM, which is what mappings are chosen by:',
      byMachine(rows, n, (r) => r.fjPerOpWithDram),
    ]),
    ...networkNames.flatMap((n) => [`## ${n}: where it goes, 16 x 16`, parts(rows, n)]),
    '## resnet50, 16 x 16: entries of the deep collector',
    'fJ per operation without DRAM / mm2 of the chip.',
    depthTable(depths),
    remarks(rows),
    ...networkNames.flatMap((n) => [
      `## ${n}: reuse, 16 x 16`,
      'Cycles of a PE per read of the weight buffer, per read of the input buffer, per visit of a sum.',
      reuse(rows, n),
    ]),
  ].join('\n\n')}\n`;
