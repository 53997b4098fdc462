// The abstract's two numbers with schedules: npx tsx benchmarks/headline/with-schedules.ts [spaces ...] (after a build). ResNet-50 under
// 3 mm2 for least energy x delay: without folds and tensors that stay, with folds, with both; each with its own best machine, and where
// the energy of each operation goes. Writes benchmarks/results/headline/schedules.md.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { nth } from '../../src/base/invariant.js';
import type { CodesignResultFile } from '../../src/results/codesign-result.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { abstractNumbers } from './study.js';

const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'magnet-'));
const ways = [
  ['neither', ['--no-folds', '--no-residency']],
  ['folds', ['--no-residency']],
  ['folds and tensors that stay', ['--residency']],
] as const;

function found(space: string, argv: readonly string[]): CodesignResultFile {
  const file = join(folder, 'codesign.json');
  const all = ['codesign', 'resnet50', '--space', space, '--limit', 'area=3mm2', ...argv, '--json', file, '-q'];
  execFileSync('node', [main, ...all], { stdio: ['ignore', 'ignore', 'inherit'] });
  const read = parseCodesignResult(JSON.parse(readFileSync(file, 'utf8')));
  if (!read.ok) throw new Error(`no machine of ${space}`);
  return read.value;
}

const asked = process.argv.slice(2);
const rows = (asked.length > 0 ? asked : ['magnet-quick', 'magnet-16nm']).flatMap((space) =>
  ways.map(([way, argv]) => {
    const row = { space, way, result: found(space, argv) };
    console.log(space, way, row.result.objective, row.result.seconds);
    return row;
  }),
);
rmSync(folder, { recursive: true });

const table = (heads: readonly string[], lines: readonly (readonly string[])[]): string =>
  [heads, heads.map((_, i) => (i < 2 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
const fixed = (x: number | null, places: number): string => (x === null ? '' : x.toFixed(places));

const figures = rows.map(({ space, way, result: { networks, area, gap, seconds } }) => {
  const n = nth(networks, 0);
  const mm2 = area.reduce((sum, a) => sum + a.mm2, 0);
  return [
    `\`${space}\``,
    way,
    fixed(mm2, 3),
    fixed(n.fjPerOp, 1),
    fixed(n.fjPerOpWithDram, 1),
    fixed(n.tops, 2),
    fixed(n.topsPerMm2Peak, 2),
    fixed(n.topsPerMm2, 2),
    n.edp === null ? '' : n.edp.toExponential(4),
    gap === null ? '' : `${(100 * gap).toFixed(1)} %`,
    seconds.toFixed(0),
  ];
});

const names = [...new Set(rows.flatMap(({ result }) => result.energy.map((e) => e.part)))];
/** fJ for each operation: the parts of the energy as they make up energy per operation with DRAM. */
const shares = rows.map(({ space, way, result: { energy, networks } }) => {
  const all = energy.reduce((sum, e) => sum + e.energy, 0);
  const { energy: whole, fjPerOpWithDram: perOp } = nth(networks, 0);
  if (whole === null || perOp === null || Math.abs(all / whole - 1) > 1e-6) throw new Error('parts are not the whole');
  const of = (name: string) => energy.filter((e) => e.part === name).reduce((sum, e) => sum + e.energy, 0);
  return [`\`${space}\``, way, ...names.map((name) => ((perOp * of(name)) / all).toFixed(1))];
});

writeFileSync(
  new URL('../results/headline/schedules.md', import.meta.url),
  `# The abstract's numbers with schedules

ResNet-50 on machines under 3 mm2, for least energy x delay of the whole network: \`magnet codesign resnet50 --limit area=3mm2\` with \`--no-folds --no-residency\`, with \`--no-residency\`, and as it is. The abstract has ${abstractNumbers.fjPerOp} fJ/op and ${abstractNumbers.topsPerMm2} TOPS/mm2; how its figures and ours are counted is in [the headline](../headline.md). Modelled, and nothing is calibrated. Chains in bands of rows, which \`magnet schedule\` chooses on the machine found, are in [what schedules are worth](../schedules/README.md).

Made by \`npx tsx benchmarks/headline/with-schedules.ts\` (${cpus().length} cores, ${cpus()[0]?.model ?? ''}, Node ${process.version}).

${table(
  [
    'space',
    '',
    'mm2',
    'fJ/op without DRAM',
    'with',
    'TOPS achieved',
    'TOPS/mm2 peak',
    'achieved',
    'pJ x cycles',
    'gap',
    's',
  ],
  figures,
)}

## Where the energy of an operation goes

fJ for each operation. The multipliers alone take more than half of the abstract's ${abstractNumbers.fjPerOp} fJ; what they read and write, and what moves it, takes the rest of the figure without DRAM.

${table(['space', '', ...names], shares)}
`,
);
