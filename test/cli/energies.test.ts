// Law: whatever energies are, nothing at all, huge, tiny or mixed, every verb ends near its time, with an answer that its bound allows.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printTechnology } from '../../src/interchange/technology-file.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { buildOnce } from '../support/built.js';
import { inLong } from '../support/cases.js';

const kinds = {
  zero: [0, 0, 0],
  huge: [1e32, 1e30, 1e29],
  tiny: [1e-28, 1e-30, 1e-31],
  mixed: [1e12, 0, 1e-12],
} as const;
type Kind = keyof typeof kinds;

const seconds = 1;
/** Seconds of the processor on top: Node and solvers start, answers are printed. A verb that hears no clock takes far more. */
const late = 12;

const verbs = {
  map: ['map', 'alexnet', '--arch', 'simba', '--solver', 'highs', '--json', 'OUT'],
  prove: ['prove', 'alexnet', '--arch', 'simba', '--limit', 'energy=1uJ', '--limit', 'latency=1ms', '--json', 'OUT'],
  'prove over a space': ['prove', 'alexnet', '--space', 'magnet-quick', '--limit', 'latency=1ms', '--json', 'OUT'],
  compare: [
    'compare',
    'alexnet',
    '--arch',
    'simba',
    '--layer',
    'features.0',
    '--strategies',
    'highs,annealing',
    '--json',
    'OUT',
  ],
  codesign: ['codesign', 'alexnet', '--space', 'magnet-quick', '--objective', 'energy', '--json', 'OUT'],
  explain: ['codesign', 'alexnet', '--space', 'magnet-small', '--explain', '--json', 'OUT'],
  pareto: [
    'codesign',
    'pilotnet',
    '--space',
    'magnet-small',
    '--pareto',
    'energy,latency',
    '--points',
    '2',
    '--json',
    'OUT',
  ],
  batch: ['batch', 'JOBS', '--out', 'OUT'],
} as const;
type Verb = keyof typeof verbs;
/** Questions that the time is given to, one after the other. */
const questions = (verb: Verb): number => ({ map: 8, compare: 3, pareto: 4, batch: 7 })[verb as string] ?? 1;

/** Every kind of job: two layers, two proofs or searches of a network, two runs and what they are held against. */
const jobsOf = (kind: Kind): string => `defaults: { technology: ${kind}.yaml, timeLimit: ${seconds}s }
jobs:
- { kind: map, network: alexnet, arch: simba, solver: highs, layer: [[features.0, features.3]] }
- { kind: prove, network: alexnet, arch: simba, limit: [[energy=1uJ, latency=1ms]] }
- { kind: codesign, network: alexnet, space: magnet-quick, objective: energy }
- kind: compare
  network: alexnet
  arch: simba
  layer: features.0
  strategies: 'highs, annealing'
  time: ${seconds}s
  proofTime: ${seconds}s
  repeat: 1
`;

let folder = '';
let bin = '';
beforeAll(() => {
  bin = buildOnce();
  folder = mkdtempSync(join(tmpdir(), 'magnet-'));
  for (const kind of Object.keys(kinds) as Kind[]) {
    writeFileSync(join(folder, `${kind}.yaml`), fileOf(kind));
    writeFileSync(join(folder, `${kind}-jobs.yaml`), jobsOf(kind));
  }
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(kind: Kind): string {
  const energies = Object.entries(technology16nm.constants).filter(([name]) => /Energy$|^sramFloor$/.test(name));
  return printTechnology({
    ...technology16nm,
    name: kind,
    constants: {
      ...technology16nm.constants,
      ...Object.fromEntries(energies.map(([name, c], i) => [name, { ...c, value: kinds[kind][i % 3]! }])),
    },
  });
}

interface Ended {
  readonly code: number | null;
  readonly err: string;
  /** Of the processor, user and system. */
  readonly used: number;
}

/** Processor time is asked of the shell, which knows what its child took: the machine may be busy with others. */
function magnet(argv: readonly string[]): Promise<Ended> {
  const words = [process.execPath, bin, ...argv].map((w) => `'${w}'`).join(' ');
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `${words}; code=$?; times >&2; exit $code`], { cwd: folder });
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => {
      const spans = err.trim().split('\n').at(-1)!.trim().split(/\s+/);
      const used = spans
        .map((t) => /(\d+)m([\d.]+)s/.exec(t)!)
        .reduce((n, [, m, s]) => n + Number(m) * 60 + Number(s), 0);
      resolve({ code, err, used });
    });
  });
}

interface Answer {
  readonly status?: string;
  readonly objective?: number | null;
  readonly bound?: number | null;
}

const cases = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
  (Object.keys(verbs) as Verb[])
    // In the short suite each verb meets one kind.
    .filter((_, i) => inLong(true, kind === (['zero', 'huge', 'tiny', 'mixed'] as const)[i % 4]))
    .map((verb) => [kind, verb] as const),
);

describe.each(cases)('energies that are %s: %s', (kind, verb) => {
  test('ends near its time, and no bound is above what was found', { timeout: 300_000 }, async () => {
    const argv = verbs[verb].map((w) =>
      w === 'OUT' ? `${kind}-${verb}.json` : w === 'JOBS' ? `${kind}-jobs.yaml` : w,
    );
    const clock = verb === 'compare' ? '--time' : '--time-limit';
    // Jobs say theirs.
    const limit = verb === 'batch' ? [] : [clock, `${seconds}s`, '--technology', `${kind}.yaml`];
    const { code, err, used } = await magnet([...argv, ...limit, '-q', '--workers', '2']);
    expect({ code, err }).toMatchObject({ code: expect.toBeOneOf([0, 1, 2]) as number });
    // Two workers may each use the time.
    expect(used).toBeLessThan(2 * seconds * questions(verb) + late);
    const written = readFileSync(join(folder, `${kind}-${verb}.json`), 'utf8');
    const answers = (verb === 'batch' ? written.trim().split('\n').slice(1) : [written]).map(
      (x) => JSON.parse(x) as Answer,
    );
    expect(answers).toHaveLength(verb === 'batch' ? 4 : 1);
    for (const { status, objective, bound } of answers) {
      expect(status).not.toBe('failed');
      if (objective != null && bound != null) expect(bound).toBeLessThanOrEqual(objective * (1 + 1e-9));
    }
  });
});
