// Times co-design as a user runs it: tsx benchmarks/codesign/run.ts [CASE ...], after a build. Writes
// benchmarks/results/codesign/CASE.json and the curve of best and bound over time as CASE.svg.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { curveFigure, drawFigure, spaceDigest, spaces } from '../../src/index.js';
import { codesignCases } from './cases.js';

const magnet = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const results = new URL('../results/codesign/', import.meta.url);
const wanted = process.argv.slice(2);

for (const c of codesignCases.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  if (spaceDigest(spaces.find((s) => s.name === c.space)!) !== c.digest)
    throw new Error(`${c.space} is not the space that was pinned`);
  const file = join(mkdtempSync(join(tmpdir(), 'magnet-')), 'result.json');
  const load = loadavg()[0];
  spawnSync(
    'node',
    [
      magnet,
      'codesign',
      ...c.networks,
      '--space',
      c.space,
      '--limit',
      `area=${c.area}mm2`,
      '--objective',
      'layer-edp',
      '--gap',
      String(c.gap),
      '--time-limit',
      String(c.goal),
      '--json',
      file,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const { status, bound, gap, nodes, seconds, point, objective, area, networks, curve } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const met = gap <= c.gap * (1 + 1e-9) && seconds <= c.goal;
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadBefore: load };
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  writeFileSync(
    new URL(`${c.name}.json`, results),
    `${JSON.stringify({ case: c, met, status, objective, bound, gap, seconds, nodes, point, area, networks, curve, machine, commit }, undefined, 1)}\n`,
  );
  writeFileSync(
    new URL(`${c.name}.svg`, results),
    drawFigure(
      curveFigure(`${c.networks.join(' + ')} in ${c.space}, ${c.area} mm2`, 'sum of EDP (pJ x cycles)', curve),
    ),
  );
  console.log(
    `${c.name}: ${status}, gap ${(100 * gap).toPrecision(2)} %, ${seconds.toFixed(0)} s (goal ${100 * c.gap} % ` +
      `in ${c.goal} s: ${met ? 'met' : 'missed'})`,
  );
}
