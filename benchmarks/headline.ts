// The abstract's two numbers with our model: npx tsx benchmarks/headline.ts [--workers 2] [--time-limit 200]. Writes benchmarks/results/headline.{json,md}.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findNetwork, technology16nm } from '../src/index.js';
import { spaces } from '../src/model/spaces.js';
import { headlinePage } from './headline/page.js';
import type { HeadlineCase, HeadlineRow } from './headline/study.js';
import { headlineRow } from './headline/study.js';
import { openProcesses } from './processes.js';

const { values } = parseArgs({ options: { workers: { type: 'string', default: '2' }, 'time-limit': { type: 'string', default: '200' }, page: { type: 'boolean', default: false } } });
const results = new URL('./results/', import.meta.url);
const network = findNetwork('resnet50');
const space = spaces.find((s) => s.name === 'magnet-16nm');
if (!network.ok || !space) throw new Error('no network or no space of this name');
const effort = { gap: 0.01, timeLimit: Number(values['time-limit']) };

const cases: readonly HeadlineCase[] = [...[2, 3, 4, 6].map((area) => ({ objective: 'edp' as const, area })), { objective: 'energy', area: 6 }];
let rows: HeadlineRow[] = [];
if (values.page) rows = (JSON.parse(readFileSync(new URL('headline.json', results), 'utf8')) as { rows: HeadlineRow[] }).rows;
const processes = openProcesses(Number(values.workers));
const tasks = new URL('../src/tuner/codesign/shape-task.ts', import.meta.url);
for (const c of values.page ? [] : cases) {
  const row = await headlineRow(c, network.value, space, technology16nm, effort, {
    now: () => performance.now(), width: processes.width, run: (name, input) => processes.run(tasks, name, input), news: () => {}, stopped: () => false,
  });
  if (!row) throw new Error(`nothing found for ${c.objective} within ${c.area} mm2`);
  rows.push(row);
  console.log(JSON.stringify(row));
}
processes.close();
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
if (!values.page) writeFileSync(new URL('headline.json', results), `${JSON.stringify({ benchmark: 'headline', network: network.value.source, space: space.name, technology: technology16nm.name, ...effort, workers: Number(values.workers), machine, rows }, undefined, 1)}\n`);
writeFileSync(new URL('headline.md', results), headlinePage(rows, space, technology16nm, effort));
