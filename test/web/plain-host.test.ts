// The page as plain files on a host that sends no headers: a service worker isolates it and keeps it; without one it works, less Z3.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.js';
import { headers } from '../../src/cli/web/site-server.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { askFor, engine, handed, isEnabled, ready, Site, solve } from '../support/site.js';

const executablePath = chromiumPath('pages on plain hosts');

describe.skipIf(executablePath === undefined)('on a host without headers the page', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!, { plain: true });
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  const limits = 'area=0.45mm2, latency=9us';
  const proof = { verb: 'prove', over: 'space', space: 'magnet-small', network: 'lenet', limits };

  test('says that Z3 is left out where no service worker may be, as without HTTPS, and answers all the same', async () => {
    const { page, said } = await site.page({ secure: false });
    await page.waitForSelector('#host:text("Without Z3")');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await askFor(page, { network: 'lenet' });
    await solve(page, 0);
    const { written } = await run(['map', 'lenet', '--arch', 'simba', '--design', 'd.json', '-q'], {}, { version });
    expect((await handed(page, 'design')).replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    await askFor(page, proof);
    await solve(page, 1, 100_000);
    expect(await page.textContent('#reasons')).toMatch(/Z3 is not to be had: it needs memory that threads share/);
    expect(said).toEqual([]);
  }, 150_000);

  test('is not opened again under the hands of who has begun', async () => {
    const { context } = await site.page();
    // Another origin, which has no service worker yet; the hand is quicker than any could be.
    const page = await context.newPage();
    await page.addInitScript(() => addEventListener('DOMContentLoaded', () => dispatchEvent(new Event('keydown'))));
    await page.goto(`${site.origin.replace('127.0.0.1', 'localhost')}/#q=%7B%22network%22%3A%22lenet%22%7D`);
    await page.waitForSelector('#host:text("Open the page again")');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await page.reload();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.inputValue('#network')).toBe('lenet');
  });

  test('has the headers of "magnet web" from its service worker, asks Z3, and opens when the host is gone', async () => {
    const { page, said, asked } = await site.page();
    await page.waitForFunction(() => crossOriginIsolated);
    await ready(page);
    const own = await page.evaluate(async () => {
      const files = ['./', [...document.querySelectorAll('script[src]')].map((s) => s.getAttribute('src'))[0]!];
      const answers = await Promise.all(files.map((file) => fetch(file)));
      return answers.map((answer) => Object.fromEntries(answer.headers));
    });
    const wanted = Object.entries(headers).filter(([name]) => name !== 'Cache-Control');
    for (const [name, value] of wanted) for (const all of own) expect(all[name.toLowerCase()]).toBe(value);
    await askFor(page, proof);
    await solve(page, 0, 150_000);
    expect(await page.textContent('#section')).toMatch(/infeasible/);
    expect(await page.textContent('#parts')).toBe('Z3 is there (34.9 MB)');
    await page.waitForSelector('#host:text("without a network")');
    site.stop();
    await page.reload();
    await isEnabled(page);
    await askFor(page, { verb: 'map', network: 'lenet', limits: '' });
    await solve(page, 1, 100_000);
    expect(await page.textContent('#shown-title')).toBe('lenet on simba');
    expect(said).toEqual([]);
    expect(site.beyond(asked)).toEqual([]);
  }, 250_000);
});
