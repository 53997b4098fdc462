// From layers to hardware in one go, nothing replaced: map, write Verilog, run it, and find what the model says.

import { expect, test } from 'vitest';
import { parseNpy, printNpy } from '../../src/interchange/npy.js';
import { run } from './run.js';

const files = {
  'small.yaml':
    'template: {base: simba, vectorSize: 2, numLanes: 2, rows: 1, columns: 2, weightBuffer: ' +
    '256, inputBuffer: 128, accumBuffer: 96, globalBuffer: 512, globalBanks: 8, biasLines: 16}\n',
  'net.yaml': 'name: net\nlayers:\n  - { name: conv, R: 3, P: 4, C: 2, K: 4 }\n  - { name: fc, K: 3, C: 5 }\n',
};

test('a small machine: every count and cycle of the Verilog is the one of the model', async () => {
  const mapped = await run(
    ['map', 'net.yaml', '--arch', 'small.yaml', '--solver', 'annealing', '--time-limit', '0.5s', '--design', '-', '-q'],
    files,
  );
  expect(mapped.code).toBe(2);
  const given = {
    ...files,
    'd.json': mapped.out,
    'x.npy': printNpy({ shape: [5], data: Int32Array.of(1, -2, 3, -4, 5) }, 'int8'),
  };

  const emitted = await run(['rtl', 'd.json', '-o', 'out'], given);
  expect(emitted.code).toBe(0);
  expect(emitted.out).toMatch(/^magnet_top +rtl\/magnet_top\.v /m);
  expect(emitted.written.get('out/magnet-rtl.txt')).toContain('rtl/magnet_top.v\n');

  const simulated = await run(['simulate', 'd.json', '--json', '-', '-q'], given);
  expect({ code: simulated.code, err: simulated.err }).toEqual({ code: 0, err: '' });
  const result = JSON.parse(simulated.out);
  expect(result).toMatchObject({
    agrees: true,
    layers: [
      { layer: 'conv', outputs: { words: 16, mismatches: 0 } },
      { layer: 'fc', outputs: { words: 3, mismatches: 0 } },
    ],
  });

  const stalled = await run(
    [
      'simulate',
      'd.json',
      '--layer',
      'fc',
      '--stalls',
      '0.4',
      '--inputs',
      'x.npy',
      '--output',
      'y.npy',
      '--json',
      '-',
      '-q',
    ],
    given,
  );
  expect({ code: stalled.code, err: stalled.err }).toEqual({ code: 0, err: '' });
  const outputs = parseNpy(stalled.binary.get('y.npy')!);
  expect(outputs.ok && outputs.value.shape).toEqual([1, 3, 1, 1]);
});
