// The benchmarks themselves: they start, prove what they time, and their cases are the pinned ones.

import { describe, expect, test } from 'vitest';
import { benchmarkCases } from '../../benchmarks/cases.js';
import { measured as measuredSamples } from '../../benchmarks/accuracy/measure.js';
import { accuracyPage } from '../../benchmarks/accuracy/page.js';
import { baseOf, depthCases, networkNames, studyCases } from '../../benchmarks/dataflows/cases.js';
import { dataflows, deepEntries, depthsOf, lacking } from '../../benchmarks/dataflows/dataflows.js';
import { machineWith } from '../../benchmarks/dataflows/best-mapping.js';
import { figures } from '../../benchmarks/dataflows/figures.js';
import { study } from '../../benchmarks/dataflows/study-task.js';
import { tables } from '../../benchmarks/dataflows/tables.js';
import { measured, solverCases, solversPage } from '../../benchmarks/solvers/measure.js';
import { headlinePage } from '../../benchmarks/headline/page.js';
import { headlineRow } from '../../benchmarks/headline/study.js';
import { quantizationPage } from '../../benchmarks/quantization/page.js';
import { onVerilog, verilogPage } from '../../benchmarks/quantization/verilog.js';
import { studied } from '../../benchmarks/quantization/study.js';
import { answerOf, page } from '../../benchmarks/questions/page.js';
import { energyRatio, voltageFor } from '../../benchmarks/headline/voltage.js';
import { perSize } from '../../src/enumerate/columns.js';
import { shapeCosts } from '../../src/enumerate/item-costs.js';
import { KernelTables } from '../../src/enumerate/kernels.js';
import { LayerSearch } from '../../src/enumerate/layer-search.js';
import type { Network } from '../../src/model/workload/network.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { shapesHere } from '../../src/tuner/codesign/shapes-here.js';
import { mapLayer } from '../../src/tuner/map-layer.js';
import { seeded } from '../../src/base/random.js';
import { onnxFile } from '../support/onnx.js';
import { machineFile, parts } from '../support/small-network.js';
import { run } from '../cli/run.js';

describe.each(benchmarkCases().map((c) => [c.name, c] as const))('%s', (_, c) => {
  test('is the whole of ResNet-50', () => expect(c.network.layers).toHaveLength(24));

  test('proves its smallest layer', async () => {
    const layer = c.network.layers.at(-1)!.layer;
    const task = {
      architectures: c.architectures,
      layer,
      conventions: c.conventions,
      goal: { objective: c.objective, limits: {} },
      padding: c.padding,
    };
    const answer = await mapLayer(task, 'auto', {
      time: 60,
      evaluations: Infinity,
      gap: 1e-4,
      seed: 1,
      now: () => performance.now(),
    });
    expect(answer.status).toBe('optimal');
    expect(answer.best!.objective - answer.bound).toBeLessThanOrEqual(1e-4 * answer.best!.objective);
  });
});

const conv = makeLayer('conv', { K: 32, C: 32, P: 6, Q: 6, R: 3, S: 3 });
const vector = makeLayer('vector by matrix', { K: 64, C: 64 });

test('solvers side by side: each proves the smallest layer of each machine, and the page has a line for each', async () => {
  const cases = solverCases().filter((c) => ['six-levels-energy', 'hierarchy-edp'].includes(c.name));
  const smallest = cases.map((c) => ({ ...c, network: { ...c.network, layers: c.network.layers.slice(-1) } }));
  const found = [];
  for (const c of smallest)
    found.push(await measured(c, ['highs', 'glpk', 'race'], 1, 60, mapLayer, () => performance.now() / 1000));
  expect(found.flatMap((c) => c.rows.map((r) => r.status))).toEqual(Array.from({ length: 6 }, () => 'optimal'));
  const page = solversPage(found, 'how');
  for (const line of ['six-levels-energy | highs | 1 of 1', 'hierarchy-edp | race | 1 of 1'])
    expect(page).toContain(line);
}, 120_000);

