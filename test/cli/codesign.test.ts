// `magnet codesign` end to end, with a stand-in for its search: tables, JSON, designs, exit codes, refusals, interruption.

import { beforeAll, describe, expect, test } from 'vitest';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import { parseDesign } from '../../src/results/design-file.js';
import { designDrift } from '../../src/results/design-check.js';
import { templateAt } from '../../src/model/space/design-space.js';
import { emitDesign } from '../../src/sim/emit-files.js';
import type { Fake } from '../support/codesign.js';
import { fakeEngine } from '../support/codesign.js';
import type { Ran } from './run.js';
import { run, tinyLayers } from './run.js';

const files: Record<string, string> = {
  'net.yaml': tinyLayers,
  'other.yaml':
    'name: other\nlayers:\n  - { name: conv, K: 8, C: 8, P: 7, Q: 7, R: 3, S: 3, count: 2 }\n  - { name: head, K: 6, C: 4, count: 5 }\n',
  'case.json': JSON.stringify({
    id: 'x',
    architecture: {
      name: 'a',
      levels: [{ name: 'DRAM', wordBits: 8, energyPerVectorAccess: { read: 1, fill: 1, update: 1 } }],
      compute: { energyPerOp: 1 },
    },
    problem: { K: 2, C: 2 },
  }),
  'clocks.yaml': 'space: {base: magnet-small, clock: [500, 1000]}\n',
  'small.yaml': 'space: {base: magnet-small, rows: 1}\n',
};
const small = ['--space', 'magnet-small', '--no-residency'];
const ask = (line: string, fake: Fake = {}, io = {}, more: Record<string, string> = {}): Promise<Ran> =>
  run(['codesign', ...line.split(' '), ...small], { ...files, ...more }, io, undefined, fakeEngine(fake));
const json = (r: Ran, name?: string) => JSON.parse(name === undefined ? r.out : r.written.get(name)!);
const design = (text: string | undefined) => {
  const read = parseDesign(text ?? '', 'd.json');
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
};

