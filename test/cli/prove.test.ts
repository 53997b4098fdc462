// `magnet prove` end to end, with a stand-in for its search: text, JSON, scripts, designs, exit codes, refusals, interruption.

import { failed, interrupted, stopText } from '../../src/base/stop-reason.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.js';
import { designDrift } from '../../src/results/design-check.js';
import { parseDesign } from '../../src/results/design-file.js';
import type { ProveRequest } from '../../src/tuner/prove/prove-request.js';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { pilotnet } from '../../src/workloads/networks/pilotnet.js';
import type { FakeProof } from '../support/prove.js';
import { excluded, fakeProver, feasible, open } from '../support/prove.js';
import type { Ran } from './run.js';
import { run, tinyArch, tinyLayers } from './run.js';

const files: Record<string, string | Uint8Array> = {
  'net.yaml': tinyLayers,
  'tiny.yaml': tinyArch,
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
  'alike.yaml':
    'name: alike\nlayers:\n  - { name: conv, K: 4 }\n  - { name: conv.2, K: 5 }\n  - { name: conv, K: 6 }\n',
  'fixed.onnx': exportOnnx(pilotnet.network),
  't.yaml': 'name: other\nbase: 16nm\n',
};
const ask = (line: string, fake: FakeProof = {}, io: Partial<Io> = {}): Promise<Ran> =>
  run(['prove', ...line.split(' ').filter((w) => w !== '')], files, io, undefined, undefined, fakeProver(fake));
const json = (r: Ran, name?: string) => JSON.parse(name === undefined ? r.out : r.written.get(name)!);
const design = (text: string | undefined) => {
  const read = parseDesign(text ?? '', 'd.json');
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
};

