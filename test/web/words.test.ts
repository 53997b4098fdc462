// The page speaks of its own fields where the command line speaks of options: each fault names the field that it is about.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { chromiumPath } from '../support/chromium.js';
import { faultsAfter, give, Site } from '../support/site.js';

const executablePath = chromiumPath('words of "magnet web"');

describe.skipIf(executablePath === undefined)('the page speaks of its fields', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  test.each([
    [
      { verb: 'map', network: 'lenet', limits: 'speed=5, latency=never', timeLimit: 'soon', batch: 'few' },
      [
        '"Images at a time": expected a whole number of at least 1',
        '"Limits" speed=5: unknown limit: speed. Known: energy, latency, edp, layer-edp, area',
        '"Limits" latency=never: expected a number above 0, in cycles, ns, us, ms, s',
        '"Time at most": expected a time above 0, such as 10s, 500ms, 2min or 10 (seconds), got "soon"',
      ],
    ],
    [
      { verb: 'prove', network: 'lenet', limits: 'pes>=4, pes<=2' },
      ['"Limits": pes>=4 and pes<=2 contradict each other: no number is both; change one'],
    ],
    [
      { verb: 'compare', network: 'lenet', repeat: 'often', timeLimit: '' },
      [
        '"Runs of each": expected a whole number of at least 1',
        '"Time at most": expected a time above 0, such as 10s, 500ms, 2min or 10 (seconds), got ""',
      ],
    ],
    [
      { verb: 'codesign', network: 'lenet', space: 'magnet-small', objective: 'energy', front: 'area', points: '1' },
      ['"Points of the front": expected a whole number of at least 2'],
    ],
  ])('%o', async (fields, expected) => {
    const { page, said } = await site.page();
    expect([...(await faultsAfter(page, fields))].sort()).toEqual([...expected].sort());
    expect(said).toEqual([]);
  });

  test('of samples and how they are read', async () => {
    const { page, said } = await site.page();
    await page.waitForSelector('#about:not(:empty)');
    await openSamples(page);
    const typed = { bits: 'w1', layerBits: 'x', accumPrecision: '1', divide: '0', mean: 'x', std: '0' };
    const faults = await faultsAfter(page, { verb: 'quantize', network: 'lenet', ...typed });
    for (const label of [
      '"Precision": ',
      '"Precision of single layers": ',
      '"Bits of the accumulators": ',
      '"Divided by" 0: ',
      '"Less" x: ',
      '"Over" 0: ',
    ])
      expect(faults.filter((fault) => fault.startsWith(label))).toHaveLength(1);
    expect(faults.join('\n')).not.toContain('--');
    expect(said).toEqual([]);
  });

  test('and leaves names of files as they are', async () => {
    const { page } = await site.page();
    const name = 'my--limit.yaml';
    await give(page, { [name]: 'space: {base: magnet-small, rows: [0]}\n' });
    const faults = await faultsAfter(page, { verb: 'codesign', network: 'lenet', space: name });
    expect(faults.join('\n')).toContain(`${name}: `);
  });
});

const openSamples = (page: Page) =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('#form details')) (details as HTMLDetailsElement).open = true;
  });
