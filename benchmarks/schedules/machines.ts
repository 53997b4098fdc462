// What tensors that stay, and folds, are worth where each has its own best machine: npx tsx benchmarks/schedules/machines.ts
// [spaces ...] (after a build). Networks in spaces under 3 mm2, each without either, with one of them, with both; what the best
// machine and its schedule take and how far they are proven; on the machine of both, bands that keep weights too, which the search
// over machines has not. Writes benchmarks/results/schedules/machines-SPACE.md.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined, nth } from '../../src/base/invariant.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { parseScheduleResult } from '../../src/results/schedule-result.js';

const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const results = new URL('../results/schedules/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'magnet-'));
const networks = ['resnet50', 'mobilenetv2'];
const ways = [
  { name: 'neither', argv: ['--no-folds', '--no-residency'] },
  { name: 'folds', argv: ['--no-residency'] },
  { name: 'residency', argv: ['--no-folds', '--residency'] },
  { name: 'both', argv: ['--residency'] },
];
const kilobytes = (bits: number) => `${bits / 8192} KB`;

const [answer, design] = [join(folder, 'answer.json'), join(folder, 'design.json')];

/** What a command answers. */
function answered(...argv: readonly string[]): unknown {
  execFileSync('node', [main, ...argv, '--json', answer, '-q'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return JSON.parse(readFileSync(answer, 'utf8'));
}

/** The machine is left in `design`. */
function found(network: string, space: string, argv: readonly string[]) {
  const limit = ['--space', space, '--limit', 'area=3mm2', '--design', design];
  const read = parseCodesignResult(answered('codesign', network, ...limit, ...argv));
  if (!read.ok) throw new Error(`no machine for ${network}`);
  return read.value;
}

/** The best schedule on the machine found last. */
function scheduledThere(network: string) {
  const read = parseScheduleResult(answered('schedule', network, '--arch', design));
  if (!read.ok || read.value.energy === null || read.value.cycles === null)
    throw new Error(`no schedule of ${network}`);
  const { energy, cycles, gap, seconds } = read.value;
  return { energy, cycles, gap, seconds };
}

const asked = process.argv.slice(2);
mkdirSync(results, { recursive: true });
for (const space of asked.length > 0 ? asked : ['magnet-quick', 'magnet-16nm']) {
  const lines: string[] = [];
  for (const network of networks) {
    let neither = 0;
    let machine: readonly string[] = [];
    for (const way of ways) {
      const { networks: runs, gap, area, seconds, point } = found(network, space, way.argv);
      const { energy, cycles, edp } = nth(runs, 0);
      if (energy === null || cycles === null || edp === null || gap === null || !point) throw new Error(network);
      if (way === nth(ways, 0)) neither = edp;
      const cells = [
        network,
        way.name,
        (energy / 1e9).toFixed(3),
        cycles.toLocaleString('en-US'),
        edp.toExponential(4),
        (edp / neither).toFixed(3),
        `${(100 * gap).toFixed(1)} %`,
        `${point.vectorSize} x ${point.numLanes} in ${point.rows * point.columns} PEs`,
        kilobytes(defined(point.globalBuffer)),
        area.reduce((n, { mm2 }) => n + mm2, 0).toFixed(3),
        seconds.toFixed(0),
      ];
      lines.push(`| ${cells.join(' | ')} |`);
      console.log(lines.at(-1));
      // That of the last way, with both.
      machine = cells.slice(7, 10);
    }
    const { energy, cycles, gap, seconds } = scheduledThere(network);
    const figures = [(energy / 1e9).toFixed(3), cycles.toLocaleString('en-US'), (energy * cycles).toExponential(4)];
    const proven = gap === null ? '' : `${(100 * gap).toFixed(1)} %, here`;
    const cells = ['on it, bands that keep weights', ...figures, ((energy * cycles) / neither).toFixed(3), proven];
    lines.push(`| ${[network, ...cells, ...machine, seconds.toFixed(0)].join(' | ')} |`);
    console.log(lines.at(-1));
  }
  const page = `# Tensors that stay, and folds: each with its own best machine of ${space}

\`magnet codesign NETWORK --space ${space} --limit area=3mm2\` for least energy x delay of the whole network: without tensors that stay in the global buffer (\`--no-residency\`) and with first layers as they are (\`--no-folds\`), with folds alone, with tensors that stay alone, and with both. Modelled; the gap is to what is proven of all machines of the space and all schedules of the runs in their order. The last row of a network is the best schedule, with chains in bands of rows that may keep their weights, on the machine of both (\`magnet schedule\`): its gap is of that machine alone, and another might do better.

Made by \`npx tsx benchmarks/schedules/machines.ts ${space}\`; seconds of wall time on ${cpus().length} cores (${cpus()[0]?.model}, Node ${process.version}).

| network | | mJ | cycles | pJ x cycles | of neither | gap | products a cycle | global buffer | mm2 | s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
  writeFileSync(new URL(`machines-${space}.md`, results), page);
}
rmSync(folder, { recursive: true });
