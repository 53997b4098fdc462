// Which dataflow takes the minimum energy, on which machine: npx tsx benchmarks/dataflows/run.ts [--workers 2] [--page].
// Writes benchmarks/results/dataflows/.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openProcesses } from '../processes.js';
import { depthCases, studyCases } from './cases.js';
import { figures } from './figures.js';
import { tables } from './tables.js';
import type { StudyCase, StudyRow } from './study-task.js';
import { studyTasks } from './study-tasks.js';

const { values } = parseArgs({
  options: { workers: { type: 'string', default: '2' }, page: { type: 'boolean', default: false } },
});
const folder = new URL('../results/dataflows/', import.meta.url);
mkdirSync(folder, { recursive: true });

interface Results {
  readonly rows: readonly StudyRow[];
  readonly depths: readonly StudyRow[];
}

async function measured(): Promise<Results> {
  const began = performance.now();
  const processes = openProcesses(studyTasks, Number(values.workers));
  const all = (cases: readonly StudyCase[]) =>
    Promise.all(
      cases.map(async (c) => {
        const row = await processes.run('study', c);
        console.log(
          `${row.network} ${row.vectorSize} ` +
            `x ${row.numLanes} ${row.dataflow} ${row.depths.join(' ')}: ${row.fjPerOp.toFixed(1)} ` +
            `fJ/op, ${row.fjPerOpWithDram.toFixed(1)} with DRAM` +
            (row.missing.length > 0 ? `, no mapping of ${row.missing.join(', ')}` : ''),
        );
        return row;
      }),
    );
  const results = { rows: await all(studyCases), depths: await all(depthCases) };
  await processes.close();
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  // Per layer only what the machine in the middle does: the rest is long.
  const brief = (r: StudyRow): StudyRow =>
    r.vectorSize === 16 && r.numLanes === 16 ? r : { ...r, layers: r.layers.filter((l) => l.slack > 2 || l.void) };
  writeFileSync(
    new URL('dataflows.json', folder),
    `${JSON.stringify({ benchmark: 'dataflows', seconds: (performance.now() - began) / 1000, workers: Number(values.workers), machine, rows: results.rows.map(brief), depths: results.depths.map((r) => ({ ...r, layers: [] })) }, undefined, 1)}\n`,
  );
  return results;
}

const results = values.page
  ? (JSON.parse(readFileSync(new URL('dataflows.json', folder), 'utf8')) as Results)
  : await measured();
writeFileSync(new URL('tables.md', folder), tables(results.rows, results.depths));
for (const { name, svg } of figures(results.rows)) writeFileSync(new URL(`${name}.svg`, folder), svg);
