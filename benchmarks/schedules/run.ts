// What tensors that stay, folds and bands of rows are worth: npx tsx benchmarks/schedules/run.ts (after a build).
// Networks on `simba` and on the machine of the main job, each without either, with one of them, with both, with bands of rows too, and
// with bands that keep weights; what each schedule takes and how far it is proven. Writes benchmarks/results/schedules/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { nth } from '../../src/base/invariant.js';
import type { ScheduleResult } from '../../src/results/schedule-result.js';
import { parseScheduleResult } from '../../src/results/schedule-result.js';

const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const results = new URL('../results/schedules/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'magnet-'));
const magnet = (...argv: string[]) =>
  void execFileSync('node', [main, ...argv, '-q'], { stdio: ['ignore', 'ignore', 'inherit'] });

const chip = join(folder, 'chip.json');
const networks = ['resnet50', 'mobilenetv2'];
const machines = [
  { name: '`simba`', arch: 'simba' },
  { name: "the main job's", arch: chip },
];
const ways = [
  { name: 'neither', argv: ['--no-folds', '--no-residency'] },
  { name: 'folds', argv: ['--no-residency'] },
  { name: 'residency', argv: ['--no-folds', '--no-bands'] },
  { name: 'both', argv: ['--no-bands'] },
  { name: 'both, and bands', argv: ['--no-weights'] },
  { name: 'bands that keep weights', argv: [] },
];

function scheduled(network: string, arch: string, argv: readonly string[]): ScheduleResult {
  const file = join(folder, 'schedule.json');
  magnet('schedule', network, '--arch', arch, ...argv, '--json', file);
  const read = parseScheduleResult(JSON.parse(readFileSync(file, 'utf8')));
  if (!read.ok) throw new Error(`no schedule of ${network}`);
  return read.value;
}

magnet('codesign', 'resnet50', '--space', 'magnet-quick', '--limit', 'area=3mm2', '--no-residency', '--design', chip);
const lines: string[] = [];
for (const network of networks) {
  for (const machine of machines) {
    let neither = 0;
    for (const way of ways) {
      const r = scheduled(network, machine.arch, way.argv);
      const { energy, cycles, gap, tensors, seconds } = r;
      if (energy === null || cycles === null || gap === null) throw new Error(`${network}: ${r.reason}`);
      const product = energy * cycles;
      if (way === nth(ways, 0)) neither = product;
      const stays = tensors.filter((t) => t.stays).length;
      const cells = [
        network,
        machine.name,
        way.name,
        (energy / 1e9).toFixed(3),
        cycles.toLocaleString('en-US'),
        product.toExponential(4),
        (product / neither).toFixed(3),
        gap === 0 ? '0' : gap.toExponential(1),
        tensors.length === 0 ? '' : `${stays} of ${tensors.length}`,
        seconds.toFixed(1),
      ];
      lines.push(`| ${cells.join(' | ')} |`);
      console.log(lines.at(-1));
    }
  }
}
rmSync(folder, { recursive: true });
mkdirSync(results, { recursive: true });
const page = `# Tensors that stay, and folds

\`magnet schedule\` for least energy x delay of the whole network, on machines that are given: what the same silicon takes without either, with first layers folded, with tensors that stay in the global buffer, with both, with chains in bands of rows besides, and with bands that keep weights. The main job's machine is that of \`codesign resnet50 --space magnet-quick --limit area=3mm2 --no-residency\`, found without tensors that stay; with them it has the area of \`residency: 1\` beside (0.4 % of \`simba\`). Modelled; gap 0 means that no schedule of these runs in their order costs less.

Made by \`npx tsx benchmarks/schedules/run.ts\`; seconds of wall time on ${cpus().length} cores (${cpus()[0]?.model}, Node ${process.version}); with residency they are for both questions, with and without; those with bands for three, with weights for four.

| network | machine | | mJ | cycles | pJ x cycles | of neither | gap | tensors that stay | s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
writeFileSync(new URL('README.md', results), page);