describe('a proved machine', () => {
  let ran: Ran;
  beforeAll(async () => {
    ran = await ask('net.yaml --json r.json --design d.json --figure f.svg --limit area=3mm2');
  });

  test('tables on standard output, a line for each improvement apart, exit 0', () => {
    expect({ code: ran.code, closed: ran.err.includes('rror') }).toEqual({ code: 0, closed: false });
    for (const line of [
      /^parameter +value +menu +stands at$/m,
      /^status +optimal: /m,
      /^objective: energy x delay of the network /m,
      /^network +weight /m,
      /^part +area/m,
      /^component +accesses/m,
      /^layer +shape +count /m,
    ])
      expect(ran.out).toMatch(line);
    expect(ran.err).toMatch(
      /^\[0 s of 10 min 00 s\] best .*, bound .*, gap 0\.5 %, searching, 1 of 2 shapes closed, 1 box of machines\n/,
    );
    expect(ran.written.get('f.svg')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  test('the result file holds what the contract names, and figures that add up', () => {
    const r = json(ran, 'r.json');
    expect(Object.keys(r)).toEqual([
      'schema',
      'magnet',
      'networks',
      'space',
      'objective',
      'goal',
      'limits',
      'status',
      'bound',
      'gap',
      'reason',
      'nodes',
      'shapes',
      'seconds',
      'curve',
      'point',
      'hardware',
      'conventions',
      'area',
      'energy',
      'layers',
    ]);
    expect(r).toMatchObject({
      schema: 'magnet-codesign/2',
      goal: 'edp',
      limits: { area: 3 },
      status: 'optimal',
      space: { name: 'magnet-small' },
    });
    const weighted = (of: (l: { count: number; energy: number; cycles: number; objective: number }) => number) =>
      r.layers.reduce((n: number, l: never) => n + (l as { count: number }).count * of(l), 0);
    expect(weighted((l) => l.objective)).toBeCloseTo(r.networks[0].layerEdp, 3);
    expect(r.networks[0].energy * r.networks[0].cycles).toBeCloseTo(r.objective, 3);
    expect(r.networks[0].edp).toBe(r.objective);
    expect(weighted((l) => l.energy)).toBeCloseTo(r.networks[0].energy, 6);
    expect(weighted((l) => l.cycles)).toBe(r.networks[0].cycles);
    expect(r.energy.reduce((n: number, p: { energy: number }) => n + p.energy, 0)).toBeCloseTo(r.networks[0].energy, 6);
    expect(r.bound).toBeLessThanOrEqual(r.objective);
    expect(r.gap).toBeCloseTo(0.005, 9);
    // tinyLayers: 3 x (2 x 4 x 2 x 4) + 6 x 4 = 216 MACs.
    expect(r.networks[0].fjPerOpWithDram).toBeCloseTo((1000 * r.networks[0].energy) / (2 * 216), 6);
    expect(r.networks[0].fjPerOp).toBeLessThan(r.networks[0].fjPerOpWithDram);
    expect(r.curve[0]).toEqual({ seconds: 0, best: null, bound: 0 });
    expect(r.area.reduce((n: number, p: { mm2: number }) => n + p.mm2, 0)).toBeLessThanOrEqual(3);
  });

  test('the design file is read back, its figures are confirmed, and the command that made it is on record', () => {
    const d = design(ran.written.get('d.json'));
    expect(designDrift(d)).toEqual([]);
    expect(d).toMatchObject({
      name: 'tiny-net-magnet-small',
      machine: { kind: 'template' },
      goal: { objective: 'layer-edp', limits: {} },
      areaLimit: 3,
    });
    expect(d.layers.map((l) => [l.layer.name, l.count, l.status])).toEqual([
      ['conv', 3, 'optimal'],
      ['fc', 1, 'optimal'],
    ]);
    expect(d.totals?.edp).toBeCloseTo(json(ran, 'r.json').objective, 3);
    expect(d.provenance.command).toBe(
      'magnet codesign net.yaml --space magnet-small --objective edp --limit area=3mm2 --no-residency --gap 1% --time-limit 10min',
    );
  });

  test('hardware is made of it, and it is a machine to map on', async () => {
    const text = ran.written.get('d.json')!;
    const emitted = emitDesign(design(text), { testbench: true, seed: 1 });
    expect(emitted.ok && emitted.value.some((f) => f.path.endsWith('.v'))).toBe(true);
    expect((await run(['show', 'd.json'], { 'd.json': text })).code).toBe(0);
    expect((await run(['archs', 'd.json'], { 'd.json': text })).out).toMatch(
      /^magnet-small: a point of the design space/,
    );
  });

  test('its Verilog does what the model says', async () => {
    const { code, err } = await run(['simulate', 'd.json', '-q'], { 'd.json': ran.written.get('d.json')! });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }, 60_000);

  test('the same run writes the same bytes', async () => {
    const again = await ask('net.yaml --design - --limit area=3mm2 -q --workers 2');
    expect(again.out).toBe(ran.written.get('d.json'));
  });
});

describe('several networks', () => {
  test('are weighted in the objective, merged by shape in the design, with names of their own', async () => {
    const r = await ask('net.yaml other.yaml --weight other=2 --json r.json --design d.json -q --objective energy');
    expect(r.code).toBe(0);
    const result = json(r, 'r.json');
    expect(result.networks.map((n: { name: string; weight: number }) => [n.name, n.weight])).toEqual([
      ['tiny-net', 1],
      ['other', 2],
    ]);
    expect(result.networks[0].energy + 2 * result.networks[1].energy).toBeCloseTo(result.objective, 4);
    // fc and head are one shape; conv is another in each network.
    expect(result.layers.map((l: { name: string; counts: number[] }) => [l.name, l.counts])).toEqual([
      ['conv', [3, 0]],
      ['fc', [1, 5]],
      ['other.conv', [0, 2]],
    ]);
    const d = design(r.written.get('d.json'));
    expect(d.layers.map((l) => [l.layer.name, l.count])).toEqual([
      ['conv', 3],
      ['fc', 6],
      ['other.conv', 2],
    ]);
    expect(d).toMatchObject({ name: 'tiny-net-other-magnet-small', provenance: { workload: 'tiny-net, other' } });
    expect(r.out).toMatch(/^layer +shape +in tiny-net +in other /m);
  });
});

describe('the question', () => {
  const asked = async (line: string, more: string[] = []): Promise<CodesignRequest> => {
    const requests: CodesignRequest[] = [];
    await run(['codesign', ...line.split(' '), '-q', ...more], files, {}, undefined, fakeEngine({ requests }));
    return requests[0]!;
  };

  test('has the defaults that the help names, with sums as wide as the networks need', async () => {
    const r = await asked('net.yaml', small);
    expect(r).toMatchObject({
      objective: 'edp',
      limits: {},
      padding: true,
      gap: 0.01,
      timeLimit: 600,
      conventions: { name: 'magnet' },
      technology: { name: '16nm' },
    });
    expect(r.networks.map((n) => [n.network.name, n.weight])).toEqual([['tiny-net', 1]]);
    expect(r.space.menus.accumPrecision).toHaveLength(1);
    expect(
      templateAt(r.space, Object.fromEntries(Object.entries(r.space.menus).map(([p, menu]) => [p, menu[0]])) as never),
    ).toBeDefined();
  });

  test('limits are in mm2, pJ, cycles and pJ x cycles', async () => {
    const r = await asked(
      'net.yaml --limit area=2e6um2 --limit latency=1us --limit energy=3uJ --limit edp=1e9 --no-padding --gap 0.1 --time-limit 5s',
      small,
    );
    expect(r.limits).toEqual({ area: 2, latency: 1000, energy: 3e6, edp: 1e9 });
    expect(r).toMatchObject({ padding: false, gap: 0.1, timeLimit: 5 });
  });

  test('with several clocks a limit in cycles stands', async () => {
    expect((await asked('net.yaml --space clocks.yaml --limit latency=500')).limits).toEqual({ latency: 500 });
  });

  test('under limits on networks, mappings are held to their EDP', async () => {
    const d = design((await ask('net.yaml --objective energy --limit latency=1ms --design - -q')).out);
    expect(d.goal.objective).toBe('layer-edp');
    expect(design((await ask('net.yaml --objective area --design - -q')).out).goal.objective).toBe('layer-edp');
    expect(design((await ask('net.yaml --objective latency --design - -q')).out).goal.objective).toBe('latency');
  });
});

describe('refusals', () => {
  test.each([
    ['net.yam', 'net.yam is not a workload'],
    ['resnet51', 'unknown network: resnet51. Did you mean resnet50?'],
    ['case.json', 'case.json is a case, which includes its machine'],
    ['net.yaml net.yaml', 'two networks are called tiny-net; name each once (--weight tiny-net=2 counts it double)'],
    ['net.yaml --space magnet-smal', 'unknown design space: magnet-smal. Did you mean magnet-small?'],
    ['net.yaml --objective edpp', 'unknown objective: edpp. Did you mean edp?'],
    ['net.yaml --objective ed2p', 'unknown objective: ed2p'],
    ['net.yaml --limit aera=2', 'unknown limit: aera. Did you mean area?'],
    ['net.yaml --limit area=2m', 'unknown unit: m'],
    ['net.yaml --limit area=-2', 'expected a number above 0'],
    [
      'net.yaml --limit latency=1ms --space clocks.yaml',
      'clocks has several clocks (500, 1000 MHz), so a time does not say how many cycles it is; give cycles',
    ],
    ['net.yaml --weight other=2', '--weight: unknown network: other'],
    ['net.yaml --weight tiny-net=0', 'Expected a number above 0'],
    ['net.yaml --weight tiny-net', 'Expected name=number'],
    ['net.yaml --weight tiny-net=1 --weight tiny-net=2', 'tiny-net is given twice'],
    ['net.yaml --gap 1', 'Expected a share'],
    ['net.yaml --technology none.yaml', 'cannot read none.yaml'],
    ['net.yaml --json missing/r.json', 'cannot write missing/r.json'],
    ['net.yaml --checkpoint missing/c.json', 'cannot write missing/c.json'],
    ['net.yaml --json - --design -', '--json - and --design - cannot both be standard output'],
    ['net.yaml --checkpoint -', 'a checkpoint is read back to go on from it; name a file'],
    ['net.yaml --figure f.png', 'figures are SVG'],
    ['net.yaml --points 5', '--points counts the points of a front'],
    ['net.yaml --pareto energy', 'expected two different quantities'],
    ['net.yaml --pareto energy,energy', 'expected two different quantities'],
    ['net.yaml --pareto energy,latensy', 'unknown quantity: latensy. Did you mean latency?'],
    [
      'net.yaml other.yaml --pareto energy,latency',
      'latency is limited for each network on its own; give one network, or a front over area (energy,area)',
    ],
    ['net.yaml --pareto energy,latency --objective edp', '--objective has no effect on a front'],
    ['net.yaml --pareto energy,latency --explain', '--explain is about one machine'],
    ['net.yaml --pareto energy,latency --design -', '--design -: each point of a front has its own; name a file'],
    ['net.yaml --batch 2', '--batch applies to ONNX files'],
    ['net.yaml --dim seq=2', '--dim applies to ONNX files'],
    ['', "missing required argument 'network'"],
  ])('magnet codesign %s', async (line, ...wanted) => {
    const { code, out, err, written } = await run(
      ['codesign', ...line.split(' ').filter((w) => w !== '')],
      files,
      {},
      undefined,
      fakeEngine(),
    );
    for (const text of wanted) expect(err).toContain(text);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out, written: written.size }).toEqual({ code: 3, out: '', written: 0 });
  });

  test('all faults are listed at once', async () => {
    const { err } = await run(
      ['codesign', 'resnet51', '--space', 'nowhere', '--pareto', 'energy,power'],
      files,
      {},
      undefined,
      fakeEngine(),
    );
    expect(err.trim().split('\n')).toHaveLength(3);
  });
});

describe('exit codes', () => {
  test('infeasible: 1, with the reason; a valid result file without a machine', async () => {
    const { code, out, err } = await ask('net.yaml --limit area=0.01mm2 --json -');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'infeasible: the smallest machine of magnet-small takes 3.000 mm2, more than the limit\n',
    });
    expect(JSON.parse(out)).toMatchObject({
      status: 'infeasible',
      objective: null,
      bound: null,
      gap: null,
      point: null,
      layers: [],
      area: [],
      networks: [{ name: 'tiny-net', energy: null }],
    });
  });

  test('not proved to the gap: 2, with the honest gap', async () => {
    const { code, out } = await ask('net.yaml -q', { proven: 0.9 });
    expect(code).toBe(2);
    expect(out).toMatch(/^status +feasible: the time ran out$/m);
    expect(out).toMatch(/gap 10\.0 %/);
    expect((await ask('net.yaml -q --gap 0.2', { proven: 0.9 })).code).toBe(0);
  });

  test('a search that fails is a bug: 4, and workers are ended all the same', async () => {
    let closed = 0;
    const broken = fakeEngine({ closed: () => closed++ });
    const { code, err } = await run(['codesign', 'net.yaml', ...small], files, {}, undefined, (n) => ({
      ...broken(n),
      codesign: () => Promise.reject(new Error('the tree fell over')),
    }));
    expect(code).toBe(4);
    expect(err).toContain('the tree fell over');
    expect(closed).toBe(1);
  });
});

