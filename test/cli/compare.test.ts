// `compare` as a command: tables, files, contradictions, Ctrl-C, bad input, and real runs on small questions.

import { describe, expect, test } from 'vitest';
import { page } from '../../benchmarks/compare/page.js';
import type { Contest } from '../../src/tuner/compare/contest.js';
import type { Arenas, MakeArenas } from '../../src/cli/workers.js';
import type { CompareResult } from '../../src/results/compare-result.js';
import type { Run } from '../../src/tuner/compare/contest-run.js';
import { run, tinyArch, tinyLayers } from './run.js';

const files = { 'net.yaml': tinyLayers, 'tiny.yaml': tinyArch };

/** Objectives by layer, strategy and seed; solvers prove theirs. */
type Play = (contest: Extract<Contest, { kind: 'mappings' }>['input']) => Partial<Run>;

const usual: Play = ({ task, strategy, budget: { seed } }) => {
  const min = task.layer.name === 'conv' ? 1000 : 200;
  if (strategy === 'highs' || strategy === 'auto')
    return {
      status: 'optimal',
      objective: min,
      bound: min * (1 - 1e-5),
      evaluations: 12,
      seconds: 2.5,
      curve: [
        { seconds: 0.5, best: min * 1.2 },
        { seconds: 2, best: min },
      ],
    };
  if (strategy === 'annealing')
    return {
      status: 'feasible',
      objective: min * 1.004,
      evaluations: 70_000,
      seconds: 10,
      curve: [
        { seconds: 0.01, best: min * 30 },
        { seconds: 0.1 * seed, best: min * 1.04 },
        { seconds: 5, best: min * 1.004 },
      ],
    };
  return {
    status: 'feasible',
    objective: min * (1.2 + seed / 10),
    evaluations: 90_000,
    seconds: 10,
    curve: [
      { seconds: 0.002, best: min * 50 },
      { seconds: 4, best: min * (1.2 + seed / 10) },
    ],
  };
};

const arenas =
  (play: Play, done: () => void = () => {}): MakeArenas =>
  (width): Arenas => ({
    run(contest) {
      const { strategy, budget } = contest.input as Extract<Contest, { kind: 'mappings' }>['input'];
      const answer: Run = {
        strategy,
        seed: budget.seed,
        status: 'unknown',
        objective: Infinity,
        bound: 0,
        evaluations: 0,
        reason: '',
        seconds: 10,
        curve: [],
        ...play(contest.input as never),
      };
      done();
      return Promise.resolve(answer);
    },
    width,
    close: () => Promise.resolve(),
  });

const compare = (line: string, play: Play = usual, io: Parameters<typeof run>[2] = {}, done?: () => void) =>
  run(
    ['compare', 'net.yaml', '--arch', 'tiny.yaml', ...line.split(' ').filter((w) => w !== '')],
    files,
    io,
    undefined,
    undefined,
    undefined,
    arenas(play, done),
  );

const three = '--strategies highs,annealing,random --repeat 3';

