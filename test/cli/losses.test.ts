// Losses are measured once: a file holds them by content for later commands, and what is evident need not be measured at all.

import { describe, expect, test } from 'vitest';
import { defined } from '../../src/base/invariant.js';
import { seeded } from '../../src/base/random.js';
import { shownBeyond } from '../../src/cli/loss/evident-losses.js';
import { usualSettings } from '../../src/options/quantization.js';
import { realScores } from '../../src/quantize/accuracy.js';
import { LossKeys } from '../../src/quantize/loss-key.js';
import type { MeasuredPrecision } from '../../src/quantize/measured-precisions.js';
import { pairedLoss } from '../../src/quantize/paired-loss.js';
import type { QuantizeOptions } from '../../src/quantize/quantize-options.js';
import type { Trained } from '../../src/quantize/quantize.js';
import type { Samples } from '../../src/quantize/samples.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { graphWeights } from '../../src/workloads/graph/graph-weights.js';
import { importGraph } from '../../src/workloads/graph/network-graph-of.js';
import { node, onnxFile } from '../support/onnx.js';
import { run } from './run.js';

const chance = seeded(9);
const drawn = (...shape: number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => 2 * chance.next() - 1),
});
const file = onnxFile({
  inputs: { x: [1, 1, 4, 4] },
  tensors: { w: drawn(4, 1, 3, 3), wf: drawn(6, 64) },
  nodes: [
    node('Conv', ['x', 'w'], ['c'], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
    node('Relu', ['c'], ['r']),
    node('Flatten', ['r'], ['f']),
    node('Gemm', ['f', 'wf'], ['y'], { transB: 1 }),
  ],
});
const valueOf = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
};
const graphFor = (batch: number) => importGraph(file, 'net', { batch });
const trained: Trained = { graphFor, weights: valueOf(graphWeights(valueOf(graphFor(1)), file)) };

const samplesOf = (count: number): Samples => ({
  shape: [1, 4, 4],
  count,
  values: Float64Array.from({ length: 16 * count }, () => Math.round(64 * (2 * chance.next() - 1)) / 64),
  labels: new Array<number>(count).fill(0),
});
/** Real numbers are right of every sample, so that every flip is a loss. */
async function rowsOf(samples: Samples): Promise<string> {
  const scores = defined(valueOf(await realScores(trained, samples, { turn: () => Promise.resolve(true) })));
  return Array.from({ length: samples.count }, (_, i) => {
    const own = [...scores.slice(6 * i, 6 * i + 6)];
    return [...samples.values.slice(16 * i, 16 * i + 16), own.indexOf(Math.max(...own))].join(',');
  }).join('\n');
}
const files = {
  'net.onnx': file,
  'space.yaml': `space:
  base: magnet-small
  vectorSize: [4]
  numLanes: [4]
  rows: [1]
  columns: [1]
  weightBuffer: [1152]
  inputBuffer: [4608]
  accumBuffer: [2304]
  globalBuffer: [16384]
`,
  'calibrate.csv': await rowsOf(samplesOf(40)),
  'validate.csv': await rowsOf(samplesOf(300)),
  'test.csv': await rowsOf(samplesOf(60)),
};
const asked = (verb: string, precisions: string, ...more: string[]) => [
  ...`${verb} net.onnx --space space.yaml --calibrate calibrate.csv --validate validate.csv --test test.csv`.split(' '),
  ...['--divide', '1', '--precisions', precisions, '--limit', 'accuracy-loss=10%', ...more],
];
const read = (json: string | undefined) => valueOf(parseCodesignResult(JSON.parse(json ?? '')));
const named = (of: readonly { readonly weightBits: number; readonly activationBits: number }[]) =>
  of.map((p) => `w${p.weightBits}a${p.activationBits}`);