describe('interruption', () => {
  const pressAt = (text: RegExp) => {
    let press = () => {};
    return {
      onInterrupt(handler: () => void) {
        press = handler;
        return () => {};
      },
      err: (said: string) => {
        if (text.test(said)) press();
      },
    };
  };

  test('the best machine so far with its gap, files written, no explanation begun, exit 130', async () => {
    const { code, out, written } = await ask(
      'net.yaml --json r.json --design d.json --checkpoint c.json --explain',
      { proven: 0.9 },
      pressAt(/best/),
    );
    expect(code).toBe(130);
    expect(out).toMatch(/^status +feasible: interrupted$/m);
    expect(out).not.toContain('Why this design');
    expect(JSON.parse(written.get('r.json')!)).toMatchObject({ status: 'feasible', gap: expect.closeTo(0.1, 6) });
    expect(design(written.get('d.json')).layers).toHaveLength(2);
    expect(JSON.parse(written.get('c.json')!)).toMatchObject({ schema: 'magnet-codesign-checkpoint/2' });
  });

  test('before anything is found there is nothing to write but that', async () => {
    const { code, out, written } = await ask(
      'net.yaml --json r.json --design d.json',
      {},
      { ...pressAt(/never/), onInterrupt: (handler: () => void) => (handler(), () => {}) },
    );
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(JSON.parse(written.get('r.json')!)).toMatchObject({ status: 'unknown', objective: null });
    expect(written.has('d.json')).toBe(false);
  });
});

