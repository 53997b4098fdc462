// The abstract's two numbers with our model: npx tsx benchmarks/headline.ts [edp@2 energy@6 ...] [--workers 2] [--time-limit 200] [--page].
// Writes benchmarks/results/headline.md and headline/headline.json; rows of cases that are not run stay.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { technology16nm } from '../src/index.js';
import { spaces } from '../src/model/space/built-in-spaces.js';
import { headlinePage } from './headline/page.js';
import type { HeadlineCase, HeadlineRow } from './headline/study.js';
import { headlineRow } from './headline/study.js';
import { shapesOn } from '../src/tuner/on-workers.js';
import { tunerTasks } from '../src/tuner/tuner-tasks.js';
import { openProcesses } from './processes.js';
import { wholeNetwork } from './whole-network.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workers: { type: 'string', default: '2' },
    'time-limit': { type: 'string', default: '200' },
    page: { type: 'boolean', default: false },
  },
});
const cases: readonly HeadlineCase[] = [
  ...(['edp', 'layer-edp'] as const).flatMap((objective) => [2, 3, 4, 6].map((area) => ({ objective, area }))),
  { objective: 'energy', area: 6 },
];
const nameOf = ({ objective, area }: HeadlineCase) => `${objective}@${area}`;

const network = wholeNetwork('resnet50');
const space = spaces.find((s) => s.name === 'magnet-16nm');
if (!space) throw new Error('no space of this name');
const effort = { gap: 0.01, timeLimit: Number(values['time-limit']) };

const results = new URL('./results/', import.meta.url);
// Not beside the mapper's, of which `tables.ts` makes a page.
const json = new URL('headline/headline.json', results);
interface Results {
  readonly rows: readonly HeadlineRow[];
  /** Cases whose search found no machine. */
  readonly nothing: readonly string[];
}
const before: Results = existsSync(json)
  ? (JSON.parse(readFileSync(json, 'utf8')) as Results)
  : { rows: [], nothing: [] };
const rows = new Map(before.rows.map((row) => [nameOf(row), row]));
const nothing = new Set(before.nothing);

const asked = values.page ? [] : cases.filter((c) => positionals.length === 0 || positionals.includes(nameOf(c)));
const processes = openProcesses(tunerTasks, Number(values.workers));
for (const c of asked) {
  // The machine of the next smaller limit is one within this limit: the search begins with it.
  const known = [...rows.values()].filter((row) => row.mm2 <= c.area).sort((x, y) => y.mm2 - x.mm2)[0];
  const row = await headlineRow(
    c,
    network,
    space,
    technology16nm,
    effort,
    {
      now: () => performance.now(),
      width: processes.width,
      shapes: shapesOn(processes),
      progress: () => {},
      stopped: () => false,
    },
    known?.point,
  );
  console.log(row ? JSON.stringify(row) : `${nameOf(c)}: nothing found`);
  if (row) rows.set(nameOf(c), row);
  else nothing.add(nameOf(c));
}
await processes.close();

const ordered = cases.flatMap((c) => rows.get(nameOf(c)) ?? []);
const without = [...nothing].filter((name) => !rows.has(name));
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
if (asked.length > 0)
  writeFileSync(
    json,
    `${JSON.stringify({ benchmark: 'headline', network: network.source, space: space.name, technology: technology16nm.name, ...effort, workers: Number(values.workers), machine, rows: ordered, nothing: without }, undefined, 1)}\n`,
  );
writeFileSync(new URL('headline.md', results), headlinePage(ordered, without, space, technology16nm, effort));