describe('a file of losses', () => {
  const argv = asked('codesign', 'w8a8,w6a6', '--losses', 'l.json', '--json', 'r.json');
  test('the answer with what is known is that without, and nothing is measured again', async () => {
    const alone = await run(asked('codesign', 'w8a8,w6a6', '--json', 'r.json'), files);
    const first = await run(argv, files);
    const kept = { ...files, 'l.json': defined(first.written.get('l.json')) };
    const again = await run(argv, kept);
    const answer = (ran: typeof alone) => {
      const { accuracy, objective, point } = read(ran.written.get('r.json'));
      return { code: ran.code, accuracy, objective, point };
    };
    expect(answer(first)).toEqual(answer(alone));
    expect(answer(again)).toEqual(answer(alone));
    expect(first.err).not.toContain('from l.json');
    expect(again.err).toContain('2 of 2 losses from l.json');
    expect(again.written.has('l.json')).toBe(false);
    // Another verb asks for one of them, and for one that is not there yet.
    const other = await run(asked('prove', 'w8a8,w5a5', '--limit', 'area=5mm2', '--losses', 'l.json'), kept);
    expect(other.err).toContain('1 of 2 losses from l.json');
    const all = JSON.parse(defined(other.written.get('l.json'))) as { losses: { weightBits: number }[] };
    const before = JSON.parse(kept['l.json']) as { losses: object[] };
    expect(all.losses).toEqual(expect.arrayContaining(before.losses));
    expect(all.losses.some((l) => l.weightBits === 5)).toBe(true);
  });

  test('what cannot be kept is said, and the answer stands', async () => {
    const full = await run(argv, files, {
      write(path) {
        if (path === 'l.json') throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
    });
    expect(full.err).toMatch(/^warning: cannot write l\.json: no space is left on the device; what is measured is/m);
    expect(full.err.match(/warning/g)).toHaveLength(1);
    expect(full.code).toBe((await run(argv, files)).code);
  });

  test.each([
    ['{"schema":"magnet-map/1"}', /l\.json: expected losses \(magnet-losses\/1\), which --losses FILE writes/],
    ['{"schema":"magnet-losses/1","losses":[{}]}', /l\.json: losses\.0\.key: expected text/],
    ['{', /l\.json/],
  ])('something else is refused: %s', async (content, why) => {
    const ran = await run(argv, { ...files, 'l.json': content });
    expect(ran.err).toMatch(why);
    expect([ran.code, [...ran.written]]).toEqual([3, []]);
  });
});

test('keys are of content: anything that could change a loss makes another, names and copies do not', async () => {
  const [calibration, counted] = [samplesOf(3), samplesOf(4)];
  const how: QuantizeOptions = { ...usualSettings, weightBits: 8, bits: 8 };
  const key = (
    own: Trained = trained,
    by: Samples = calibration,
    on: Samples = counted,
    words: QuantizeOptions = how,
    version = '1',
  ) => new LossKeys(own, by, version).of(words, on);
  const usual = await key();
  const copy = (s: Samples): Samples => ({ ...s, values: s.values.slice(), labels: [...Array.from(s.labels)] });
  const renamed = { ...trained, graphFor: (batch: number) => importGraph(file, 'other', { batch }) };
  expect(await key(renamed, copy(calibration), copy(counted), { ...how, layerBits: new Map() })).toBe(usual);
  const spoiled = (values: Float64Array) => values.map((v, i) => (i === 2 ? v + 2 ** -20 : v));
  const weights = new Map(trained.weights);
  weights.set('w', spoiled(defined(weights.get('w'))));
  const others = await Promise.all([
    key({ ...trained, weights }),
    key(trained, { ...calibration, values: spoiled(calibration.values) }),
    key(trained, calibration, { ...counted, values: spoiled(counted.values) }),
    key(trained, calibration, { ...counted, labels: [0, 0, 1, 0] }),
    key(trained, counted, calibration),
    key(trained, calibration, counted, { ...how, unsigned: true }),
    key(trained, calibration, counted, { ...how, bits: 4 }),
    key(trained, calibration, counted, { ...how, layerBits: new Map([['c', { weightBits: 4, bits: 4 }]]) }),
    key(trained, calibration, counted, how, '2'),
  ]);
  expect(new Set([usual, ...others]).size).toBe(others.length + 1);
});

describe('what is evident', () => {
  test('is not measured, and the machine is the same', async () => {
    const precisions = 'w8a8,w6a6,w3a2,w2a2';
    const few = await run(asked('codesign', precisions, '--json', 'r.json'), files);
    const all = await run(asked('codesign', precisions, '--json', 'r.json', '--all-precisions'), files);
    const [less, more] = [read(few.written.get('r.json')), read(all.written.get('r.json'))];
    expect(named(less.accuracy!.precisions)).toEqual(['w8a8', 'w6a6', 'w3a2']);
    expect(named(less.accuracy!.unmeasured!)).toEqual(['w2a2']);
    expect(few.out).toMatch(/w2a2 .*not measured: w3a2 is beyond the limit/);
    expect(few.err).toContain('w2a2: not measured, w3a2 loses too much');
    expect(named(more.accuracy!.precisions)).toEqual(precisions.split(','));
    expect(more.accuracy!.unmeasured).toBeUndefined();
    expect([less.objective, less.point, few.code]).toEqual([more.objective, more.point, all.code]);
  });

  test('is measured all the same before it is said that there is no machine', async () => {
    const none = await run(asked('codesign', 'w3a2,w2a2'), files);
    expect(none.code).toBe(1);
    expect(none.err).toContain('infeasible: none of 2 precisions loses 10 % or less');
  });

  test('has no fewer bits than something beyond the limit, with nothing that speaks against it', () => {
    const draw = seeded(3);
    let [shown, kept] = [0, 0];
    for (let i = 0; i < 2000; i++) {
      const bits = () => 2 + draw.below(4);
      const measured = Array.from({ length: 1 + draw.below(4) }, (): MeasuredPrecision => {
        const [weightBits, own, lost] = [bits(), bits(), draw.below(60)];
        const loss = pairedLoss({ samples: 200, lost, won: draw.below(10) });
        const accuracy = { samples: 200, real: { first: 1, five: 1 }, integer: { first: 1, five: 1 }, loss };
        return { weightBits, bits: own, accumulatorBits: 20, accuracy };
      });
      const asks = { weightBits: bits(), bits: bits() };
      const found = shownBeyond(asks, measured, 0.1);
      const within = (p: typeof asks, q: typeof asks) => p.weightBits <= q.weightBits && p.bits <= q.bits;
      const against = measured.some((q) =>
        measured.some((p) => within(p, q) && p.accuracy.loss.high < q.accuracy.loss.low),
      );
      const could = measured.filter((q) => within(asks, q) && q.accuracy.loss.low > 0.1);
      if (found) {
        shown++;
        expect(could).toContain(found);
        expect(against).toBe(false);
      } else {
        kept++;
        expect(against || could.length === 0).toBe(true);
      }
    }
    expect(Math.min(shown, kept)).toBeGreaterThan(100);
  });

  test('says nothing without a limit', async () => {
    const front = await run('codesign net.onnx --space space.yaml --all-precisions'.split(' '), files);
    expect(front.err).toMatch(/--all-precisions is for --limit accuracy-loss/);
    expect(front.code).toBe(3);
  });
});