describe('limits that are met', () => {
  const line = 'net.yaml --arch simba --limit latency=10us --limit area=3mm2 --limit energy@conv=1uJ --limit lanes>=4';
  let ran: Ran;
  beforeAll(async () => {
    ran = await ask(`${line} --json r.json --smt2 p.smt2 --design d.json`);
  });

  test('the text on standard output, progress and notes apart, exit 0', () => {
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/^feasible: tiny-net on simba\n\nlimit +required +reached +slack\n/);
    for (const row of [
      /^latency=10us +at most 10\.00 us \(10,000 cycles\) +\d+\.\d ns \(\d+ cycles\) +9\d\.\d %$/m,
      /^area=3mm2 +at most 3\.000 mm2 +2\.\d+ mm2 +\d\d\.\d %$/m,
      /^lanes>=4 +at least 4 +8 +100\.0 %$/m,
    ])
      expect(ran.out).toMatch(row);
    expect(ran.out).toMatch(/^layer +shape +count +energy \(nJ\) +cycles +utilisation$/m);
    expect(ran.out).toMatch(
      /Confirmed by the cost model: every layer has a legal mapping, and together they meet every limit\. Decided in 2 s\.\n$/,
    );
    expect(ran.err).toBe(
      'note: conv stands for 3 layers of one shape; energy@conv=1uJ holds for each of them\n' +
        '[0 s of 10 min 00 s] looking at layers\n' +
        'p.smt2: what is known of the costs, and the limits, in SMT-LIB 2.6; sat, as nothing known excludes them ' +
        '(the mappings themselves are the proof)\n',
    );
  });

  test('the result file holds the question and the witness, with figures that add up', () => {
    const r = json(ran, 'r.json');
    expect(Object.keys(r)).toEqual([
      'schema',
      'magnet',
      'network',
      'unmapped',
      'mappedMacs',
      'mappedShare',
      'machine',
      'space',
      'technology',
      'conventions',
      'padding',
      'hardware',
      'requirements',
      'status',
      'witness',
      'core',
      'minimal',
      'also',
      'shortages',
      'layers',
      'reason',
      'settled',
      'seconds',
    ]);
    expect(r).toMatchObject({
      schema: 'magnet-prove/2',
      network: 'tiny-net',
      machine: 'simba',
      space: null,
      technology: '16nm',
      conventions: 'magnet',
      padding: true,
      status: 'feasible',
      core: [],
      minimal: null,
      reason: '',
    });
    expect(r.requirements).toEqual([
      { text: 'latency=10us', kind: 'network', name: 'latency', bound: 'max', value: 10000, unit: 'cycles' },
      { text: 'area=3mm2', kind: 'area', name: 'area', bound: 'max', value: 3, unit: 'mm2' },
      { text: 'energy@conv=1uJ', kind: 'layer', name: 'energy', layer: 'conv', bound: 'max', value: 1e6, unit: 'pJ' },
      { text: 'lanes>=4', kind: 'parameter', name: 'numLanes', bound: 'min', value: 4, unit: '' },
    ]);
    const { witness: w } = r;
    const sum = (of: (l: { count: number; energy: number; cycles: number; edp: number }) => number) =>
      w.layers.reduce((n: number, l: never) => n + (l as { count: number }).count * of(l), 0);
    expect([w.cycles, w.energy, w.layerEdp, w.edp]).toEqual([
      sum((l) => l.cycles),
      sum((l) => l.energy),
      sum((l) => l.edp),
      w.energy * w.cycles,
    ]);
    expect(w.reached).toEqual([w.cycles, w.area, w.layers[0].energy, 8]);
    expect(w.parameters).toMatchObject({ numLanes: 8, weightBuffer: 262144, clock: 1000 });
    expect(w.layers[0].mapping.levels[0]).toMatchObject({
      name: 'DRAM',
      keep: ['Weights', 'Inputs', 'Outputs'],
      bypass: [],
    });
    // A line per layer, so that files can be compared.
    expect(
      ran.written
        .get('r.json')!
        .split('\n')
        .filter((l) => l.startsWith('   {"name":')),
    ).toHaveLength(2);
  });

  test('the script is text for any solver', () => {
    expect(ran.written.get('p.smt2')).toMatch(
      /^; Made by magnet 1\.2\.3\.\n; a stand-in\n[^]*:named \|limit latency=10us\|[^]*\(check-sat\)\n$/,
    );
  });

  test('the design file is read back, its figures are confirmed, and the command that made it is on record', () => {
    const d = design(ran.written.get('d.json'));
    expect(designDrift(d)).toEqual([]);
    expect(d).toMatchObject({
      name: 'tiny-net-simba',
      areaLimit: 3,
      goal: { objective: 'layer-edp', limits: {} },
      provenance: { backend: 'prove', workload: 'tiny-net' },
    });
    expect(d.layers.map((l) => [l.layer.name, l.count, l.status, l.bound])).toEqual([
      ['conv', 3, 'feasible', 0],
      ['fc', 1, 'feasible', 0],
    ]);
    expect(d.provenance.command).toBe(
      'magnet prove net.yaml --arch simba --limit latency=10us --limit area=3mm2 --limit energy@conv=1uJ --limit ' +
        "'lanes>=4' --time-limit 10min",
    );
  });

  test('a space shows which of its machines it is, buffers as they are built', async () => {
    const { code, out, written } = await ask(
      'net.yaml --space magnet-small --limit accumBuffer>=2KB --limit latency=1ms --json r.json',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^feasible: tiny-net on a machine of magnet-small\n/);
    expect(out).toMatch(/^accumBuffer +2016 B of 2KB +1KB, 2KB$/m);
    expect(out).toMatch(/^accumBuffer>=2KB +at least 2 KB +2 KB +0 %$/m);
    const r = JSON.parse(written.get('r.json')!);
    expect(r).toMatchObject({
      machine: null,
      space: { name: 'magnet-small', digest: expect.any(String) },
      witness: { machine: 'magnet-small', parameters: { accumBuffer: 2016 * 8 } },
    });
  });

  test('without limits the question is whether every layer has a mapping', async () => {
    const requests: ProveRequest[] = [];
    const { code, out } = await ask('net.yaml --arch tiny.yaml -q', { requests });
    expect({ code, requirements: requests[0]!.requirements }).toEqual({ code: 0, requirements: [] });
    expect(out).toMatch(/^feasible: tiny-net on tiny\n\nlayer /);
    expect(out).not.toContain('area');
  });
});

