// Ctrl-C ends every long verb of the built command within a second, with exit 130 and no word of a bug.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildOnce } from '../support/built.js';

let folder = '';
let bin = '';
beforeAll(() => {
  bin = buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'magnet-'));
  writeFileSync(join(folder, 'jobs.yaml'), 'jobs: [{ kind: map, network: resnet50, arch: simba, solver: highs }]\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Busy machines take their time to end threads; a verb that waits for its work takes far longer. */
const soon = 4000;

test.each([
  'map resnet50 --arch simba --solver highs --json m.json --design d.json',
  'codesign resnet50 --space magnet-quick --limit area=3mm2 --gap 0.01% --json c.json --checkpoint p.json',
  'codesign resnet50 --space magnet-16nm --limit area=3mm2 --json d16.json',
  'codesign resnet50 --space magnet-quick --pareto energy,latency --json f.json',
  'prove resnet50 --space magnet-quick --limit area=1mm2 --limit latency=2ms --json p.json',
  'compare resnet50 --arch simba --strategies annealing,highs --time 20s --json r.json',
  'batch jobs.yaml --out b.jsonl',
])(
  '%s',
  async (line) => {
    const child = spawn(process.execPath, [bin, ...line.split(' ')], { cwd: folder });
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await new Promise((resume) => setTimeout(resume, 3000));
    const pressed = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(performance.now() - pressed).toBeLessThan(soon);
    expect(err).not.toContain('magnet has failed');
    // Files are whole or not there.
    for (const name of readdirSync(folder).filter((f) => f.endsWith('.json')))
      expect(() => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown, name).not.toThrow();
  },
  60_000,
);
