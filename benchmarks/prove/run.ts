// Times `prove` as a user runs it: tsx benchmarks/prove/run.ts [CASE ...], after a build. Writes benchmarks/results/prove.json and .md.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { proveCases } from './cases.js';

const magnet = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const wanted = process.argv.slice(2);
const load = loadavg()[0]!;

interface Member {
  readonly text: string;
  readonly needed: {
    readonly kind: 'exact' | 'between' | 'never';
    readonly value?: number;
    readonly from?: number;
    readonly to?: number;
  };
}

const neededText = ({ needed: n }: Member) =>
  n.kind === 'exact' ? `exactly ${n.value}` : n.kind === 'between' ? `${n.from} to ${n.to ?? '?'}` : 'nothing helps';
const rows = proveCases
  .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  .map((c) => {
    const file = join(mkdtempSync(join(tmpdir(), 'magnet-')), 'result.json');
    const began = performance.now();
    spawnSync(
      'node',
      [
        magnet,
        'prove',
        'resnet50',
        ...c.on,
        ...c.limits.flatMap((l) => ['--limit', l]),
        '--time-limit',
        '300',
        '--json',
        file,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const wall = (performance.now() - began) / 1000;
    const { status, core, minimal } = JSON.parse(readFileSync(file, 'utf8')) as {
      status: string;
      core: Member[];
      minimal: boolean | null;
    };
    if (status !== c.status && status !== 'unknown') throw new Error(`${c.name} is ${status}, known to be ${c.status}`);
    console.log(`${c.name}: ${status}, ${wall.toFixed(1)} s`);
    return {
      ...c,
      answer: status,
      core: core.map((m) => ({ limit: m.text, needed: m.needed, text: neededText(m) })),
      minimal,
      seconds: wall,
    };
  });
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadBefore: load };
const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
const results = new URL('../results/', import.meta.url);
if (wanted.length === 0) {
  writeFileSync(
    new URL('prove.json', results),
    `${JSON.stringify({ network: 'resnet50', cases: rows, machine, commit }, undefined, 1)}\n`,
  );
  writeFileSync(
    new URL('prove.md', results),
    [
      '# Proofs of feasibility',
      '',
      '`magnet prove resnet50 ...` as a command, wall time with start and end of the process; ' +
        `goal: under 10 s for a set of limits on \`simba\`, met or missed. ${machine.cpu}, ${machine.cores} cores, ` +
        `Node ${machine.node}, load ${load.toFixed(1)} before; ${commit}.`,
      '',
      '| on | limits | answer | core, and what it would have to be | s |',
      '|---|---|---|---|---|',
      ...rows.map(
        (r) =>
          `| ${r.on[1]} | ${r.limits.join(', ')} | ${r.answer} | ` +
          r.core.map((m) => `${m.limit}: ${m.text}`).join('; ') +
          (r.minimal === false ? ' (perhaps not minimal)' : '') +
          ` | ${r.seconds.toFixed(1)} |`,
      ),
      '',
    ].join('\n'),
  );
}