describe('limits that are not', () => {
  const layers = (request: ProveRequest) =>
    request.network.layers.map((l, i) => ({ ...l, quantity: 'latency' as const, bound: 59.9999999 - 10 * i }));
  const tooTight: FakeProof = {
    proof: (r) =>
      excluded(
        [
          { kind: 'exact', value: 1234 },
          { kind: 'between', from: 2.1, to: undefined, reason: 'time limit' },
        ],
        { layers: layers(r), also: [r.requirements.slice(2, 3)] },
      )(r),
  };
  const line =
    'net.yaml --arch simba --limit latency=1us --limit area=2mm2 --limit energy=1pJ --limit edp=1e20pJ*cycles';

  test('the limits that exclude each other and how far each must move, exit 1; no design, a script that proves it', async () => {
    const { code, out, err, written } = await ask(`${line} --smt2 p.smt2 --design d.json -q`, tooTight);
    expect(code).toBe(1);
    expect(out).toBe(`infeasible: tiny-net on simba: these limits cannot be met together by any mappings

limit        must be, for the rest to be met
-----------  -------------------------------------------------------------------
latency=1us  at least 1.234 us (1,234 cycles); exact: just below it nothing fits
area=2mm2    at least 2.1 mm2 (time limit; what is enough is not known)

Minimum of each layer by itself; all of them 230 ns (230 cycles):
layer  shape         count               each                  all   share
-----  ------------  -----  -----------------  -------------------  ------
conv   2x1 2->4 4x1      3  60 ns (60 cycles)  180 ns (180 cycles)  78.3 %
fc     1x6x4             1  50 ns (50 cycles)    50 ns (50 cycles)  21.7 %

Minimal: without any one of them the rest can be met.
Not met either, by themselves: energy=1pJ.
Not part of it: edp=1e20pJ*cycles.
Values are rounded to the side on which they hold; --json has them in full.
Proven where every tensor goes through DRAM between layers; with tensors that stay in the global buffer, "magnet prove --residency" answers.
Decided in 3 s.
`);
    expect(err).toBe('no design is written to d.json: nothing meets the limits\n');
    expect([...written.keys()]).toEqual(['p.smt2']);
    expect((await ask(`${line} --smt2 p.smt2`, tooTight)).err).toContain(
      'p.smt2: what was proven of the costs, and the limits, in SMT-LIB 2.6; any SMT solver finds it unsat',
    );
  });

  test('as JSON', async () => {
    const r = json(await ask(`${line} --json -`, tooTight));
    expect(r).toMatchObject({
      status: 'infeasible',
      witness: null,
      core: [
        { text: 'latency=1us', name: 'latency', value: 1000, needed: { kind: 'exact', value: 1234 } },
        { text: 'area=2mm2', needed: { kind: 'between', from: 2.1, to: null, reason: 'time limit' } },
      ],
      minimal: true,
      also: [['energy=1pJ']],
      layers: [{ name: 'conv', count: 3, quantity: 'latency', bound: 60, share: 180 / 230 }, { name: 'fc' }],
    });
  });

  test('a layer that nothing fits', async () => {
    const shortage = {
      layer: 'conv',
      text: 'the smallest tile takes 12 lines of InputBuffer, which has room for 8',
      needed: { kind: 'exact', value: 12 },
    } as const;
    const about = {
      layer: 'conv',
      text: 'AccumBuffer has room for 4 lines of sums',
      needed: { kind: 'between', from: 5, to: 9, reason: '' },
    } as const;
    const { code, out, written } = await ask('net.yaml --arch tiny.yaml --json r.json', {
      proof: excluded([], { shortages: [shortage, about] }),
    });
    expect(code).toBe(1);
    expect(out).toMatch(
      /^infeasible: tiny-net on tiny: not every layer has a mapping, whatever is limited\n\nIn the way of conv:\n {2}the smallest tile takes 12 lines of InputBuffer, which has room for 8\n {2}AccumBuffer has room for 4 lines of sums\n/,
    );
    expect(JSON.parse(written.get('r.json')!).shortages).toEqual([shortage, about]);
  });
});

