// `magnet accuracy` in threads, as a shell runs it: as many workers as may be, the same answer; and real numbers by ONNX Runtime.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import { buildOnce } from '../support/built.js';
import { onnxFile } from '../support/onnx.js';
import { parts } from '../support/small-network.js';

const bin = buildOnce();
const folder = mkdtempSync(join(tmpdir(), 'magnet-accuracy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const chance = seeded(6);
const rows = Array.from({ length: 160 }, () =>
  [...Array.from({ length: 36 }, () => chance.next().toFixed(3)), chance.below(3)].join(','),
);
writeFileSync(join(folder, 'net.onnx'), onnxFile(parts));
writeFileSync(join(folder, 'data.csv'), rows.join('\n'));

const asked = ['accuracy', 'net.onnx', '--data', 'data.csv', '--calibrate', 'data.csv', '--first', '40', '-q'];
const answer = (...more: readonly string[]) => {
  const out = execFileSync(process.execPath, [bin, ...asked, '--json', '-', ...more], {
    cwd: folder,
    encoding: 'utf8',
  });
  const result = parseAccuracyResult(JSON.parse(out));
  if (!result.ok) throw new Error(result.diagnostics[0]?.message);
  const { real, integer, loss, confusions, noise, float } = result.value;
  return { real, integer, loss, confusions, noise, float };
};

test('one worker and three say the same, to the last bit', { timeout: 60_000 }, () => {
  const one = answer('--workers', '1');
  expect(answer('--workers', '3')).toEqual(one);
  expect(answer()).toEqual(one);
});

test('ONNX Runtime has the same classes', { timeout: 60_000 }, () => {
  const found = answer('--float', 'onnxruntime', '--workers', '2');
  expect(found.float).toMatch(/^onnxruntime-(web|node) \d/);
  expect(found).toEqual({ ...answer(), float: found.float });
});
