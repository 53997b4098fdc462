// The page in a real browser, built as it is shipped: quick, silent, within its origin, and with the command line's answers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { root } from '../support/built.js';
import { secondsOfChildren } from '../support/processor-time.js';
import { chromiumPath } from '../support/chromium.js';
import { askFor, engine, give, handed, isEnabled, openQuestion, ready, Site, solve } from '../support/site.js';

const executablePath = chromiumPath('pages of "magnet web"');

describe.skipIf(executablePath === undefined)('the page', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  test('shows a finished example within two seconds of processors, says nothing, and asks its own origin only', async () => {
    const opened = async () => {
      const before = secondsOfChildren();
      const shown = await site.page();
      await shown.page.waitForSelector('#section figure svg');
      return { ...shown, used: secondsOfChildren() - before };
    };
    let { page, said, asked, used } = await opened();
    // Not by the clock, which counts what else this computer does beside; caches lost to that take some more: the least of some counts.
    for (let again = 0; used >= 2 && again < 4; again++) {
      await page.close();
      ({ page, said, asked, used } = await opened());
    }
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThan(2);
    expect(await page.textContent('#section .badge')).toBe('proved optimal');
    await ready(page);
    expect(await page.textContent('#about')).toMatch(
      /^33 layers of different shape, 4\.\d+ G multiplications; the machine takes 2\.245 mm2$/,
    );
    expect(said).toEqual([]);
    expect(site.beyond(asked)).toEqual([]);
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
    expect(/script-src ([^;]*)/.exec(policy ?? '')?.[1]).toBe("'self' 'wasm-unsafe-eval'");
    // By a timer: what a test evaluates itself is let through.
    const refused = await page.evaluate(
      () =>
        new Promise((resolve) =>
          setTimeout(() => {
            try {
              resolve(String(new Function('return 1')()));
            } catch (error) {
              resolve((error as Error).name);
            }
          }),
        ),
    );
    expect(refused).toBe('EvalError');
  });

  test('needs less than 350 KB, packed, until a question can be asked: what searches need comes with the first run', async () => {
    const { page, asked } = await site.page({ kept: false });
    await ready(page);
    const files = new Set(asked.map((url) => new URL(url).pathname.slice(1) || 'index.html'));
    const sizes = [...files].map((file) => gzipSync(readFileSync(join(site.folder, file))).length);
    expect(files.size).toBeGreaterThan(5);
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(350_000);
  });

  test('answers as the command line does, byte for byte, in silence', async () => {
    const { page, said, asked } = await site.page();
    await askFor(page, { network: 'lenet' });
    await solve(page, 0);
    const design = await handed(page, 'design');
    const { written } = await run(['map', 'lenet', '--arch', 'simba', '--design', 'd.json', '-q'], {}, { version });
    // Who ran it is all that differs.
    expect(design.replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    expect(engine.exec(design)?.[0]).toContain('Chrome');
    const own = (await handed(page, 'page')).replace(/(?<=solved in )[\d.]+ \w+/g, '');
    expect(own).toMatch(/^<!doctype html>/);
    const zip = await handed(page, 'verilog');
    expect(zip.startsWith('PK')).toBe(true);
    for (const name of ['rtl/top.v', 'Makefile']) expect(zip).toContain(name.split('/').at(-1));
    expect(said).toEqual([]);
    expect(site.beyond(asked)).toEqual([]);
  });

  test('reads ONNX files as the command line does, one of words too', async () => {
    const { page, said } = await site.page();
    const name = 'words.onnx';
    const bytes = readFileSync(join(root, 'test/workloads/data/onnx/quant-qonnx.onnx'));
    await give(page, { [name]: bytes });
    await isEnabled(page);
    await solve(page, 0);
    const design = await handed(page, 'design');
    const asked = ['map', name, '--arch', 'simba', '--design', 'd.json', '-q'];
    const { written, err } = await run(asked, { [name]: new Uint8Array(bytes) }, { version });
    expect(err).not.toMatch(/error/);
    expect(design.replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    expect(said).toEqual([]);
  });

  test('keeps finished runs over a reload, and a link asks a question again', async () => {
    const { page, context } = await site.page({ width: 390 });
    await askFor(page, { network: 'lenet', objective: 'energy' });
    await solve(page, 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await openQuestion(page);
    await page.click('#link');
    const link = page.url();
    await page.reload();
    await page.waitForSelector('#list tr');
    expect(await page.textContent('#list th')).toBe('lenet on simba');
    await page.click('#list button:text-is("Show")');
    expect(await page.textContent('#shown-title')).toBe('lenet on simba');
    const other = await context.newPage();
    await other.goto(link);
    expect(await other.inputValue('#network')).toBe('lenet');
    expect(await other.inputValue('#objective')).toBe('energy');
    // Without a network: the page's own files are kept.
    await other.waitForSelector('#host:text("without a network")');
    await context.setOffline(true);
    await other.reload();
    await other.waitForSelector('#section figure svg', { state: 'attached' });
    await isEnabled(other);
    await context.setOffline(false);
  });

  test('checks parameters while they are typed, and shows the area', async () => {
    const { page } = await site.page();
    await page.click('#parameters summary');
    await page.fill('#parameter-vectorSize', '16');
    await page.waitForFunction(() => /machine takes (?!2\.245)/.test(document.querySelector('#about')!.textContent));
    await page.fill('#parameter-vectorSize', 'many');
    await page.waitForSelector('#parameter-vectorSize[aria-invalid="true"]');
    expect(await page.isDisabled('#run')).toBe(true);
    expect(await page.textContent('#faults')).toMatch(/vectorSize/);
  });

  test('runs no script that a file or its name holds', async () => {
    const { page, said } = await site.page();
    const attack = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>';
    const name = `<img src=x onerror=attacked=1>.yaml`;
    const layers = `'${attack}':\n  - { name: '${attack}', K: 8, C: 16, P: 4, Q: 4 }\n`;
    await give(page, { [name]: layers });
    await isEnabled(page);
    await solve(page, 0);
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => 'attacked' in window)).toBe(false);
    expect(await page.evaluate(() => document.querySelectorAll('img, #section script').length)).toBe(0);
    expect(await page.textContent('#section')).toContain('window.attacked=1');
    expect(said).toEqual([]);
  });

  test.each([390, 768, 1440])('is no wider than a screen of %i px', async (width) => {
    const { page } = await site.page({ width });
    await ready(page);
    await openQuestion(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
