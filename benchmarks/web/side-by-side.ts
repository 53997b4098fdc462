// How long the page takes for what the command line does, in turn on the same cores: npx tsx benchmarks/web/side-by-side.ts [rounds]
// (after a build; no other work). Each by its own start: a new browser context, a new process. Writes benchmarks/results/web/side-by-side.md.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { nth } from '../../src/base/invariant.js';
import { version } from '../../src/base/version.js';
import { chromiumPath } from '../../test/support/chromium.js';
import { askFor, ready, Site, solve } from '../../test/support/site.js';

interface Case {
  readonly fields: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

const cases: readonly Case[] = [
  {
    fields: { verb: 'map', network: 'resnet50', machine: 'simba' },
    argv: ['map', 'resnet50', '--arch', 'simba'],
  },
  {
    fields: { verb: 'codesign', network: 'resnet50', space: 'magnet-quick', limits: 'area=3mm2', residency: 'none' },
    argv: ['codesign', 'resnet50', '--space', 'magnet-quick', '--limit', 'area=3mm2', '--no-residency'],
  },
  {
    fields: { verb: 'codesign', network: 'resnet50', space: 'magnet-quick', limits: 'area=3mm2' },
    argv: ['codesign', 'resnet50', '--space', 'magnet-quick', '--limit', 'area=3mm2'],
  },
  {
    fields: { verb: 'schedule', network: 'resnet50', machine: 'simba' },
    argv: ['schedule', 'resnet50', '--arch', 'simba'],
  },
];

const executablePath = chromiumPath('the page beside the command line');
if (executablePath === undefined) throw new Error('there is no Chromium: npm run simulators installs it');
const rounds = Number(process.argv[2] ?? 3);
const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const site = await Site.open(executablePath);
const seconds = (since: number) => (performance.now() - since) / 1000;
const median = (all: readonly number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
const range = (all: readonly number[]) =>
  `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;

const firsts: number[] = [];
async function inPage(fields: Case['fields']): Promise<number> {
  const opens = performance.now();
  const { page } = await site.page();
  await page.waitForSelector('#section figure svg');
  firsts.push(seconds(opens));
  await ready(page);
  await askFor(page, fields);
  const begins = performance.now();
  await solve(page, 0, 300_000);
  const took = seconds(begins);
  await site.closePages();
  return took;
}
function inShell(argv: readonly string[]): number {
  const begins = performance.now();
  execFileSync('node', [main, ...argv, '-q'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return seconds(begins);
}

const rows: string[] = [];
for (const { fields, argv } of cases) {
  const [page, shell]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    shell.push(inShell(argv));
    page.push(await inPage(fields));
  }
  const row = `| \`${argv.join(' ')}\` | ${range(shell)} | ${range(page)} | ${(median(page) / median(shell)).toFixed(2)} |`;
  console.log(row);
  rows.push(row);
}
await site.close();

const cpu = cpus()[0]?.model ?? '';
const text = [
  '# The page beside the command line',
  '',
  `\`npx tsx benchmarks/web/side-by-side.ts ${rounds}\`, after a build. ${cpus().length} cores of ${cpu}, Node ${process.version}, magnet ${version}; ` +
    `load at the end ${nth(loadavg(), 0).toFixed(1)}, of its own runs.`,
  '',
  `Seconds, the median of ${rounds} and the range, in turn. Of the command line: from the start of the process to its end, ` +
    'with `-q`. Of the page: from the press of Run to the result in the list, its report drawn, in a browser that had kept nothing: the ' +
    'parts that the question needs are fetched and compiled within.',
  '',
  '| question | command line | page | page / command line |',
  '|---|---:|---:|---:|',
  ...rows,
  '',
  `From the address to the first finished picture: ${range(firsts)} s, of ${firsts.length} loads.`,
  '',
].join('\n');
const results = new URL('../results/web/', import.meta.url);
mkdirSync(results, { recursive: true });
writeFileSync(new URL('side-by-side.md', results), text);
