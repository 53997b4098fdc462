// `prove --limit accuracy-loss`: what a precision loses is measured and by its interval within, beyond or undecided; the other limits are
// asked of machines of those that may keep it; the answer is of both.

import { beforeAll, describe, expect, test } from 'vitest';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import type { ProveResultFile } from '../../src/results/prove-result.js';
import { parseProveResult } from '../../src/results/prove-result.js';
import type { ProveRequest } from '../../src/tuner/prove/prove-request.js';
import type { FakeProof } from '../support/prove.js';
import { excluded, fakeProver, feasible, open } from '../support/prove.js';
import { classifierFiles } from '../support/reports.js';
import { run, tinyArch } from './run.js';

const made = classifierFiles();
const rows = (made['labelled.csv'] as string).split('\n').slice(0, 100);
const labelled = (labels: readonly number[]) => rows.map((row, i) => row.replace(/,\d$/, `,${labels[i]!}`)).join('\n');
let files: Record<string, string | Uint8Array> = {};

/** Labels that real numbers get right but for a few: what words say otherwise is lost. */
beforeAll(async () => {
  const zeros = { ...made, 'zeros.csv': labelled(rows.map(() => 0)) };
  const argv =
    'accuracy classifier.onnx --data zeros.csv --calibrate labelled.csv --divide 16 --show-samples 100 --json -';
  const found = parseAccuracyResult(JSON.parse((await run(argv.split(' '), zeros)).out));
  if (!found.ok) throw new Error(found.diagnostics[0]?.message);
  const labels = rows.map(() => 0);
  for (const { sample, real } of found.value.missed!.samples) labels[sample] = real;
  files = { ...made, 'own.csv': labelled(labels), 'tiny.yaml': tinyArch, 'narrow.yaml': narrow };
});
const narrow = 'template: { base: simba, name: narrow, accumPrecision: 16 }\n';

const line = (limit: string, more: string) =>
  `prove classifier.onnx --divide 16 --calibrate labelled.csv --validate own.csv --limit accuracy-loss=${limit} ${more}`;
async function ask(limit: string, more: string, proof?: FakeProof['proof']) {
  const requests: ProveRequest[] = [];
  const fake = fakeProver({ requests, ...(proof && { proof }) });
  const ran = await run(`${line(limit, more)} -q --json r.json`.split(' '), files, {}, undefined, undefined, fake);
  const text = ran.written.get('r.json');
  const read = text === undefined ? undefined : parseProveResult(JSON.parse(text));
  return { ...ran, requests, result: read?.ok ? read.value : undefined };
}
const of = (p: { readonly weightBits: number; readonly activationBits: number }) =>
  `w${p.weightBits}a${p.activationBits}`;
const named = (r: ProveResultFile | undefined) =>
  Object.fromEntries((r?.accuracy?.precisions ?? []).map((p) => [of(p), [sideOf(p, r!.accuracy!.limit), p.others]]));
const sideOf = ({ low, high }: { readonly low: number; readonly high: number }, limit: number) =>
  high <= limit ? 'within' : low > limit ? 'beyond' : 'undecided';
/** The precisions of the machines that each question was about. */
const asked = (requests: readonly ProveRequest[]) =>
  requests.map(({ candidates }) =>
    candidates.kind === 'space'
      ? candidates.space.precisions?.map((p) => `w${p.weightPrecision}a${p.inputPrecision} ${p.accumPrecision}`)
      : candidates.machine.kind,
  );
const space = '--space magnet-small --precisions w8a8,w4a4,w2a2';

test('of a space the machines are asked whose precision is within the limit by all of its interval', async () => {
  const { code, out, requests, result } = await ask('10%', space);
  expect(named(result)).toEqual({
    w8a8: ['within', 'met'],
    w4a4: ['undecided', 'unasked'],
    w2a2: ['beyond', 'unasked'],
  });
  const [own] = result!.accuracy!.precisions;
  expect(asked(requests)).toEqual([[`w8a8 ${own!.accumulatorBits}`]]);
  expect([code, result!.status, result!.accuracy!.chosen!.status]).toEqual([0, 'feasible', 'within']);
  expect(result!.witness!.parameters).toMatchObject({ weightPrecision: 8, inputPrecision: 8 });
  expect(out).toMatch(/^w8a8 .* within +met by the machine$/m);
  expect(out).toMatch(/^w2a2 .* beyond *$/m);
  expect(out).toContain('Losses are measured on these samples');
  // What "accuracy" says of the same samples.
  const argv = 'accuracy classifier.onnx --data own.csv --calibrate labelled.csv --divide 16 --bits w4a4 -q --json -';
  const alone = parseAccuracyResult(JSON.parse((await run(argv.split(' '), files)).out));
  const { loss, low, high } = result!.accuracy!.precisions[1]!;
  expect(alone.ok && alone.value.loss).toMatchObject({ loss, low, high });
});

test('where these will not do, those too of which the samples do not decide; then the proof is of both', async () => {
  const { code, out, requests, result } = await ask(
    '10%',
    `${space} --limit area=0.1mm2`,
    excluded([{ kind: 'never' }]),
  );
  expect(asked(requests).map((list) => (list as string[]).map((p) => p.split(' ')[0]))).toEqual([
    ['w8a8'],
    ['w8a8', 'w4a4'],
  ]);
  expect(named(result)).toEqual({
    w8a8: ['within', 'unmet'],
    w4a4: ['undecided', 'unmet'],
    w2a2: ['beyond', 'unasked'],
  });
  expect([code, result!.status, result!.core.map((c) => c.text)]).toEqual([1, 'infeasible', ['area=0.1mm2']]);
  expect(out).toMatch(
    /^infeasible: .*this limit cannot be met .*, with any precision that may keep the limit on accuracy$/m,
  );
  expect(out).toMatch(/^w4a4 .* undecided +proven: met by none$/m);
});

