// Ctrl-C ends every long verb of the built command within a second, with exit 130 and no word of a bug.

import { inLong } from '../support/cases.js';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printDesign } from '../../src/results/design-file.js';
import { simba } from '../../src/model/machine/presets.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { buildOnce } from '../support/built.js';
import { makeDesign } from '../support/design.js';

let folder = '';
let bin = '';
beforeAll(async () => {
  bin = buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'magnet-'));
  writeFileSync(join(folder, 'jobs.yaml'), 'jobs: [{ kind: map, network: resnet50, arch: simba, solver: highs }]\n');
  // Ten thousand million mappings of the one, and 1.8 thousand million multiplications of the other.
  writeFileSync(join(folder, 'small.yaml'), 'name: small\nlayers: [{ name: c, P: 6, Q: 4, C: 8, K: 8 }]\n');
  const large = makeLayer('conv', { R: 3, S: 3, P: 112, Q: 112, C: 128, K: 128 });
  writeFileSync(
    join(folder, 'design.json'),
    printDesign(await makeDesign({ kind: 'template', template: simba }, [large])),
  );
  const cases = readFileSync(new URL('../golden/timeloop/cases.jsonl', import.meta.url), 'utf8');
  writeFileSync(join(folder, 'cases.jsonl'), cases.repeat(400));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Busy machines take their time to end threads; a verb that waits for its work takes far longer. */
const soon = 4000;

/** Those that wait for what others of the same verb wait for: for the long suite. */
const more = [
  'codesign resnet50 --space magnet-16nm --limit area=3mm2 --json d16.json',
  'map resnet50 --arch simba --solver glpk --json g.json',
  'map small.yaml --arch simba --solver exhaustive --json x.json',
  'prove resnet50 --arch simba --limit latency=6.5ms --limit energy=2.6mJ --json q.json',
  'compare resnet50 --space magnet-quick --time 20s --json s.json',
  'synth design.json --json y.json',
];

test.each([
  'map resnet50 --arch simba --solver highs --json m.json --design d.json',
  'codesign resnet50 --space magnet-quick --limit area=3mm2 --gap 0.01% --json c.json --checkpoint p.json',
  'codesign resnet50 --space magnet-quick --pareto energy,latency --json f.json',
  'prove resnet50 --space magnet-quick --limit area=1mm2 --limit latency=2ms --json p.json',
  'compare resnet50 --arch simba --strategies annealing,highs --time 20s --json r.json',
  'batch jobs.yaml --out b.jsonl',
  'map resnet50 --arch simba --certify --json t.json',
  'prove small.yaml --arch simba --limit energy=1uJ --smt2-layer l.smt2',
  'evaluate cases.jsonl --json e.json',
  'simulate design.json --json v.json',
  'rtl design.json --golden conv -o rtl',
  'report MANY -o page.html --markdown page.md',
  ...inLong(more, []),
])(
  '%s',
  async (line) => {
    const child = spawn(
      process.execPath,
      [bin, ...line.replace('MANY', 'design.json '.repeat(200).trim()).split(' ')],
      { cwd: folder },
    );
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await new Promise((resume) => setTimeout(resume, inLong(2500, 2000)));
    const pressed = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(performance.now() - pressed).toBeLessThan(soon);
    expect(err).not.toContain('magnet has failed');
    // Files are whole or not there; what is made at the end is not.
    for (const name of ['page.html', 'page.md', 'rtl', 'e.json', 'l.smt2'])
      expect(readdirSync(folder)).not.toContain(name);
    for (const name of readdirSync(folder).filter((f) => f.endsWith('.json')))
      expect(() => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown, name).not.toThrow();
  },
  60_000,
);