describe('checkpoints', () => {
  test('what is written is resumed from, by a request that asks the same with another gap and time', async () => {
    const first = await ask('net.yaml --checkpoint c.json -q');
    const saved = first.written.get('c.json')!;
    const resumed: Fake['resumed'] = [];
    const again = await ask(
      'net.yaml --checkpoint c.json --gap 0.1% --time-limit 60s',
      { resumed },
      {},
      { 'c.json': saved },
    );
    expect(again.err).toMatch(/^resuming from c.json: 1 shape looked at in 0 s\n/);
    expect(resumed[0]).toMatchObject({ request: 'fake', seconds: 0.2 });
    // Infinity, which JSON has no word for, comes back.
    expect(resumed[0]!.curve[0]!.best).toBe(Infinity);
  });

  test('a front goes on with every search where it stood, with the limits that it had, and knows its own file', async () => {
    const asked = 'net.yaml --pareto energy,latency --points 3 -q --checkpoint';
    const first = await ask(`${asked} c.json`);
    const saved = first.written.get('c.json')!;
    const { schema, limits, searches } = JSON.parse(saved) as Record<string, readonly unknown[]>;
    expect({ schema, limits: limits!.length, searches: searches!.length }).toEqual({
      schema: 'magnet-codesign-front-checkpoint/1',
      limits: 2,
      searches: 4,
    });
    const resumed: Fake['resumed'] = [];
    const again = await ask(
      'net.yaml --pareto energy,latency --points 3 --checkpoint c.json',
      { resumed },
      {},
      { 'c.json': saved },
    );
    expect(again.err).toMatch(/^resuming from c.json: 4 searches begun\n/);
    expect(resumed).toHaveLength(4);
    expect(again.out).toBe(first.out);

    const others = [
      [
        'net.yaml --pareto energy,latency --points 4 --checkpoint c.json',
        'front: was energy, latency; 3 points, is energy, latency; 4',
      ],
      ['net.yaml --checkpoint c.json', 'c.json: is a checkpoint of a front: ask with --pareto'],
    ] as const;
    for (const [line, wanted] of others) {
      const { code, err } = await ask(line, {}, {}, { 'c.json': saved });
      expect({ code, says: err.includes(wanted) }).toEqual({ code: 3, says: true });
    }
    const single = (await ask('net.yaml --checkpoint c.json -q')).written.get('c.json')!;
    const wrong = await ask(`${asked} c.json`, {}, {}, { 'c.json': single });
    expect(wrong.err).toContain('is a checkpoint of one search, and a front has many');
  });

  test('is written every few seconds and at the end, not with all news', async () => {
    let [time, writings] = [0, 0];
    const io = {
      now: () => time,
      write: (path: string) => void (path === 'c.json' && writings++),
      err: () => void (time += 1000),
    };
    await ask('net.yaml --checkpoint c.json', { machines: [0, 1, 0, 1, 0, 1] }, io);
    expect(writings).toBe(2);
  });

  test.each([
    ['net.yaml --objective energy', 'objective: was edp, is energy'],
    ['net.yaml --limit area=2mm2', 'limit on area: was not asked, is 2'],
    ['net.yaml --no-padding', 'padding: was yes, is no'],
    ['net.yaml other.yaml', 'network other: was not asked, is weight 1'],
    ['net.yaml --weight tiny-net=2', 'network tiny-net: was weight 1, layers '],
    ['net.yaml --space small.yaml', 'menu of rows: was 1 2 4, is 1'],
  ])('of another request is refused: %s', async (line, wanted) => {
    const saved = (await ask('net.yaml --checkpoint c.json -q')).written.get('c.json')!;
    // Of two options of one name the last counts.
    const { code, out, err, written } = await run(
      ['codesign', ...small, ...line.split(' '), '--checkpoint', 'c.json'],
      { ...files, 'c.json': saved },
      {},
      undefined,
      fakeEngine(),
    );
    expect(err).toMatch(/^error: c\.json: belongs to another request \(/);
    expect(err).toContain(wanted);
    expect(err).toContain('ask the same again, or name another file');
    expect({ code, out, written: written.size }).toEqual({ code: 3, out: '', written: 0 });
  });

  test('what is no checkpoint is refused and not written over; a full disk ends no search', async () => {
    for (const [text, wanted] of [
      ['{"schema": "magnet-design/1"}', 'expected a checkpoint'],
      ['{', 'cut short'],
      ['{"schema": "magnet-codesign-checkpoint/1"}', 'this magnet reads'],
    ] as const) {
      const { code, err, written } = await ask('net.yaml --checkpoint c.json', {}, {}, { 'c.json': text });
      expect({ code, written: written.size }).toEqual({ code: 3, written: 0 });
      expect(err).toContain(wanted);
    }
    let full = true;
    const { code, err } = await ask(
      'net.yaml --checkpoint c.json',
      {},
      {
        write: () => {
          if (full) {
            full = false;
            throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
          }
        },
      },
    );
    expect(code).toBe(0);
    expect(err).toContain('warning: cannot write c.json: no space is left on the device; the search goes on\n');
  });
});

describe('why', () => {
  test('steps, limits and elasticities follow the tables and stand in the result file', async () => {
    const { code, out, err, written } = await ask('net.yaml --explain --limit area=0.26mm2 --json r.json');
    expect(code).toBe(0);
    expect(err).toContain('solving one step of every parameter\n');
    expect(out).toContain('Why this design');
    expect(out).toMatch(/^vectorSize +8 up to 16 +\S+ +[+-]/m);
    // 8 lanes fit, 16 do not.
    expect(out).toMatch(/^numLanes +8 up to 16 +\S+ +[+-]\S+ % .* not within all limits$/m);
    expect(out).toMatch(/^energy of DRAM +\+0\.420 +per bit$/m);
    expect(out).toMatch(/^area \(mm2\) +0\.26 .* binds$/m);
    const r = JSON.parse(written.get('r.json')!);
    expect(r.steps.find((s: { parameter: string }) => s.parameter === 'numLanes')).toMatchObject({
      up: { value: 16, feasible: false },
    });
    expect(r.elasticities).toHaveLength(1);
  });
});

describe('a front', () => {
  test('a table, a figure and a file: from the tightest limit to none, each with its bound', async () => {
    const requests: CodesignRequest[] = [];
    const { code, out, err, written } = await ask(
      'other.yaml --pareto energy,area --points 3 --json r.json --figure f.svg',
      { machines: [0, 1, 2], requests },
    );
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(out).toMatch(/^limit on area \(mm2\) +area \(mm2\) +energy \(.J\) +its bound +gap /);
    expect(written.get('f.svg')).toContain('proven: no design lies in here');
    const front = JSON.parse(written.get('r.json')!);
    expect(front).toMatchObject({
      schema: 'magnet-codesign-front/2',
      metrics: ['energy', 'area'],
      networks: [{ name: 'other', weight: 1 }],
    });
    expect(requests.map((r) => r.objective).slice(0, 2)).toEqual(['energy', 'area']);
    expect(front.points.at(-1).limit).toBeNull();
    for (const p of front.points) expect(p.bound).toBeLessThanOrEqual(p.values[0]);
  });

  test('nothing within the limits: exit 1; Ctrl-C: what there is, exit 130', async () => {
    expect(await ask('net.yaml --pareto energy,latency --limit area=0.01mm2 -q')).toMatchObject({
      code: 1,
      out: '',
      err: 'infeasible: the smallest machine of magnet-small takes 3.000 mm2, more than the limit\n',
    });
    let press = () => {};
    const { code, out } = await ask(
      'net.yaml --pareto energy,latency',
      {},
      {
        onInterrupt: (h: () => void) => ((press = h), () => {}),
        err: (text: string) => {
          if (text.includes('2 of')) press();
        },
      },
    );
    expect(code).toBe(130);
    expect(out).toContain('its bound');
  });
});