describe('a comparison with made-up strategies', () => {
  test('prints what every layer and the network come to', async () => {
    const { code, out } = await compare(three);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('../golden/compare/table.txt');
  });

  test('of one layer without solvers asks auto first, and has no second table', async () => {
    const { code, out, err } = await compare('--strategies annealing,random --layer fc --repeat 2 --time 500ms');
    expect(code).toBe(0);
    expect(err).toContain('4 runs of at most 0.5 s: at most 2 s');
    expect(err.split('\n')[1]).toBe('[1/5] fc: auto for the proof: optimal 200, 2.50 s');
    expect(out).not.toContain('sum of count');
    expect(out).toContain('by auto');
  });

  test('says what an open bound means, and exits 2', async () => {
    const open: Play = (input) =>
      ['highs', 'auto'].includes(input.strategy)
        ? { ...usual(input), status: 'feasible', bound: input.task.layer.name === 'fc' ? 100 : 1000 }
        : usual(input);
    const { code, out } = await compare(three, open);
    expect(code).toBe(2);
    expect(out).toContain('No optimum was proven of fc (gap 50.0 %)');
  });

  test('of a layer that fits nowhere exits 1', async () => {
    const { code, out } = await compare(three, (input) =>
      input.task.layer.name === 'fc'
        ? input.strategy === 'highs'
          ? { status: 'infeasible', bound: Infinity, seconds: 0.1 }
          : {}
        : usual(input),
    );
    expect(code).toBe(1);
    expect(out).toContain('nothing fits');
  });

  test('a heuristic below the bound is a bug in magnet: named, exit 4, and the files are there to report', async () => {
    const { code, err, written } = await compare(`${three} --json r.json`, (input) =>
      input.strategy === 'random' && input.budget.seed === 2
        ? { ...usual(input), objective: 150, curve: [] }
        : usual(input),
    );
    expect(code).toBe(4);
    expect(err).toContain(
      'random (seed 2) found 150 for fc, below 199.998, which highs proved to be a bound: one of them is wrong',
    );
    expect(err).toContain('a bug in magnet');
    expect((JSON.parse(written.get('r.json')!) as CompareResult).faults).toHaveLength(2);
  });

  test('writes every run with its curve as JSON', async () => {
    const { out } = await compare(`${three} --json -`);
    const result = JSON.parse(out) as CompareResult;
    expect(result).toMatchObject({
      schema: 'magnet-compare/2',
      subject: 'mappings',
      workload: 'tiny-net',
      arch: 'tiny',
      space: null,
      objective: 'layer-edp',
      time: 10,
      repeat: 3,
      workers: 1,
      strategies: ['highs', 'annealing', 'random'],
      faults: [],
    });
    expect(
      result.contests.map((c) => [c.name, c.count, c.provedBy, c.proved, c.finished, c.runs.length, c.referee]),
    ).toEqual([
      ['conv', 3, 'highs', true, true, 9, null],
      ['fc', 1, 'highs', true, true, 9, null],
    ]);
    const walk = result.contests[1]!.runs.find((r) => r.strategy === 'annealing' && r.seed === 2)!;
    expect(walk).toMatchObject({
      status: 'feasible',
      bound: null,
      evaluations: 70_000,
      curve: [
        [0.01, 6000],
        [0.2, 208],
        [5, 200.8],
      ],
    });
    expect(result.sum!.standings[2]).toMatchObject({
      strategy: 'random',
      rounds: 3,
      wins: 0,
      contests: 6,
      secondsTo5Percent: null,
      secondsToProof: null,
    });
    expect(result.sum!.standings[2]!.median).toBeCloseTo(1.4 * 3200, 6);
  });

  test('is what the page of the benchmark is made from', async () => {
    const { out } = await compare(`${three} --json -`);
    const text = page(JSON.parse(out) as CompareResult, {
      command: 'magnet compare',
      seconds: 90,
      machine: 'a machine',
    });
    expect(text).toContain(
      'mappings of 2 unique layers of tiny-net on tiny, layer-edp; 10 s for every run, 3 runs each',
    );
    expect(text).toContain('| annealing | 3.2128e+3 | 3.2128e+3 | 3.2128e+3 | 0.4 % | 7,000 | 0.2 s | 5 s | - | 0/6 |');
    expect(text).toMatch(/^\| conv \| 3 \| 9\.9999e\+2 \| highs \| 0\.001 % \| 0\.4 % \| 40\.0 % \|$/m);
    expect(text).not.toContain('later than that ended');
  });

  test('draws medians with bands over the bound', async () => {
    const { code, written } = await compare(`${three} --svg c.svg`);
    const svg = written.get('c.svg')!;
    expect(code).toBe(0);
    expect(svg).toMatch(/^<svg [^>]*>[\s\S]*<\/svg>\n$/);
    for (const text of [
      'Best layer-edp found so far: tiny-net on tiny',
      'annealing',
      'proven optimum',
      'median of 3 runs',
    ])
      expect(svg).toContain(text);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect((await compare(`${three} --svg c.svg`)).written.get('c.svg')).toBe(svg);
  });

  test('interrupted: what was done is written, exit 130', async () => {
    let interrupt = () => {};
    let runs = 0;
    const io = { onInterrupt: (handler: () => void) => ((interrupt = handler), () => {}) };
    const { code, err, written } = await compare(
      `${three} --json r.json --svg c.svg`,
      usual,
      io,
      () => ++runs === 12 && interrupt(),
    );
    expect(code).toBe(130);
    expect(err).toMatch(/interrupted after \d+ runs?\n$/);
    const result = JSON.parse(written.get('r.json')!) as CompareResult;
    expect(result.contests.map((c) => c.finished)).toEqual([true, false]);
    expect(result.sum!.contests).toBe(1);
    expect(written.get('c.svg')).toContain('1 of 2 layers');
  });

  test('quiet: nothing on standard error', async () => {
    expect((await compare(`${three} -q`)).err).toBe('');
  });
});

