// Files of 100 MB and more in the page: it answers every hand meanwhile, and says so where memory or files have their limit.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { version } from '../../src/base/version.js';
import { modelCodec } from '../../src/workloads/onnx/wire.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { askFor, engine, handed, isEnabled, openQuestion, ready, Site, solve } from '../support/site.js';

const executablePath = chromiumPath('large files on pages of "magnet web"');

/** Eleven convolutions of one shape: 104 MB of random weights, as bytes or as a list of numbers, which is slow to read. */
function largeFile(form: 'rawData' | 'floatData'): Uint8Array {
  const [channels, size, layers] = [512, 7, 11];
  const random = seeded(1);
  const weights = Float32Array.from({ length: channels * channels * 9 }, () => random.next() - 0.5);
  const data = form === 'rawData' ? { rawData: new Uint8Array(weights.buffer) } : { floatData: weights };
  const value = (name: string) => ({
    name,
    type: {
      tensorType: { elemType: 1, shape: { dim: [1, channels, size, size].map((dimValue) => ({ dimValue })) } },
    },
  });
  const node = Array.from({ length: layers }, (_, i) => ({
    opType: 'Conv',
    name: `conv${i}`,
    input: [`x${i}`, `w${i}`],
    output: [`x${i + 1}`],
    attribute: [{ name: 'pads', type: 7, ints: [1, 1, 1, 1] }],
  }));
  const initializer = node.map((_, i) => ({ name: `w${i}`, dims: [channels, channels, 3, 3], dataType: 1, ...data }));
  const graph = { name: 'large', node, initializer, input: [value('x0')], output: [value(`x${layers}`)] };
  return modelCodec()
    .encode({ irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph })
    .finish();
}

describe.skipIf(executablePath === undefined)('the page', () => {
  let site: Site;
  const folder = mkdtempSync(join(tmpdir(), 'magnet-large-'));
  const made = (name: string, content: Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(async () => {
    await site?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => site.closePages());

  /** As a hand drops it. */
  async function drop(page: Page, path: string): Promise<void> {
    await openQuestion(page);
    await page.evaluate(() => {
      const input = Object.assign(document.createElement('input'), { type: 'file', id: 'from-hand' });
      document.body.append(input);
    });
    await page.setInputFiles('#from-hand', path);
    await page.evaluate(() => {
      const input = document.querySelector<HTMLInputElement>('#from-hand')!;
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(input.files![0]!);
      input.remove();
      document.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
  }

  /** The longest task of the page itself from now on, milliseconds; the browser tells of those from 50 on. */
  async function watched(page: Page): Promise<() => Promise<number>> {
    await page.evaluate(() => {
      const own = window as unknown as { longest: number };
      own.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) own.longest = Math.max(own.longest, duration);
      }).observe({ type: 'longtask' });
    });
    return () => page.evaluate(() => (window as unknown as { longest: number }).longest);
  }

  test.each(['rawData', 'floatData'] as const)(
    'takes 100 MB of weights as %s without a pause',
    async (form) => {
      const content = largeFile(form);
      expect(content.length).toBeGreaterThan(100e6);
      const path = made(`${form}.onnx`, content);
      const { page, said } = await site.page();
      await ready(page);
      const longest = await watched(page);
      await drop(page, path);
      await page.waitForFunction(() => !/^33 layers/.test(document.querySelector('#about')!.textContent), null, {
        timeout: 60_000,
      });
      expect(await page.textContent('#about')).toMatch(/^2 layers of different shape, 1\.27 G multiplications/);
      await page.selectOption('#objective', 'energy');
      await page.fill('#limits', 'latency=soon');
      await page.waitForSelector('#faults li');
      await page.fill('#limits', '');
      await isEnabled(page);
      await page.waitForFunction(() => document.querySelector('#faults li') === null);
      await solve(page, 0, 100_000);
      // Read by the page itself, as a list of numbers it takes seconds.
      expect(await longest()).toBeLessThan(500);
      const line = ['map', `${form}.onnx`, '--arch', 'simba', '--objective', 'energy', '--design', 'd.json', '-q'];
      const { written } = await run(line, { [`${form}.onnx`]: content }, { version });
      expect((await handed(page, 'design')).replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
      expect(said).toEqual([]);
    },
    200_000,
  );

  test('says that a file is larger than a browser can hold', async () => {
    const path = made('giant.onnx', new Uint8Array());
    truncateSync(path, 2 ** 30 + 1);
    const { page } = await site.page();
    await ready(page);
    await drop(page, path);
    await page.waitForSelector('#faults li');
    expect(await page.textContent('#faults')).toBe(
      'giant.onnx has more than 1 GiB, for which a browser has no memory; use the command line',
    );
    expect(await page.locator('#own-files li').count()).toBe(0);
  });

  describe('without memory', () => {
    let poor: Site;
    const workersBegin = [
      "Blob.prototype.arrayBuffer = () => Promise.reject(new RangeError('Array buffer allocation failed'));",
      "WebAssembly.instantiate = () => Promise.reject(new RangeError('Out of memory: Cannot allocate Wasm memory'));",
      "WebAssembly.Memory = function () { throw new RangeError('WebAssembly.Memory(): could not allocate memory'); };",
    ].join('\n');

    beforeAll(async () => {
      poor = await Site.open(executablePath!, { workersBegin });
    });
    afterAll(() => poor?.close());
    afterEach(() => poor.closePages());

    test('for a file says so', async () => {
      const { page } = await poor.page();
      await ready(page);
      await drop(page, made('small.onnx', new Uint8Array([1])));
      await page.waitForSelector('#faults li');
      expect(await page.textContent('#faults')).toBe(
        'small.onnx needs more memory than this browser gives (Array buffer allocation failed); end other runs and ' +
          'close other pages, or use the command line',
      );
    });

    test.each(['simulate', 'synthesize'])(
      'to %s says so',
      async (id) => {
        const { page } = await poor.page();
        await page.click('#hardware summary');
        await page.click(`#${id}`);
        await page.waitForSelector('#hardware-faults li', { timeout: 100_000 });
        expect(await page.textContent('#hardware-faults')).toMatch(
          /^this (simulation|synthesis) needs more memory than this browser gives \(.*Cannot allocate Wasm memory.*\); end other/,
        );
      },
      120_000,
    );

    test('for Z3 says so, and answers without it', async () => {
      const { page } = await poor.page();
      const limits = 'area=0.45mm2, latency=9us';
      await askFor(page, { verb: 'prove', over: 'space', space: 'magnet-small', network: 'lenet', limits });
      await solve(page, 0, 100_000);
      expect(await page.textContent('#reasons')).toContain(
        'Z3 needs more memory than this browser gives (WebAssembly.Memory(): could not allocate memory); end other runs',
      );
    }, 150_000);
  });
});
