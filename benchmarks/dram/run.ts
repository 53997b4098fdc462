// ResNet-50 at three bandwidths of DRAM and without a limit: npx tsx benchmarks/dram/run.ts (after a build).
// The best machine for each, and what the one that is best without a limit takes there. Writes benchmarks/results/dram/.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { map } from '../../src/index.js';
import { defined, nth } from '../../src/base/invariant.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { wholeNetwork } from '../whole-network.js';
import { dramText } from '../../src/report/tables/dram-text.js';
import type { Template } from '../../src/model/machine/template.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { templateAt } from '../../src/model/space/design-space.js';
import { unlimited } from '../../src/model/machine/line-path.js';

const bandwidths = [unlimited.bandwidth, 51.2, 25.6, 12.8];
const word = (x: number) => (x === unlimited.bandwidth ? 'unlimited' : `${x}GB/s`);
const asked = ['resnet50', '--space', 'magnet-quick', '--limit', 'area=3mm2', '--gap', '1%'];
const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const network = wholeNetwork('resnet50');
const space = defined(spaces.find((s) => s.name === 'magnet-quick'));

interface Row {
  readonly asked: string;
  readonly moves: string;
  readonly machine: string;
  readonly mm2: number;
  readonly millijoules: number;
  readonly milliseconds: number;
  readonly gap: number;
  /** Of the machine that is best without a limit. */
  readonly same: { readonly millijoules: number; readonly milliseconds: number; readonly moves: string };
}

const shape = (t: Template) =>
  `${t.rows} x ${t.columns} PEs of ${t.numLanes} x ${t.vectorSize}, ` +
  `${[t.weightBuffer, t.inputBuffer, t.accumBuffer, t.globalBuffer].map((b) => Number((b / 8192).toFixed(2))).join(', ')} KB`;

const rows: Row[] = [];
let first: Template | undefined;
for (const dramBandwidth of bandwidths) {
  const json = join(tmpdir(), `magnet-dram-${word(dramBandwidth).replace('/', '')}.json`);
  execFileSync('node', [
    main,
    'codesign',
    ...asked,
    '--no-residency',
    '--dram-bandwidth',
    word(dramBandwidth),
    '-q',
    '--json',
    json,
  ]);
  const read = parseCodesignResult(JSON.parse(readFileSync(json, 'utf8')));
  if (!read.ok) throw new Error('no result');
  const r = read.value;
  const own = defined(
    templateAt({ ...space, menus: { ...space.menus, dramBandwidth: [dramBandwidth] } }, defined(r.point ?? undefined)),
  );
  first ??= own;
  const [used, machine] = [nth(r.networks, 0), { ...first, dramBandwidth }];
  const { totals } = await map(network, machine, { whole: { objective: 'edp', limits: {} }, timeLimit: 60 });
  const same = defined(totals);
  rows.push({
    asked: word(dramBandwidth),
    moves: dramText(own),
    machine: shape(own),
    mm2: r.area.reduce((n, p) => n + p.mm2, 0),
    millijoules: defined(used.energy ?? undefined) / 1e9,
    milliseconds: defined(used.cycles ?? undefined) / own.clock / 1000,
    gap: r.objective === null || r.bound === null ? 1 : (r.objective - r.bound) / r.objective,
    same: {
      millijoules: same.energy / 1e9,
      milliseconds: same.cycles / own.clock / 1000,
      moves: dramText(machine),
    },
  });
  console.log(JSON.stringify(rows.at(-1)));
}

const folder = new URL('../results/dram/', import.meta.url);
mkdirSync(folder, { recursive: true });
const measuredOn = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
writeFileSync(new URL('dram.json', folder), `${JSON.stringify({ machine: measuredOn, asked, rows }, null, 2)}\n`);
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const [best, fixed] = [nth(rows, 0), shape(defined(first))];
writeFileSync(
  new URL('README.md', folder),
  `${[
    '# ResNet-50 at three bandwidths of DRAM',
    '',
    `\`magnet codesign ${asked.join(' ')} --no-residency --dram-bandwidth X\`: EDP of the network, 1 GHz, batch 1. On the right what the ` +
      `machine that is best without a limit (${fixed}) takes at that bandwidth, its mappings chosen anew. ` +
      'Made by `npx tsx benchmarks/dram/run.ts`; figures are of the cost model, proven within the gap of the space.',
    '',
    line(['DRAM', 'its channels move', 'best machine', 'mm2', 'mJ', 'ms', 'gap', 'mJ without another machine', 'ms']),
    line(Array.from({ length: 9 }, () => '---')),
    ...rows.map((r) =>
      line([
        r.asked,
        r.moves,
        r.machine,
        r.mm2.toFixed(2),
        r.millijoules.toFixed(2),
        r.milliseconds.toFixed(2),
        `${(100 * r.gap).toFixed(2)} %`,
        r.same.millijoules.toFixed(2),
        r.same.milliseconds.toFixed(2),
      ]),
    ),
    '',
    `Against no limit the machine that is kept takes ${rows
      .slice(1)
      .map((r) => `${(r.same.milliseconds / best.same.milliseconds).toFixed(2)} times the time at ${r.asked}`)
      .join(', ')}; a machine made for the bandwidth ${rows
      .slice(1)
      .map((r) => `${(r.milliseconds / best.milliseconds).toFixed(2)} times at ${r.asked}`)
      .join(', ')}.`,
  ].join('\n')}\n`,
);