describe('real runs', () => {
  test('on a tiny layer: solvers and heuristics end at one optimum', { timeout: 120_000 }, async () => {
    const { code, out, written } = await run(
      'compare net.yaml --arch tiny.yaml --layer fc --strategies highs,annealing,random --time 3s --repeat 1 --json r.json'.split(
        ' ',
      ),
      files,
    );
    expect(code).toBe(0);
    const [contest] = (JSON.parse(written.get('r.json')!) as CompareResult).contests;
    // A busy machine leaves the proof to the referee.
    expect(contest!.proved).toBe(true);
    expect(['highs', 'auto']).toContain(contest!.provedBy);
    for (const r of contest!.runs) {
      expect(r.objective! / contest!.bound!).toBeLessThan(1.001);
      expect(r.curve.at(-1)![1]).toBe(r.objective);
      expect(r.seconds).toBeGreaterThan(0);
    }
    expect(out).toContain('<= 0.0100 %');
  });

  test(
    'on the template the enumeration takes part, and everybody who suits it does by default',
    { timeout: 120_000 },
    async () => {
      const { code, written } = await run(
        'compare net.yaml --arch simba --layer fc --time 700ms --proof-time 20s --repeat 1 --json r.json -q'.split(' '),
        files,
      );
      const result = JSON.parse(written.get('r.json')!) as CompareResult;
      expect(code).toBe(0);
      expect(result.strategies).toEqual(expect.arrayContaining(['highs', 'enumerate', 'annealing', 'random']));
      expect(result.strategies).not.toContain('auto');
      const enumerate = result.contests[0]!.runs.find((r) => r.strategy === 'enumerate')!;
      expect(enumerate.status).toBe('optimal');
      expect(enumerate.curve[0]![0]).toBeLessThanOrEqual(enumerate.seconds);
    },
  );

  test('over the machines of a space', { timeout: 120_000 }, async () => {
    const { code, out, written } = await run(
      (
        'compare net.yaml --space magnet-quick --layer fc --limit area=2mm2 --strategies codesign,random --time 4s ' +
        '--repeat 1 --proof-time 60s --gap 5% --json r.json'
      ).split(' '),
      files,
    );
    const result = JSON.parse(written.get('r.json')!) as CompareResult;
    expect(code).toBe(0);
    expect(result).toMatchObject({
      subject: 'machines',
      space: 'magnet-quick',
      arch: null,
      limits: { area: 2 },
      strategies: ['codesign', 'random'],
    });
    expect(result.contests[0]!.proved).toBe(true);
    expect(out).toContain('machines of fc of tiny-net on magnet-quick');
  });
});

const bad: readonly (readonly [string, ...string[]])[] = [
  ['net.yaml', '--arch or --space is missing'],
  ['nets.yaml --arch tiny.yaml', 'cannot read nets.yaml'],
  ['net.yaml --arch tiny.yaml --space magnet-quick', '--arch and --space cannot both'],
  [
    'net.yaml --arch tiny.yaml --strategies highs,anealing',
    '--strategies: unknown strategy: anealing. Did you mean annealing?',
  ],
  ['net.yaml --arch tiny.yaml --strategies highs,highs', 'highs is named twice'],
  ['net.yaml --arch tiny.yaml --strategies highs,', 'Expected strategies separated by commas'],
  [
    'net.yaml --arch tiny.yaml --strategies highs,enumerate',
    'enumerate cannot take part: only machines of the template have their mappings enumerated, ' +
      'and this one is a hierarchy; leave enumerate out of --strategies',
  ],
  ['net.yaml --arch simba --strategies enumerate --objective ed2p', 'the enumeration does not minimise ed2p'],
  [
    'net.yaml --arch tiny.yaml --time soon',
    'Expected a time above 0, such as 10s, 500ms, 2min or 10 (seconds), got "soon"',
  ],
  ['net.yaml --arch tiny.yaml --time 10d', 'Expected a time above 0'],
  ['net.yaml --arch tiny.yaml --repeat 0', 'Expected a whole number of at least 1'],
  ['net.yaml --arch tiny.yaml --layer cov', 'Did you mean conv?'],
  ['net.yaml --arch tiny.yaml --limit area=1', 'the area of tiny is not known'],
  ['net.yaml --arch tiny.yaml --json missing/r.json', 'cannot write missing/r.json'],
  ['net.yaml --arch tiny.yaml --svg c.png', 'figures are SVG; name a .svg file'],
  ['net.yaml --arch tiny.yaml --svg - --json -', 'cannot both be standard output'],
  ['net.yaml --space magnet-quick --strategies codesign,highs', '--strategies: unknown strategy: highs'],
  [
    'net.yaml --space magnet-quick --limit latency=1ms',
    '--limit latency=1ms: searches over machines are compared under limits on the area and on single layers',
  ],
  ['net.yaml --space magnet-quick --objective ed2p', 'minimise energy, latency or layer-edp'],
  ['net.yaml --space magnet-quik', 'unknown design space: magnet-quik'],
];

describe('bad input', () => {
  test.each(bad)('compare %s', async (line, ...wanted) => {
    const { code, out, err, written } = await run(['compare', ...line.split(' ')], files);
    for (const text of wanted) expect(err).toContain(text);
    expect({ code, out, written: written.size }).toEqual({ code: 3, out: '', written: 0 });
  });

  test('a machine that is larger than the limit has nothing to compare: exit 1', async () => {
    const { code, err } = await run('compare net.yaml --arch simba --limit area=0.01mm2'.split(' '), files);
    expect(code).toBe(1);
    expect(err).toContain('more than the limit of 0.01000 mm2');
  });
});
