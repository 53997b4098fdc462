// Configuration beside the totals of `map` and `codesign`: what `compile` says of the same runs, or why it is in no figure.

import { expect, test } from 'vitest';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { parseMapResult } from '../../src/results/map-result.js';
import type { FileParts } from '../support/onnx.js';
import { node, onnxFile } from '../support/onnx.js';
import { machineFile, parts, reals } from '../support/small-network.js';
import { run, tinyArch } from './run.js';

/** A branch that is added, a pool, and a classifier behind them. */
const branched = {
  inputs: { x: [1, 2, 8, 8] },
  tensors: { w: reals(4, 2, 3, 3), b: reals(4), v: reals(4, 4, 1, 1), u: reals(3, 64) },
  nodes: [
    node('Conv', ['x', 'w', 'b'], ['c'], { pads: [1, 1, 1, 1], kernel_shape: [3, 3] }),
    node('Relu', ['c'], ['r']),
    node('Conv', ['r', 'v'], ['d'], { kernel_shape: [1, 1] }),
    node('Add', ['d', 'r'], ['s']),
    node('MaxPool', ['s'], ['p'], { kernel_shape: [2, 2], strides: [2, 2] }),
    node('Flatten', ['p'], ['f']),
    node('Gemm', ['f', 'u'], ['y'], { transB: 1 }),
  ],
} satisfies FileParts;
const files = {
  'small.yaml': machineFile,
  'tiny.yaml': tinyArch,
  'branched.onnx': onnxFile(branched),
  'hosted.onnx': onnxFile(parts),
  'recurrent.onnx': onnxFile({
    inputs: { x: [4, 1, 6] },
    tensors: { w: reals(1, 16, 6), r: reals(1, 16, 4) },
    nodes: [node('LSTM', ['x', 'w', 'r'], ['y'], { hidden_size: 4 })],
  }),
  'table.yaml': 'layers:\n  - { name: a, C: 2, K: 2 }\n',
};
const map = (network: string, more: readonly string[] = []) =>
  run(['map', network, '--arch', 'small.yaml', '--time-limit', '5s', '-q', ...more], files);

const figures = (text: string) => {
  const [, writes = '', cycles = ''] =
    /([\d,]+) register writes, for which the machine waits ([\d,]+) cycles/.exec(text) ?? [];
  return [writes, cycles].map((n) => Number(n.replaceAll(',', '')));
};

test('map tells what compile does, but for registers whose values need the numbers', { timeout: 60_000 }, async () => {
  const { code, out, written } = await map('branched.onnx', ['--json', 'r.json', '--design', 'd.json']);
  expect(code).toBe(0);
  const design = written.get('d.json')!;
  const compiled = await run(['compile', 'branched.onnx', '--design', 'd.json', '-o', 'out', '-q'], {
    ...files,
    'd.json': design,
  });
  expect([compiled.code, compiled.err]).toEqual([0, expect.not.stringContaining('mapped now')]);
  const [[writes, cycles], [exactWrites, exactCycles]] = [figures(out), figures(compiled.out)] as const;
  expect(cycles).toBe(exactCycles);
  expect(Math.abs(writes! / exactWrites! - 1)).toBeLessThan(0.01);
  expect(out).toMatch(
    /^configuration +[\d,]+ register writes, .* \([\d.]+ %\); [\d.]+ [np]J: modelled, and in no other figure$/m,
  );
  const result = parseMapResult(JSON.parse(written.get('r.json')!));
  expect(result.ok && result.value.configuration).toEqual({ writes, cycles, energy: expect.any(Number) as number });
});

test.each([
  ['table.yaml', [], 'in no figure: a list of layers has no order of runs'],
  ['branched.onnx', ['--layers-only'], 'in no figure: a list of layers has no order of runs'],
  ['recurrent.onnx', [], 'in no figure: not all of the network runs: step y is only costed and runs on no machine'],
])('what is left out of %s %s is said', async (network, more, sentence) => {
  const { out } = await map(network, more);
  expect(out).toMatch(/^configuration /m);
  expect(out).toContain(sentence);
});

test.each([1, 2, 16])('words of %i bits have one as well', async (bits) => {
  const sizes = `vectorSize: 2, numLanes: 2, rows: 1, columns: 2, weightPrecision: ${bits}, inputPrecision: ${bits}`;
  const buffers = `accumPrecision: 40, weightBuffer: 2048, inputBuffer: 1024, accumBuffer: 640, globalBuffer: 8192`;
  const machine = `template: {base: simba, ${sizes}, ${buffers}, globalBanks: 8, biasLines: 16}\n`;
  const given = ['map', 'branched.onnx', '--arch', 'words.yaml', '--solver', 'random', '--time-limit', '0.2s', '-q'];
  const { out, err } = await run(given, { ...files, 'words.yaml': machine });
  expect([err, out]).toEqual(['', expect.stringContaining('register writes')]);
});

test('the host in between leaves it as it is', async () => {
  expect((await map('hosted.onnx')).out).toContain('register writes');
});

test('a machine without registers has none, nor have layers that were picked out', async () => {
  const hierarchy = await run(['map', 'table.yaml', '--arch', 'tiny.yaml', '-q'], files);
  expect([hierarchy.code, hierarchy.out]).toEqual([0, expect.not.stringContaining('configuration')]);
  expect((await map('branched.onnx', ['--layer', 'c'])).out).not.toContain('configuration');
});

test('codesign tells it of every network', { timeout: 120_000 }, async () => {
  const { out, written } = await run(
    ['codesign', 'branched.onnx', 'table.yaml', '--space', 'magnet-quick', '--gap', '50%', '--json', 'r.json', '-q'],
    files,
  );
  expect(out).toMatch(/^Configuration, branched: [\d,]+ register writes, .*, and in no other figure\.$/m);
  const result = parseCodesignResult(JSON.parse(written.get('r.json')!));
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  expect(result.value.networks.map((n) => n.configuration)).toEqual([
    {
      writes: expect.any(Number) as number,
      cycles: expect.any(Number) as number,
      energy: expect.any(Number) as number,
    },
    { leftOut: 'a list of layers has no order of runs' },
  ]);
});