describe('dataflows', () => {
  const base = baseOf(8, 8);
  const rows = dataflows.map((d) =>
    study({ network: 'pilotnet', dataflow: d.name, base, deep: deepEntries }, [
      { layer: conv, count: 2 },
      { layer: vector, count: 1 },
    ]),
  );

  test('the study is of three networks, nine machines and nine dataflows', () => {
    expect(studyCases).toHaveLength(networkNames.length * 9 * 9);
    expect(depthCases.length).toBeGreaterThan(0);
    // AlexNet's fully connected layers add up 9,216 products of 16 bits.
    expect(base.accumPrecision).toBe(16 + 14);
  });

  test.each(dataflows.map((d, i) => [d.name, d, rows[i]!] as const))(
    '%s keeps what it says, and no dataflow beats the best of all mappings',
    (_, dataflow, row) => {
      expect(row.missing).toEqual([]);
      const [first, second] = row.layers;
      const depths = depthsOf(dataflow, deepEntries);
      // The loops irrelevant to a tensor: six by six positions, some output channels, some input channels of a 3 x 3 kernel.
      expect(first!.void).toBe(false);
      expect(first!.reuse[dataflow.stationary]).toBeGreaterThan(1);
      for (const t of [0, 1, 2]) if (t !== dataflow.stationary && t !== dataflow.local) expect(first!.reuse[t]).toBe(1);
      if (dataflow.local !== undefined)
        expect(first!.reuse[dataflow.local]).toBeLessThanOrEqual(depths[dataflow.stationary]);
      expect(second!.void).toBe(lacking(vector, dataflow).length > 0);

      const { space, point } = machineWith(base, depths);
      const costs = shapeCosts(space, point, technology16nm)!;
      const places = perSize((size) => costs.menus[size].length - 1);
      const search = new LayerSearch(
        vector,
        costs,
        true,
        { both: 0, energy: 1, cycles: 0 },
        new KernelTables([costs.menus.weightCollector, costs.menus.inputCollector, costs.menus.accumCollector]),
      );
      expect(search.solve({ low: places, high: places }, Infinity, Infinity)!.energy).toBeLessThanOrEqual(
        second!.energy * (1 + 1e-9),
      );
    },
  );

  test('parts add up', () => {
    for (const r of rows) {
      const energy = r.layers.reduce((n, l) => n + l.energy, 0);
      expect(r.parts.reduce((n, p) => n + p.energy, 0) / energy).toBeCloseTo(1, 9);
    }
  });

  test('tables and figures', () => {
    expect(tables(rows, rows)).toContain('## pilotnet');
    for (const { svg } of figures(rows)) expect(svg).toMatch(/^<svg/);
  });
});

describe('headline', () => {
  test('a small network on a small space', async () => {
    const space = spaces.find((s) => s.name === 'magnet-small')!;
    const network: Network = { name: 'tiny', source: 'this test', layers: [{ layer: vector, count: 1 }], unmapped: [] };
    const effort = { gap: 0.5, timeLimit: 10 };
    const row = await headlineRow({ objective: 'edp', area: 1 }, network, space, technology16nm, effort, {
      now: () => performance.now(),
      width: 1,
      shapes: shapesHere,
      progress: () => {},
      stopped: () => false,
    });
    expect(row!.mm2).toBeLessThanOrEqual(1);
    expect(row!.figures.fjPerOp).toBeLessThan(row!.figures.fjPerOpWithDram);
    expect(headlinePage([row!], ['edp@0.1'], space, technology16nm, effort)).toContain('nothing is calibrated');
  });

  test('the voltage of the what-if', () => {
    expect(voltageFor(1, 0.8)).toBeCloseTo(0.8, 12);
    expect(energyRatio(voltageFor(0.5, 0.8)!, 0.8)).toBeCloseTo(0.5, 12);
    // The same source has 0.142 at 0.8 V and 0.074 at 0.6 V of the energy at 45 nm.
    expect(energyRatio(0.6, 0.8)).toBeCloseTo(0.074 / 0.142, 1);
    expect(voltageFor(0.01, 0.8)).toBeUndefined();
  });
});

describe('questions about networks', () => {
  const about = { commit: 'c', cpu: 'p', cores: 2, node: 'v20', load: 0, cap: 300 };
  const row = (wall: number, result: unknown) =>
    page(about, [
      { name: 'q', goal: 10, before: undefined, now: { wall, processor: wall, peak: 100, ...answerOf(result) } },
    ])
      .split('\n')
      .at(-2);

  test('a goal is met by an answer that is proven in time, and by nothing else', () => {
    expect(row(9, { status: 'optimal', gap: 0.01 })).toBe('| q | 10 | 9.0 | 9.0 | 100 | optimal, 1.00 % open | yes |');
    expect(row(11, { status: 'optimal', gap: 0 })).toContain('**no**');
    expect(row(9, { status: 'feasible', best: { objective: 2 }, bound: 1 })).toContain(
      'feasible, 50.00 % open | **no**',
    );
    expect(row(9, { points: [{ status: 'optimal' }, { status: 'feasible' }] })).toContain(
      '1 of 2 points proven | **no**',
    );
    expect(row(9, undefined)).toContain('no result | **no**');
  });
});