describe('what is not settled', () => {
  test('why, what was, and that more time may help: exit 2', async () => {
    const { code, out, err, written } = await ask(
      'net.yaml --space magnet-small --limit latency=1us --json r.json --design d.json -q',
      { proof: open },
    );
    expect(code).toBe(2);
    expect(out).toBe(
      'unknown: tiny-net on the machines of magnet-small: the time ran out\n' +
        '\n' +
        'Settled so far:\n  conv costs at least 12 cycles\n' +
        '\n' +
        'Neither mappings nor a proof that there are none in 10 min 00 s.\n',
    );
    expect(err).toBe(
      'no design is written to d.json: no mappings that meet the limits were found\nunknown: more time may settle it (--time-limit)\n',
    );
    expect(JSON.parse(written.get('r.json')!)).toMatchObject({
      status: 'unknown',
      witness: null,
      core: [],
      reason: 'the time ran out',
      settled: ['conv costs at least 12 cycles'],
      seconds: 600,
    });
  });

  test('a search that fails is a bug: 4, and workers are ended all the same', async () => {
    let closed = 0;
    const { code, err } = await ask('net.yaml --arch simba', {
      proof: () => Promise.reject(new Error('the witness is none')),
      closed: () => closed++,
    });
    expect({ code, closed }).toEqual({ code: 4, closed: 1 });
    expect(err).toContain('the witness is none');
  });
});

describe('interruption', () => {
  const pressAt = (text: string): Partial<Io> => {
    let press = () => {};
    return {
      onInterrupt(handler) {
        press = handler;
        return () => {};
      },
      err: (said) => {
        if (said.includes(text)) press();
      },
    };
  };

  test('a search that looks up says what it has settled: valid files, exit 130', async () => {
    const { code, out, written } = await ask(
      'net.yaml --arch simba --limit latency=1us --json r.json',
      {
        proof: (_, hooks) =>
          ({ ...open(), reason: hooks.stopped() ? interrupted : failed('not heard') }) as ReturnType<typeof open>,
      },
      pressAt('looking'),
    );
    expect(code).toBe(130);
    expect(out).toMatch(/^unknown: tiny-net on simba: interrupted\n\nSettled so far:\n/);
    expect(JSON.parse(written.get('r.json')!)).toMatchObject({
      status: 'unknown',
      reason: 'interrupted',
      settled: ['conv costs at least 12 cycles'],
    });
  });

  test('questions at work are answered with nothing, so that it can', async () => {
    const proof: FakeProof['proof'] = async (_, hooks) => {
      const [min, verdict] = await Promise.all([hooks.minimum({} as never, 1), hooks.ask({} as never, 1)]);
      return {
        status: 'unknown',
        reason: failed(`${stopText(min.reason)} ${verdict.status}`),
        settled: ['a fact'],
        seconds: 1,
      };
    };
    const { code, out } = await ask('net.yaml --arch simba', { proof, silent: true }, pressAt('looking'));
    expect(code).toBe(130);
    expect(out).toContain('tiny-net on simba: interrupted unknown\n\nSettled so far:\n  a fact');
  });

  test('one that does not is given up: no script, no design, a valid result file', async () => {
    let closed = 0;
    const { code, out, written } = await ask(
      'net.yaml --arch simba --json r.json --smt2 p.smt2 --design d.json',
      { proof: () => new Promise(() => {}), closed: () => closed++ },
      pressAt('looking'),
    );
    expect({ code, closed, files: [...written.keys()] }).toEqual({ code: 130, closed: 1, files: ['r.json'] });
    expect(out).toContain('Nothing was settled.');
    expect(JSON.parse(written.get('r.json')!)).toMatchObject({ status: 'unknown', reason: 'interrupted', settled: [] });
  });
});

