// The page in a real browser, built as it is shipped: quick, silent, within its origin, and with the command line's answers.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { siteFiles, siteServer } from '../../src/cli/web/site-server.js';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { buildOnce, root } from '../support/built.js';
import { chromiumPath } from '../support/chromium.js';

const executablePath = chromiumPath('pages of "magnet web"');

describe.skipIf(executablePath === undefined)('the page', () => {
  const site = mkdtempSync(join(tmpdir(), 'magnet-web-'));
  let server: Server;
  let origin = '';
  let browser: Browser;

  beforeAll(async () => {
    buildOnce();
    const vite = join(root, 'node_modules/vite/bin/vite.js');
    const build = ['build', '--config', 'web/vite.config.ts', '--outDir', site, '--emptyOutDir', '--logLevel', 'error'];
    // As users build it: a test's own settings of Node would have the library's development build.
    execFileSync(process.execPath, [vite, ...build], { cwd: root, env: { ...process.env, NODE_ENV: 'production' } });
    server = siteServer(siteFiles(site)!);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    rmSync(site, { recursive: true, force: true });
  });

  interface Opened {
    readonly page: Page;
    readonly context: BrowserContext;
    readonly said: string[];
    readonly asked: string[];
  }
  const opened: BrowserContext[] = [];
  afterEach(async () => {
    for (const context of opened.splice(0)) await context.close();
  });

  /** In a browser that has kept nothing yet. */
  async function open({ width = 1280, hash = '' } = {}): Promise<Opened> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, acceptDownloads: true });
    opened.push(context);
    const page = await context.newPage();
    const [said, asked]: [string[], string[]] = [[], []];
    page.on('console', (m) => said.push(m.text()));
    page.on('pageerror', (e) => said.push(String(e)));
    context.on('request', (r) => asked.push(r.url()));
    await page.goto(`${origin}/${hash}`);
    return { page, context, said, asked };
  }

  /** Who ran it. */
  const engine = /^ {2}"node": .*$/m;

  const ready = (page: Page) => page.waitForFunction(() => document.querySelector('#about')?.textContent !== '');
  const isEnabled = (page: Page) => page.waitForSelector('#run:enabled');
  const openQuestion = (page: Page) =>
    page.evaluate(() => void (document.querySelector<HTMLDetailsElement>('#question')!.open = true));

  async function askFor(page: Page, fields: Readonly<Record<string, string>>) {
    await openQuestion(page);
    for (const [name, value] of Object.entries(fields))
      if (name === 'verb') await page.check(`input[value="${value}"]`);
      else if (['limits', 'timeLimit'].includes(name)) await page.fill(`#${name}`, value);
      else await page.selectOption(`#${name}`, value);
    await page.waitForTimeout(300);
    await isEnabled(page);
  }

  async function solve(page: Page, before: number) {
    await page.click('#run');
    await page.waitForFunction((n) => document.querySelectorAll('#list tr').length > n, before, { timeout: 50_000 });
  }

  async function text(page: Page, file: string): Promise<string> {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(`button[data-file="${file}"]`)]);
    return readFileSync(await download.path(), 'latin1');
  }

  test('shows a finished example within two seconds, says nothing, and asks its own origin only', async () => {
    const before = performance.now();
    const { page, said, asked } = await open();
    await page.waitForSelector('#section figure svg');
    expect(performance.now() - before).toBeLessThan(2000);
    expect(await page.textContent('#section .badge')).toBe('proved optimal');
    await ready(page);
    expect(await page.textContent('#about')).toMatch(
      /^33 layers of different shape, 4\.\d+ G multiplications; the machine takes 2\.245 mm2$/,
    );
    expect(said).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url))).toEqual([]);
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

  test('needs less than 600 KB, packed, until a question can be asked', async () => {
    const { page, asked } = await open();
    await ready(page);
    const files = new Set(asked.map((url) => new URL(url).pathname.slice(1) || 'index.html'));
    const sizes = [...files].map((file) => gzipSync(readFileSync(join(site, file))).length);
    expect(files.size).toBeGreaterThan(5);
    expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(600_000);
  });

  test('answers as the command line does, byte for byte, in silence', async () => {
    const { page, said, asked } = await open();
    await askFor(page, { network: 'lenet' });
    await solve(page, 0);
    const design = await text(page, 'design');
    const { written } = await run(['map', 'lenet', '--arch', 'simba', '--design', 'd.json', '-q'], {}, { version });
    // Who ran it is all that differs.
    expect(design.replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    expect(engine.exec(design)?.[0]).toContain('Chrome');
    const own = (await text(page, 'page')).replace(/(?<=solved in )[\d.]+ \w+/g, '');
    expect(own).toMatch(/^<!doctype html>/);
    const zip = await text(page, 'verilog');
    expect(zip.startsWith('PK')).toBe(true);
    for (const name of ['rtl/top.v', 'Makefile']) expect(zip).toContain(name.split('/').at(-1));
    expect(said).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url))).toEqual([]);
  });

  test('reads ONNX files as the command line does, one of words too', async () => {
    const { page, said } = await open();
    const name = 'words.onnx';
    const bytes = readFileSync(join(root, 'test/workloads/data/onnx/quant-qonnx.onnx'));
    await openQuestion(page);
    await page.setInputFiles('#file', { name, mimeType: 'application/octet-stream', buffer: bytes });
    await page.waitForTimeout(500);
    await isEnabled(page);
    await solve(page, 0);
    const design = await text(page, 'design');
    const asked = ['map', name, '--arch', 'simba', '--design', 'd.json', '-q'];
    const { written, err } = await run(asked, { [name]: new Uint8Array(bytes) }, { version });
    expect(err).not.toMatch(/error/);
    expect(design.replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    expect(said).toEqual([]);
  });

  test('keeps finished runs over a reload, and a link asks a question again', async () => {
    const { page, context } = await open({ width: 390 });
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
    await other.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await context.setOffline(true);
    await other.reload();
    await other.waitForSelector('#section figure svg', { state: 'attached' });
    await isEnabled(other);
    await context.setOffline(false);
  });

  test('gives a run up within a second, and keeps nothing of it', async () => {
    const { page, said } = await open();
    await askFor(page, { verb: 'codesign', network: 'lenet', space: 'magnet-16nm' });
    await page.click('#run');
    await page.waitForSelector('#curve svg', { timeout: 30_000 });
    const before = performance.now();
    await page.click('#cancel');
    await page.waitForSelector('#faults li');
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await page.textContent('#faults')).toBe('cancelled: nothing was kept of this run');
    expect(await page.isHidden('#progress')).toBe(true);
    await isEnabled(page);
    // The worker that checks questions is left.
    await expect.poll(() => page.workers().length, { timeout: 5000 }).toBeLessThanOrEqual(1);
    expect(said).toEqual([]);
  });

  test('checks parameters while they are typed, and shows the area', async () => {
    const { page } = await open();
    await page.click('#parameters summary');
    await page.fill('#parameter-vectorSize', '16');
    await page.waitForFunction(() => /machine takes (?!2\.245)/.test(document.querySelector('#about')!.textContent));
    await page.fill('#parameter-vectorSize', 'many');
    await page.waitForSelector('#parameter-vectorSize[aria-invalid="true"]');
    expect(await page.isDisabled('#run')).toBe(true);
    expect(await page.textContent('#faults')).toMatch(/vectorSize/);
  });

  test('runs no script that a file or its name holds', async () => {
    const { page, said } = await open();
    const attack = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>';
    const name = `<img src=x onerror=attacked=1>.yaml`;
    const layers = `'${attack}':\n  - { name: '${attack}', K: 8, C: 16, P: 4, Q: 4 }\n`;
    await page.setInputFiles('#file', { name, mimeType: 'text/yaml', buffer: Buffer.from(layers) });
    await page.waitForTimeout(500);
    await isEnabled(page);
    await solve(page, 0);
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => 'attacked' in window)).toBe(false);
    expect(await page.evaluate(() => document.querySelectorAll('img, #section script').length)).toBe(0);
    expect(await page.textContent('#section')).toContain('window.attacked=1');
    expect(said).toEqual([]);
  });

  test.each([390, 768, 1440])('is no wider than a screen of %i px', async (width) => {
    const { page } = await open({ width });
    await ready(page);
    await openQuestion(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