test('quantization: what is lost, beside another quantizer, and every word by ONNX Runtime', async () => {
  const chance = seeded(4);
  const data = (count: number) => ({
    shape: [1, 6, 6],
    count,
    values: Float64Array.from({ length: 36 * count }, () => Math.fround(chance.next())),
    labels: Array.from({ length: count }, () => chance.below(3)),
  });
  const { nodes, ...rest } = parts;
  const file = onnxFile({ ...rest, inputs: { x: ['N', 1, 6, 6] }, nodes: nodes.slice(0, -1), outputs: ['logits'] });
  const how = { weights: 'mse', activations: 'mse', granularity: 'channel', biasCorrection: true } as const;
  const test = data(120);
  const row = await studied(
    { network: 'small', file, calibration: data(50), test },
    { ...how, weightBits: 4, bits: 4, unsigned: true, equalize: false },
    20,
    // One that is always right.
    test.labels,
  );
  expect(row.words).toMatchObject({ samples: 20, differing: 0 });
  expect(row.words.compared).toBeGreaterThan(20 * 100);
  expect(row.layers).toEqual({ exact: 2, all: 2 });
  expect(row.other!.right).toBe(1);
  expect(row.other!.loss.won).toBe(0);
  expect(row.other!.loss.lost).toBe(Math.round(120 * (1 - row.integer)));
  expect(quantizationPage([row], 'how', 'choices')).toContain('| small | w4a4 | 20 | ');
});

test('a network quantized, mapped and run on the Verilog by the command line', { timeout: 240_000 }, async () => {
  const chance = seeded(6);
  const table = Array.from({ length: 30 }, (_, i) =>
    [...Array.from({ length: 36 }, () => chance.next().toFixed(3)), i % 3].join(','),
  ).join('\n');
  const { nodes, ...rest } = parts;
  const net = onnxFile({ ...rest, nodes: nodes.slice(0, -1), outputs: ['logits'] });
  const files = new Map<string, string | Uint8Array>([
    ['net.onnx', net],
    ['small.yaml', machineFile.replace('vectorSize', 'weightPrecision: 4, vectorSize')],
    ['d.csv', table],
  ]);
  const magnet = {
    call: async (argv: readonly string[], codes: readonly number[] = [0]) => {
      const { code, err, written, binary } = await run(argv, Object.fromEntries(files));
      expect(codes, err).toContain(code);
      for (const [name, content] of [...written, ...binary]) files.set(name, content);
    },
    written: (file: string) => files.get(file) as string,
  };
  const row = await onVerilog(magnet, {
    network: 'net',
    file: 'net.onnx',
    bits: 'w4a8',
    samples: 2,
    calibration: ['--calibrate', 'd.csv'],
    test: ['--data', 'd.csv'],
    machine: ['map', 'net.onnx', '--arch', 'small.yaml', '--solver', 'annealing', '--time-limit', '0.5s'],
  });
  expect(row).toMatchObject({ machine: [4, 8, 24], samples: 2, wrong: 0, agrees: true });
  // Input, convolution, average, scores, in order: 36, 144, 4 and 3 words; inputs are no step's.
  expect(row.words).toBe(2 * (144 + 4 + 3));
  expect(row.runtime).toMatchObject({ words: 6, differing: 0 });
  expect(verilogPage([row], 'how')).toContain('| net | w4a8 | w4a8, sums of 24 | 2 | ');
});

test('samples in lanes, by the reference and by ONNX Runtime: the first two say the same, and the page has a line for each', async () => {
  const chance = seeded(4);
  const data = (count: number) => ({
    values: Float64Array.from({ length: 36 * count }, () => chance.next()),
    labels: Array.from({ length: count }, () => chance.below(3)),
  });
  const { nodes, ...rest } = parts;
  // Without its softmax, which QDQ leaves to the host.
  const file = onnxFile({ ...rest, inputs: { x: ['N', 1, 6, 6] }, nodes: nodes.slice(0, -1), outputs: ['logits'] });
  const found = await measuredSamples('small', file, data(30), data(210), { rounds: 1, slow: 205 });
  const ways = new Map(found.ways.map((w) => [w.way, w]));
  for (const kind of ['real numbers', 'integers']) {
    expect(ways.get(`${kind}, lanes`)).toMatchObject({ samples: 210, others: 0 });
    expect(ways.get(`${kind}, reference`)).toMatchObject({ samples: 205, others: 0 });
  }
  expect(ways.get('real numbers, ONNX Runtime')?.others).toBe(0);
  const on = { commit: 'c', cpu: 'p', cores: 2, node: 'v20', runtime: '1', rounds: 1 };
  const page = accuracyPage([found], [], on);
  expect(page).toContain('| small, 0.00 M MACs | real numbers, lanes | 210 |');
  expect(page.match(/^\|.*lanes|^\|.*reference|^\|.*ONNX Runtime/gm)).toHaveLength(7);
});