test('a machine whose loss the samples do not decide is shown, and is no claim', async () => {
  const only = (request: ProveRequest) =>
    request.candidates.kind === 'space' && request.candidates.space.precisions!.length === 1
      ? excluded([{ kind: 'never' }])(request)
      : feasible({ ...request, candidates: narrowed(request) });
  const narrowed = ({ candidates }: ProveRequest) =>
    candidates.kind === 'space'
      ? { kind: 'space' as const, space: { ...candidates.space, menus: { ...candidates.space.menus, ...bits } } }
      : candidates;
  const small = (await ask('10%', space)).result!.accuracy!.precisions[1]!;
  const bits = { weightPrecision: [4], inputPrecision: [4], accumPrecision: [small.accumulatorBits] };
  const { code, out, result, written } = await ask('10%', `${space} --limit area=2mm2 --design d.json`, only);
  expect([code, result!.status, result!.witness !== null]).toEqual([2, 'unknown', true]);
  expect(named(result)).toMatchObject({ w4a4: ['undecided', 'met'] });
  expect(result!.accuracy!.chosen!.needed).toBeGreaterThan(100);
  expect(out).toMatch(
    /^unknown: .*meets all other limits, and own\.csv \(100 samples\) does not decide what it loses$/m,
  );
  expect(written.get('d.json')).toContain('"weightPrecision": 4');
  // And in a report.
  const page = await run(['report', 'r.json', '-o', '-', '-q'], { 'r.json': written.get('r.json')! });
  expect(page.out).toContain('What each precision loses, measured');
  expect(page.out).toContain('does not decide what it loses');
});

test('where every precision loses too much nothing is asked', async () => {
  const { code, out, requests, result } = await ask('1%', '--space magnet-small --precisions w2a2');
  expect([code, requests.length, result!.status]).toEqual([1, 0, 'infeasible']);
  expect(out).toMatch(/^infeasible: .*every precision that was measured loses too much$/m);
});

test('an open question stays open, whatever is measured', async () => {
  const { code, err, result } = await ask('10%', space, open);
  expect([code, result!.status, named(result)['w8a8']]).toEqual([2, 'unknown', ['within', 'open']]);
  expect(err).toContain('more time may settle it');
});

test('of a machine its own words are measured, and judged by samples of their own', async () => {
  const { code, requests, result } = await ask('10%', '--arch simba --test own.csv');
  expect([code, asked(requests), named(result)]).toEqual([0, ['template'], { w8a8: ['within', 'met'] }]);
  expect(result!.accuracy!.chosen).toMatchObject({ file: 'own.csv', unseen: true, status: 'within' });
});

test('sums that some input overflows are not what was counted', async () => {
  const { code, out, requests } = await ask('10%', '--arch narrow.yaml');
  expect([code, requests.length]).toEqual([2, 0]);
  expect(out).toMatch(
    /^unknown: .*may overflow the sums of narrow, which have 16 bits: at w8a8 this network needs \d\d/m,
  );
});

test('limits on words leave precisions out before anything is measured', async () => {
  const { requests, result } = await ask('10%', `${space} --limit weightPrecision>=8`);
  expect(Object.keys(named(result))).toEqual(['w8a8']);
  expect(requests[0]!.requirements.map((r) => r.text)).toEqual(['weightPrecision>=8']);
});

describe('is refused with a sentence', () => {
  test.each([
    ['words that nobody knows', '--arch tiny.yaml', /tiny is not made from the template/],
    ['precisions of one machine', '--arch simba --precisions w4a4', /--precisions is of the machines of a space/],
    ['a part of the network', '--space magnet-small --layer c', /of the whole network; drop it, or --layer/],
    [
      'limits that leave none',
      `${space} --limit weightPrecision>=8 --limit inputPrecision<=4`,
      /no precision that is tried/,
    ],
    ['words that are in no menu', `${space} --limit weightPrecision>=9`, /no value of weightPrecision/],
  ])('%s', async (_, more, message) => {
    const { code, err, requests } = await ask('1%', more);
    expect(err).toMatch(message);
    expect([code, requests.length]).toEqual([3, 0]);
  });

  test('samples without a limit on accuracy', async () => {
    const { code, err } = await run('prove classifier.onnx --arch simba --validate own.csv'.split(' '), files);
    expect(err).toMatch(/--validate is for a limit on accuracy; give --limit accuracy-loss=1%, or drop it/);
    expect(code).toBe(3);
  });

  test.each(['codesign', 'prove'])('a job of a batch, %s', async (kind) => {
    const jobs = `jobs: [{ kind: ${kind}, network: classifier.onnx, space: magnet-small, limit: accuracy-loss=1% }]`;
    const { code, err } = await run('batch jobs.yaml --out out.jsonl -q'.split(' '), { ...files, 'jobs.yaml': jobs });
    expect(err).toMatch(new RegExp(`accuracy-loss is measured for one search at a time; use "magnet ${kind}"`));
    expect(code).toBe(3);
  });
});
