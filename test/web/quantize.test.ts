// Networks quantized in a real browser: the file is the command line's byte for byte, and what is wrong is said before a run.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { root } from '../support/built.js';
import { chromiumPath } from '../support/chromium.js';
import { onnxFile } from '../support/onnx.js';
import { askFor, give, handed, openQuestion, Site, solve } from '../support/site.js';
import { parts } from '../support/small-network.js';

const executablePath = chromiumPath('quantization in pages of "magnet web"');

describe.skipIf(executablePath === undefined)('the page', () => {
  let site: Site;
  const chance = seeded(5);
  const row = () => [...Array.from({ length: 36 }, () => (16 * chance.next()).toFixed(2)), 0].join(',');
  const files = {
    'net.onnx': Buffer.from(onnxFile(parts)),
    'data.csv': Array.from({ length: 60 }, row).join('\n'),
  };

  /** The verb with all of its fields in sight. */
  const opened = async (page: Page) => {
    await openQuestion(page);
    await page.check('input[name="verb"][value="quantize"]');
    await page.click('summary:text-is("How numbers of samples are read")');
  };

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  test('quantizes the trained network that comes with magnet, as the command line does', async () => {
    const { page, said, asked } = await site.page();
    const [name, array] = ['fashion-resnet8.onnx', 'fashion-mnist.npz#validation_images'];
    const read = (file: string) => readFileSync(join(root, 'trained', file));
    await give(page, { [name]: read(name), 'fashion-mnist.npz': read('fashion-mnist.npz') });
    await askFor(page, { verb: 'quantize', samples: array });
    await solve(page, 0, 100_000);
    const { binary } = await run(['quantize', 'fashion-resnet8', '-o', 'q.onnx', '-q'], {}, { version });
    expect(await handed(page, 'quantized')).toBe(Buffer.from(binary.get('q.onnx')!).toString('latin1'));
    expect(await page.isHidden('button[data-file="verilog"]')).toBe(true);
    expect(await page.textContent('#shown-title')).toBe('fashion-resnet8 in w8a8');
    expect(site.beyond(asked)).toEqual([]);
    expect(said).toEqual([]);
  }, 150_000);

  test("in precisions of single layers, with all that can be asked: file and result are the command line's", async () => {
    const { page, said } = await site.page();
    await give(page, files);
    const how = { bits: 'w4a6', layerBits: 'c=w8a8', accumPrecision: '24', batch: '3', divide: '16', mean: '0.1' };
    await opened(page);
    await askFor(page, { verb: 'quantize', samples: 'data.csv', unsigned: true, equalize: true, ...how });
    await solve(page, 0, 50_000);
    const line = (await page.textContent('#command'))!;
    expect(line).toMatch(/^magnet quantize net\.onnx --calibrate data\.csv --bits w4a6 --layer-bits c=w8a8 /);
    const { binary, written, code } = await run([...line.split(' ').slice(1), '--json', 'r.json', '-q'], files, {
      version,
    });
    expect(code).toBe(0);
    expect(await handed(page, 'quantized')).toBe(Buffer.from(binary.get('net-w4a6.onnx')!).toString('latin1'));
    expect(await handed(page, 'result')).toBe(written.get('r.json'));
    expect(said).toEqual([]);
  }, 100_000);

  test("accuracy on labelled samples, before quantization and after: results are the command line's", async () => {
    const { page, said } = await site.page();
    const labelled = Array.from({ length: 90 }, () => row().replace(/0$/, String(chance.below(3)))).join('\n');
    const quantized = await run(['quantize', 'net.onnx', '--calibrate', 'data.csv', '-o', 'q.onnx', '-q'], files);
    const all = { ...files, 'test.csv': labelled, 'q.onnx': Buffer.from(quantized.binary.get('q.onnx')!) };
    await give(page, all);
    const asked = async (fields: Readonly<Record<string, string>>, before: number) => {
      await askFor(page, { verb: 'accuracy', data: 'test.csv', ...fields });
      await solve(page, before, 100_000);
      const line = (await page.textContent('#command'))!;
      const { written, code } = await run([...line.split(' ').slice(1), '--json', 'r.json', '-q'], all, { version });
      expect(code).toBeLessThan(3);
      expect(await handed(page, 'result')).toBe(written.get('r.json'));
      const { real, integer } = JSON.parse(written.get('r.json')!) as Record<'real' | 'integer', { first: number }>;
      return { line, title: await page.textContent('#shown-title'), right: [real, integer].map((s) => s.first) };
    };
    const how = { network: 'net.onnx', samples: 'test.csv', bits: 'w2a3', first: '30', maxLoss: '1%' };
    const before = await asked(how, 0);
    expect(before.line).toMatch(/^magnet accuracy net\.onnx --data test\.csv --calibrate test\.csv --bits w2a3 /);
    const [real, integer] = before.right.map((share) => Math.round(60 * share));
    expect(before.title).toBe(`net: ${real} of 60 samples right in real numbers, ${integer} in w2a3`);
    const after = await asked({ network: 'q.onnx', samples: 'data.csv', bits: 'w8a8', first: '', maxLoss: '' }, 1);
    expect(after.line).toMatch(/^magnet accuracy q\.onnx --data test\.csv --calibrate data\.csv --bits w8a8 /);
    const [own, words] = after.right.map((share) => Math.round(90 * share));
    expect(after.title).toBe(`q: ${own} of 90 samples right in real numbers, ${words} in its words`);
    await page.selectOption('#samples', 'test.csv');
    for (const [fields, fault] of [
      [{ bits: 'w4a4', first: '30' }, /^q\.onnx is quantized already, and has its own words/],
      [{ bits: 'w8a8', first: 'x' }, /^"The first that counts": /],
      [{ first: '' }, /^test\.csv both sets the scales and is counted; choose other samples/],
    ] as const) {
      for (const [name, value] of Object.entries(fields)) await page.fill(`#${name}`, value);
      await expect.poll(() => page.textContent('#faults'), { timeout: 10_000 }).toMatch(fault);
    }
    expect(said).toEqual([]);
  }, 300_000);

  test('says what is wrong: no weights, no samples, no such layer, too narrow accumulators', async () => {
    const { page, said } = await site.page();
    const faults = async (matching: RegExp) => {
      await expect.poll(() => page.textContent('#faults'), { timeout: 10_000 }).toMatch(matching);
      expect(await page.isDisabled('#run')).toBe(true);
    };
    await opened(page);
    await faults(/resnet50 has no weights; drop the ONNX file of a trained network.*no samples set the scales/);
    await give(page, files);
    await page.fill('#layerBits', 'd=w8a8');
    await faults(/^unknown layer of net: d/);
    await page.fill('#layerBits', '');
    await page.fill('#bits', 'w1a8');
    await faults(/^"Precision": /);
    await page.fill('#bits', 'w8a8');
    await page.fill('#divide', 'many');
    await faults(/^"Divided by" many: expected a number above 0/);
    await page.fill('#divide', '16');
    await askFor(page, { accumPrecision: '12' });
    await page.click('#run');
    await expect
      .poll(() => page.textContent('#running-list'), { timeout: 20_000 })
      .toMatch(/^quantize net\.onnx in w8a8layer c has sums from -?\d+ to \d+ for some input: \d+ bits, more than 12/);
    expect(await page.locator('#list tr').count()).toBe(0);
    await give(page, { 'bad.csv': '1,2\n3\n' });
    expect(await page.textContent('#faults')).toMatch(/^bad\.csv: /);
    expect(said).toEqual([]);
  }, 100_000);

  test('runs no script that the names of a network or of samples hold', async () => {
    const { page, said } = await site.page();
    const attack = '<img src=x onerror=attacked=1>';
    await give(page, { [`${attack}.onnx`]: files['net.onnx'], [`${attack}.csv`]: files['data.csv'] });
    await askFor(page, { verb: 'quantize' });
    await solve(page, 0, 50_000);
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => 'attacked' in window || document.querySelector('img') !== null)).toBe(false);
    expect(await page.textContent('#shown-title')).toBe(`${attack} in w8a8`);
    expect(said).toEqual([]);
  }, 100_000);
});
