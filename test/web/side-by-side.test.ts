// Several runs at once: each with its curve and its end by hand, none changed by the others, all kept.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { askFor, engine, handed, isEnabled, Site } from '../support/site.js';

const executablePath = chromiumPath('runs side by side on pages of "magnet web"');

describe.skipIf(executablePath === undefined)('runs of the page', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  const long = { verb: 'codesign', network: 'resnet50', space: 'magnet-16nm', residency: 'none' };

  test('go on side by side, and one that is given up ends within a second and leaves the others alone', async () => {
    const { page, said } = await site.page();
    await askFor(page, long);
    await page.click('#run');
    await page.waitForSelector('.progress .curve svg', { timeout: 50_000 });
    // The same again is the one at work.
    await page.click('#run');
    expect(await page.textContent('#running-says')).toBe('codesign resnet50 in magnet-16nm is at work already');
    await askFor(page, { ...long, objective: 'energy' });
    await page.click('#run');
    await page.waitForFunction(() => document.querySelectorAll('.progress .curve svg').length === 2, null, {
      timeout: 50_000,
    });
    await askFor(page, { verb: 'map', network: 'lenet' });
    await page.click('#run');
    expect(await page.locator('.progress h3').allTextContents()).toEqual([
      'map lenet on simba',
      'codesign resnet50 in magnet-16nm',
      'codesign resnet50 in magnet-16nm',
    ]);
    // What is typed meanwhile is not taken out of the hands.
    await page.focus('#limits');
    await page.waitForSelector('#list tr', { timeout: 50_000 });
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('limits');
    expect(await page.textContent('#shown-title')).toBe('lenet on simba');
    const { written } = await run(['map', 'lenet', '--arch', 'simba', '--design', 'd.json', '-q'], {}, { version });
    expect((await handed(page, 'design')).replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    expect(await page.locator('.progress').count()).toBe(2);
    const before = performance.now();
    await page.click('.progress:first-child button');
    await page.waitForFunction(() => document.querySelectorAll('.progress').length === 1);
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await page.textContent('#running-says')).toBe(
      'cancelled codesign resnet50 in magnet-16nm: nothing was kept of it',
    );
    await page.click('.progress button');
    await page.waitForFunction(() => document.querySelectorAll('.progress').length === 0);
    await isEnabled(page);
    // The worker that checks questions is left.
    await expect.poll(() => page.workers().length, { timeout: 5000 }).toBeLessThanOrEqual(1);
    await page.reload();
    await page.waitForSelector('#list tr');
    expect(await page.locator('#list th').allTextContents()).toEqual(['lenet on simba']);
    expect(said).toEqual([]);
  }, 200_000);

  test('that are asked first and finished last stand in the list, and what is shown stays', async () => {
    const { page, said } = await site.page();
    await askFor(page, { verb: 'schedule', network: 'lenet' });
    await page.click('#run');
    await askFor(page, { verb: 'map', network: 'lenet' });
    await page.click('#run');
    await page.waitForFunction(() => document.querySelectorAll('#list tr').length === 2, null, { timeout: 100_000 });
    expect(await page.textContent('#shown-title')).toBe('lenet on simba');
    const names = await page.locator('#list th').allTextContents();
    expect([...names].sort()).toEqual(['lenet on simba', 'schedule of lenet on simba']);
    await page.click('#list tr:has-text("schedule of") button:text-is("Show")');
    expect(await page.textContent('#shown-title')).toBe('schedule of lenet on simba');
    expect(said).toEqual([]);
  }, 150_000);

  test('that fail say why where they stood, until that is dismissed', async () => {
    const { page } = await site.page();
    await page.route('**/answer-here-*.js', (route) => route.abort());
    await askFor(page, { network: 'lenet' });
    await page.click('#run');
    await page.waitForSelector('.progress .faults li');
    expect(await page.textContent('.progress .faults')).toMatch(/fetch|load|import/);
    await page.click('.progress button:text-is("Dismiss")');
    expect(await page.isHidden('#running')).toBe(true);
    expect(await page.locator('#list tr').count()).toBe(0);
  });
});