describe('the question', () => {
  const asked = async (line: string): Promise<ProveRequest> => {
    const requests: ProveRequest[] = [];
    await ask(`${line} -q`, { requests, proof: open });
    return requests[0]!;
  };

  test('has the defaults that the help names', async () => {
    expect(await asked('net.yaml --arch simba')).toMatchObject({
      candidates: { kind: 'machine', machine: { kind: 'template' } },
      conventions: { name: 'magnet' },
      technology: { name: '16nm' },
      padding: true,
      timeLimit: 600,
    });
  });

  test('takes what is given: layers, conventions, technology, time; sums of a space are as wide as the network needs', async () => {
    const one = await asked('net.yaml --arch tiny.yaml --layer fc --conventions timeloop --no-padding --time-limit 5s');
    expect(one).toMatchObject({ conventions: { name: 'timeloop' }, padding: false, timeLimit: 5 });
    expect(one.network.layers.map((l) => l.layer.name)).toEqual(['fc']);
    const space = await asked('net.yaml --space magnet-small --technology t.yaml');
    expect(space).toMatchObject({
      technology: { name: 'other' },
      candidates: { kind: 'space', space: { menus: { accumPrecision: [18] } } },
    });
  });

  test('a case brings its machine, which --arch replaces', async () => {
    expect(await asked('case.json')).toMatchObject({
      network: { name: 'x' },
      candidates: { machine: { kind: 'hierarchy', architecture: { name: 'a' } } },
    });
    expect(await asked('case.json --arch simba')).toMatchObject({ candidates: { machine: { kind: 'template' } } });
  });

  test('layers of other shapes and the same name get names of their own, which limits may use', async () => {
    const { network, requirements } = await asked('alike.yaml --arch simba --limit latency@conv.3=1ms');
    expect(network.layers.map((l) => l.layer.name)).toEqual(['conv', 'conv.2', 'conv.3']);
    expect(requirements).toMatchObject([{ kind: 'layer', layer: 'conv.3' }]);
  });

  test('a technology that changes nothing is said', async () => {
    expect((await ask('net.yaml --arch array3 --technology t.yaml', { proof: open })).err).toMatch(
      /^note: array3 gives its energies itself; --technology t\.yaml changes nothing\n/,
    );
  });
});

