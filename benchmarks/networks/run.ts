// Whole networks on the Verilog: npx tsx benchmarks/networks/run.ts [NETWORK ...] [--machine NAME ...] (after a build).
// Measures the rows that are asked for (all but resnet50 if none is named), one at a time, and keeps the others of
// benchmarks/results/networks/. --winner FILE is a design file of that machine; without one a co-design finds it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MachineName, NetworkCase } from './cases.js';
import { machineNames, networkCases, simbaFile, smallLayer, winnerAsked } from './cases.js';
import type { MeasuredRow } from './page.js';
import { networksPage } from './page.js';
import type { NetworkRow } from './row.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { machine: { type: 'string', multiple: true }, winner: { type: 'string' } },
});
const isAsked = ({ name }: NetworkCase) =>
  positionals.length === 0 ? name !== 'resnet50' : positionals.some((word) => name.startsWith(word));
const machines = machineNames.filter((name) => !values.machine || values.machine.includes(name));

const results = new URL('../results/networks/', import.meta.url);
mkdirSync(results, { recursive: true });
const file = new URL('networks.json', results);
const before: readonly MeasuredRow[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly rows: readonly MeasuredRow[] }).rows
  : [];
const measured = new Map(before.map((r) => [`${r.name} on ${r.machine}`, r]));

const work = mkdtempSync(join(tmpdir(), 'magnet-networks-'));
const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const designs = new Map<MachineName, string>();
function designOf(machine: MachineName): string {
  const known = designs.get(machine);
  if (known !== undefined) return known;
  const path = join(work, `${machine.replace(' ', '-')}.json`);
  const magnet = (...args: readonly string[]) => execFileSync('node', [main, ...args, '-q', '--design', path]);
  if (machine !== 'winner') {
    const [arch, net] = [join(work, 'machine.yaml'), join(work, 'small.yaml')];
    writeFileSync(arch, simbaFile(machine === 'simba 2x2' ? 2 : 4));
    writeFileSync(net, smallLayer);
    magnet('map', net, '--arch', arch);
  } else if (values.winner === undefined) magnet('codesign', ...winnerAsked, '--no-residency');
  const found = machine === 'winner' && values.winner !== undefined ? values.winner : path;
  designs.set(machine, found);
  return found;
}

function givenBy({ given }: NetworkCase): string {
  if (typeof given === 'string') return given;
  const path = join(work, 'made.onnx');
  writeFileSync(path, given());
  return path;
}

const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
try {
  for (const network of networkCases.filter(isAsked)) {
    const given = givenBy(network);
    if (given.endsWith('.onnx') && !existsSync(given)) {
      console.log(`${network.name}: no file ${given}`);
      continue;
    }
    for (const machine of machines) {
      const row = new URL('row.ts', import.meta.url).pathname;
      const said = execFileSync(
        'node',
        ['--import', 'tsx', row, given, designOf(machine), ...(network.drawn ? ['drawn'] : [])],
        {
          encoding: 'utf8',
          maxBuffer: 2 ** 26,
        },
      );
      const { network: _, ...found } = JSON.parse(said) as NetworkRow;
      measured.set(`${network.name} on ${machine}`, { name: network.name, machine, ...found, commit });
      write();
      console.log(
        `${network.name} on ${machine}: ${found.words} words, ${found.wrong} wrong, ${found.cycles.rtl} cycles ` +
          `(model ${found.cycles.model}), ${found.processorSeconds.toFixed(0)} s`,
      );
    }
  }
} finally {
  rmSync(work, { recursive: true });
}

function write(): void {
  const all = networkCases.flatMap(({ name }) => machineNames.map((machine) => `${name} on ${machine}`));
  const rows = all.flatMap((key) => measured.get(key) ?? []);
  const on = `${cpus()[0]?.model ?? 'a processor'}, ${cpus().length} cores, Node ${process.version}`;
  writeFileSync(file, `${JSON.stringify({ on, rows }, null, 2)}\n`);
  const missing = all.filter((key) => !measured.has(key));
  writeFileSync(new URL('README.md', results), networksPage(rows, missing, on));
}
