// Whole networks on the hardware of a design in a real browser: run, and written as programs, as the command line does both.

import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { floats } from '../support/npy.js';
import { onnxFile } from '../support/onnx.js';
import type { Opened } from '../support/site.js';
import { give, handed, rowsFound, rowsPrinted, Site } from '../support/site.js';
import { machineFile, parts, reals } from '../support/small-network.js';

const executablePath = chromiumPath('whole networks on the hardware of designs in pages of "magnet web"');

/** What a command writes, and a page: alike but for how long it took. */
const timeless = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => (/seconds$/i.test(key) ? 0 : value));

describe.skipIf(executablePath === undefined)('a whole network in the page', () => {
  let site: Site;
  let opened: Opened;
  const files: Record<string, string | Uint8Array> = {
    'small.yaml': machineFile,
    'net.onnx': onnxFile(parts),
    'x.npy': floats([1, 1, 6, 6], reals(1, 1, 6, 6).values),
    'wrong.npy': floats([1, 1, 3, 3], reals(1, 1, 3, 3).values),
    'few.yaml': 'few:\n  - { name: one, K: 4, C: 8 }\n',
  };
  const command = (...line: readonly string[]) => run([...line, '-q'], files, { version });

  beforeAll(async () => {
    const mapped = await command('map', 'net.onnx', '--arch', 'small.yaml', '--design', '-');
    files['design.json'] = mapped.out;
    site = await Site.open(executablePath!);
    opened = await site.page();
    const { page } = opened;
    const dropped = Object.entries(files).filter(([name]) => name !== 'small.yaml');
    await give(page, Object.fromEntries(dropped.map(([name, content]) => [name, Buffer.from(content)])));
    await page.click('#hardware summary');
    await page.waitForSelector('#network-asks:not([hidden])');
  }, 300_000);
  afterAll(() => site?.close());

  const done = (timeout: number) =>
    opened.page.waitForFunction(() => document.querySelector<HTMLElement>('#hardware-progress')!.hidden, undefined, {
      timeout,
    });
  const faults = () => opened.page.textContent('#hardware-faults');

  test("its program has the files of the command line's, byte for byte", async () => {
    const { page } = opened;
    // The network that the design's own command names.
    expect(await page.inputValue('#run-network')).toBe('net.onnx');
    const inside = unzipSync(Buffer.from(await handed(page, 'program'), 'latin1'));
    await done(30_000);
    const { code, out, written, binary } = await command('compile', 'net.onnx', '--design', 'design.json', '-o', 'o');
    expect(code).toBe(0);
    const all = [...[...written].map(([path, text]) => [path, Buffer.from(text)] as const), ...binary];
    const wanted = all.filter(([path]) => path !== 'o/magnet-compile.txt');
    expect(Object.keys(inside).sort()).toEqual(wanted.map(([path]) => path.slice(2)).sort());
    expect(wanted.length).toBeGreaterThan(7);
    for (const [path, bytes] of wanted)
      expect([path, Buffer.from(inside[path.slice(2)]!).equals(bytes)]).toEqual([path, true]);
    expect(await page.textContent('#hardware-found pre')).toBe(out);
    expect(await page.textContent('#hardware-found p code')).toBe(
      'magnet compile net.onnx --design design.json --seed 1 -o net-program',
    );
  }, 300_000);

  test('runs on a sample: every word, the cycles and all counts, as the command line finds them', async () => {
    const { page } = opened;
    await page.selectOption('#run-input', 'x.npy');
    await page.click('#run-on');
    await done(250_000);
    expect(await faults()).toBe('');
    const [said, line] = [
      await page.textContent('#hardware-found p'),
      await page.textContent('#hardware-found p code'),
    ];
    expect(said).toMatch(
      /^(\d+) of \1 words of all steps are right; the Verilog took (\d+) cycles in 3 runs, the model says \2; (\d+) of \3 counts are equal\./,
    );
    expect(line).toBe('magnet run net.onnx --design design.json --input x.npy --seed 1 --engine wasm');
    const { code, out, written } = await command(...line!.split(' ').slice(1), '--json', 'r.json');
    expect(code).toBe(0);
    expect(out).toContain(`\n\n${await page.textContent('#hardware-found pre')}\n`);
    const rows = await rowsFound(page);
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) expect(rowsPrinted(out)).toContainEqual(row);
    expect(timeless(await handed(page, 'hardware'))).toEqual(timeless(written.get('r.json')!));
  }, 500_000);

  test('says why one cannot run: a list of layers, an input of another shape', async () => {
    const { page } = opened;
    await page.selectOption('#run-network', 'few.yaml');
    await page.selectOption('#run-input', '');
    await page.click('#run-on');
    await done(20_000);
    expect(await faults()).toMatch(/^few\.yaml is a list of layers; give a built-in network or an ONNX file/);
    await page.selectOption('#run-network', 'net.onnx');
    await page.selectOption('#run-input', 'wrong.npy');
    await page.click('#run-on');
    await done(20_000);
    expect(await faults()).toMatch(/^wrong\.npy has the shape \(1, 1, 3, 3\); x of net takes \(1, 1, 6, 6\)/);
  }, 60_000);

  test('is given up at once', async () => {
    const { page } = opened;
    await page.selectOption('#run-network', 'resnet50');
    await page.selectOption('#run-input', '');
    await page.click('#run-on');
    await expect.poll(() => page.textContent('#hardware-doing'), { timeout: 20_000 }).toBe('the reference');
    const before = performance.now();
    await page.click('#hardware-cancel');
    await page.waitForSelector('#hardware-faults li');
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await faults()).toBe('cancelled: nothing was found');
    await expect.poll(() => page.workers().length, { timeout: 5000 }).toBeLessThanOrEqual(1);
  }, 60_000);

  test('asks nobody beyond the page, and says nothing to the console', () => {
    expect(site.beyond(opened.asked)).toEqual([]);
    expect(opened.said).toEqual([]);
  });
});