describe('refusals', () => {
  test.each([
    ['', "missing required argument 'network'"],
    ['net.yaml', '--arch or --space is missing: name a preset (simba, simba-lpddr4, magnet, eyeriss, array3)'],
    ['net.yaml --arch simba --space magnet-small', '--arch and --space cannot both be asked about'],
    ['net.yam --arch simba', 'net.yam is not a workload'],
    ['resnet51 --arch simba', 'unknown network: resnet51. Did you mean resnet50?'],
    ['net.yaml --arch simbaa', 'unknown architecture: simbaa. Did you mean simba?'],
    ['net.yaml --space magnet-smal', 'unknown design space: magnet-smal. Did you mean magnet-small?'],
    ['case.json --space magnet-small', 'x is a case, which includes its machine; for a space, give a network'],
    [
      'net.yaml --space magnet-small --conventions timeloop',
      '--conventions timeloop: machines of a space are always counted under magnet conventions',
    ],
    ['net.yaml --arch simba --conventions timelop', 'unknown conventions: timelop. Did you mean timeloop?'],
    ['net.yaml --arch simba --layer convv', 'unknown layer of tiny-net: convv. Did you mean conv?'],
    [
      'net.yaml --arch simba --layer fc --limit latency@conv=1ms',
      'unknown layer of tiny-net: conv. Known: fc; layers of one shape go by the name of the first',
    ],
    ['net.yaml --arch simba --limit latency=10h', '--limit latency=10h: unknown unit: h. Did you mean s?'],
    ['net.yaml --arch tiny.yaml --limit area=1mm2', 'the area of tiny is not known'],
    [
      'net.yaml --space clocks.yaml --limit latency=1ms',
      'clocks has several clocks (500, 1000 MHz), so a time does not say how many cycles it is; give cycles',
    ],
    [
      'net.yaml --space magnet-small --limit numLanes<=4',
      'numLanes<=4: no value of numLanes in space magnet-small is at most 4; it has 8, 16',
    ],
    ['net.yaml --space magnet-small --limit accumPrecision<=16', 'it has 18'],
    ['net.yaml --arch simba --limit pes>=8 --limit pes<=4', 'pes>=8 and pes<=4 contradict each other'],
    ['net.yaml --arch simba --time-limit 0s', 'Expected a time above 0, such as 10s'],
    ['net.yaml --arch simba --workers 0', 'Expected a whole number of at least 1'],
    ['net.yaml --arch simba --technology none.yaml', 'cannot read none.yaml'],
    ['net.yaml --arch simba --json missing/r.json', 'cannot write missing/r.json'],
    [
      'net.yaml --arch simba --smt2 missing/p.smt2 --design missing/d.json',
      'cannot write missing/p.smt2',
      'cannot write missing/d.json',
    ],
    ['net.yaml --arch simba --json - --smt2 -', '--json - and --smt2 - cannot both be standard output'],
    ['net.yaml --arch simba --json r.out --smt2 r.out', 'r.out would be written twice'],
    [
      'net.yaml --arch simba --smt2-layer l.smt2',
      '--smt2-layer: it writes the problem of one layer that occurs once; choose one with --layer',
    ],
    [
      'net.yaml --layer fc --space magnet-small --smt2-layer l.smt2',
      '--smt2-layer: it writes the problem of a layer on one machine; name it with --arch',
    ],
    [
      'net.yaml --layer fc --arch simba --limit area=9mm2 --smt2-layer l.smt2',
      '--smt2-layer: area=9mm2 is about the machine and not about mappings',
    ],
    [
      'net.yaml --layer fc --arch simba --json - --smt2-layer -',
      '--json - and --smt2-layer - cannot both be standard output',
    ],
    ['net.yaml --arch simba --batch 2', '--batch applies to ONNX files'],
    ['net.yaml --arch simba --dim seq=2', '--dim applies to ONNX files'],
    ['net.yaml --arch simba --objective edp', "unknown option '--objective'"],
  ])('magnet prove %s', async (line, ...wanted) => {
    const { code, out, err, written } = await ask(line);
    for (const text of wanted) expect(err).toContain(text);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out, written: written.size }).toEqual({ code: 3, out: '', written: 0 });
  });

  test('all faults are listed at once', async () => {
    expect(
      (await ask('resnet51 --space nowhere --limit latency=10h --limit lanes=0 --json missing/r.json')).err
        .trim()
        .split('\n'),
    ).toHaveLength(5);
    expect((await ask('resnet51')).err.trim().split('\n')).toHaveLength(1);
  });
});

test('the text gives way to what goes to standard output', async () => {
  expect((await ask('net.yaml --arch simba --smt2 - -q')).out).toMatch(/^; Made by magnet 1\.2\.3\.\n; a stand-in\n/);
  expect(design((await ask('net.yaml --arch simba --design - -q', { proof: feasible })).out).layers).toHaveLength(2);
});

test('on a terminal news are one live line, which is cleared', async () => {
  const { err } = await ask('net.yaml --arch simba', {}, { columns: 60 });
  expect(err).toBe('\r\u001b[K[0 s of 10 min 00 s] looking at layers\r\u001b[K');
});

test('the search itself, in this thread: the limit that the proof names is met, and one less is not', async () => {
  const real = (limit: string, ...more: string[]) =>
    run(
      ['prove', 'net.yaml', '--arch', 'simba', '--layer', 'fc', '--limit', limit, '-q', '--json', '-', ...more],
      files,
    );
  const refused = await real('latency=1cycles');
  expect(refused).toMatchObject({ code: 1, err: '' });
  const { core } = json(refused);
  expect(core).toMatchObject([{ text: 'latency=1cycles', needed: { kind: 'exact' } }]);
  const min: number = core[0].needed.value;
  expect(json(await real(`latency=${min}cycles`)).witness.reached).toEqual([min]);
  expect((await real(`latency=${min - 1}cycles`, '--smt2', 'p.smt2')).code).toBe(1);
}, 60_000);
