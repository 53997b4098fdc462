// Times questions about networks as a user asks them, a build before in turn with this one: after a build,
// tsx benchmarks/questions/run.ts [--set table|grid] [--before FOLDER-OF-A-BUILD] [--only TEXT] [--cap SECONDS].
// Writes benchmarks/results/questions-SET.json and .md.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { questions, without } from './cases.js';
import { answerOf, page } from './page.js';
import type { Row, Run } from './page.js';

const { values } = parseArgs({
  options: {
    set: { type: 'string', default: 'table' },
    before: { type: 'string' },
    only: { type: 'string', default: '' },
    cap: { type: 'string', default: '300' },
    write: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const set = values.set as keyof typeof questions;
const folder = mkdtempSync(join(tmpdir(), 'magnet-'));
const technology = fileURLToPath(new URL('./free-dram.yaml', import.meta.url));
const load = loadavg()[0]!;

/** One question to one build; a search is given `--cap` seconds. */
function run(build: string, ask: readonly string[]): Run {
  const [usage, result] = [join(folder, 'usage.json'), join(folder, 'result.json')];
  rmSync(usage, { force: true });
  rmSync(result, { force: true });
  const began = performance.now();
  spawnSync(
    process.execPath,
    [
      ...['--import', pathToFileURL(fileURLToPath(new URL('./usage.mjs', import.meta.url))).href],
      join(build, 'dist/cli/main.js'),
      ...ask.map((word) => (word === '$technology' ? technology : word)),
      ...(ask[0] === 'map' ? [] : ['--time-limit', values.cap]),
      ...['--json', result, '-q'],
    ],
    { env: { ...process.env, MAGNET_USAGE: usage }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const wall = (performance.now() - began) / 1000;
  const [processor, peak] = JSON.parse(readFileSync(usage, 'utf8')) as [number, number];
  const answer: unknown = existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : undefined;
  return { wall, processor, peak, ...answerOf(answer) };
}

const here = fileURLToPath(new URL('../../', import.meta.url));
const rows = questions[set]
  .filter(({ name }) => name.includes(values.only))
  .map((question): Row => {
    // Builds of before the first schedules know no residency.
    const asked = question.before === undefined ? question.ask.filter((word) => word !== without) : question.before;
    const before = values.before === undefined || !asked ? undefined : run(values.before, asked);
    const now = run(here, question.ask);
    console.log(
      [question.name, before && `${before.wall.toFixed(1)} s ${before.said}`, `${now.wall.toFixed(1)} s ${now.said}`]
        .filter(Boolean)
        .join(' | '),
    );
    return { name: question.name, goal: question.goal, before, now };
  });
if (values.write) {
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { cwd: here, encoding: 'utf8' }).trim();
  const about = {
    commit,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    node: process.version,
    load,
    cap: Number(values.cap),
  };
  const at = (ending: string) => new URL(`../results/questions-${set}.${ending}`, import.meta.url);
  writeFileSync(at('json'), `${JSON.stringify({ ...about, rows }, undefined, 1)}\n`);
  writeFileSync(at('md'), page(about, rows));
}
