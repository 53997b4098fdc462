// Schedules in the page: asked as on the command line, whose files they are byte for byte, and shown with the figures of its report.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.js';
import { scheduleRows, totalsText } from '../../src/report/tables/schedule-table.js';
import type { ScheduleInResult } from '../../src/results/schedule-result.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { askFor, engine, give, handed, isEnabled, ready, Site, solve } from '../support/site.js';
import type { Page } from 'playwright-core';

const executablePath = chromiumPath('schedules on pages of "magnet web"');

describe.skipIf(executablePath === undefined)('the page schedules', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  /** Who ran it and how long that took is all that differs. */
  const same = (text: string) => text.replace(engine, '').replace(/"seconds": ?[\d.e-]+/g, '');
  const timeless = (text: string): unknown =>
    JSON.parse(text, (key, value: unknown) => (['seconds', 'curve'].includes(key) ? 0 : value)) as unknown;

  const byCommand = async (line: readonly string[], files: Readonly<Record<string, string>> = {}) => {
    const { written } = await run([...line, '--design', 'd.json', '--json', 'r.json', '-q'], files, { version });
    return { design: written.get('d.json'), result: written.get('r.json')! };
  };

  /** Every row of the runs, every line of what they come to, and every tensor in the picture. */
  async function shows(page: Page, schedule: ScheduleInResult): Promise<void> {
    const cells = await page
      .locator('#section table tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
    for (const row of scheduleRows(schedule).rows) expect(cells).toContainEqual(row);
    const picture = await page.locator('#section figure svg').evaluateAll((all) => all.map((svg) => svg.textContent));
    const stays = schedule.tensors.filter((t) => t.stays);
    expect(stays.length).toBeGreaterThan(0);
    const buffer = picture.find((text) => stays.every(({ name }) => text.includes(name)));
    expect(buffer).toBeDefined();
  }

  test.each([
    [
      'a batch in bands under a limit',
      { batch: '4', limits: 'latency=100us' },
      ['--batch', '4', '--limit', 'latency=100us'],
    ],
    ['without bands', { objective: 'energy', bands: false }, ['--objective', 'energy', '--no-bands']],
    ['nothing that stays', { residency: 'none' }, ['--no-residency']],
  ])(
    '%s, as the command line does',
    async (_, fields, options) => {
      const { page, said } = await site.page();
      await askFor(page, { verb: 'schedule', network: 'lenet', ...fields });
      await solve(page, 0);
      const { design, result } = await byCommand(['schedule', 'lenet', '--arch', 'simba', ...options]);
      expect(same(await handed(page, 'design'))).toBe(same(design!));
      const own = await handed(page, 'result');
      expect(timeless(own)).toEqual(timeless(result));
      const schedule = JSON.parse(own) as ScheduleInResult;
      if (!('residency' in fields)) {
        await shows(page, schedule);
        const shown = await page.textContent('#section');
        for (const line of totalsText(schedule).slice(1)) expect(shown).toContain(line);
      }
      expect(said).toEqual([]);
    },
    100_000,
  );

  test('a co-design, which shows who lies where on the machine found', async () => {
    const { page, said } = await site.page();
    await askFor(page, { verb: 'codesign', network: 'lenet', space: 'magnet-small' });
    await solve(page, 0, 100_000);
    const { design, result } = await byCommand(['codesign', 'lenet', '--space', 'magnet-small']);
    expect(same(await handed(page, 'design'))).toBe(same(design!));
    const { schedules } = JSON.parse(result) as { schedules: readonly ScheduleInResult[] };
    expect(schedules).toHaveLength(1);
    await shows(page, schedules[0]!);
    expect(said).toEqual([]);
  }, 150_000);

  const few = {
    'few.yaml': 'space: {base: magnet-small, rows: [1], columns: [1], numLanes: [8], vectorSize: [8]}\n',
  };

  const overFew = { over: 'space', space: 'few.yaml' };
  test.each([
    ['met only by machines on which tensors stay', overFew, '4.6uJ', 'feasible'],
    ['met by no schedule', overFew, '4.5uJ', 'infeasible'],
    ['met on a machine only where tensors stay', { machine: 'simba' }, '4.9uJ', 'feasible'],
    ['met by no schedule on it', { machine: 'simba' }, '4.8uJ', 'infeasible'],
  ])(
    'a proof of limits %s, as the command line does',
    async (_, on, energy, status) => {
      const { page, said } = await site.page();
      await give(page, few);
      const limits = `energy=${energy}`;
      await askFor(page, { verb: 'prove', network: 'lenet', limits, ...on });
      await solve(page, 0, 100_000);
      const named = 'machine' in on ? ['--arch', on.machine] : ['--space', on.space];
      const { design, result } = await byCommand(['prove', 'lenet', ...named, '--limit', limits], few);
      const own = await handed(page, 'result');
      expect(timeless(own)).toEqual(timeless(result));
      const proof = JSON.parse(own) as { status: string; schedule?: ScheduleInResult };
      expect(proof.status).toBe(status);
      expect(await page.textContent('#command')).toContain(' --residency');
      if (design === undefined) {
        expect(status).toBe('infeasible');
        expect(await page.textContent('#section')).toContain('Proven of all schedules');
      } else {
        expect(same(await handed(page, 'design'))).toBe(same(design));
        await shows(page, proof.schedule!);
      }
      expect(said).toEqual([]);
    },
    150_000,
  );

  test.each([
    [
      { verb: 'codesign', network: 'lenet', space: 'magnet-small', objective: 'layer-edp' },
      'schedules are not found for layer-edp',
      'minimise energy, latency, edp or area',
    ],
    [
      { verb: 'prove', over: 'space', network: 'lenet', space: 'magnet-small', limits: 'latency@c1=1ms' },
      'no limit on single layers is kept by schedules',
      'limit energy, latency, edp or area',
    ],
  ])('%o: says why it does not, and the way out where that was asked for', async (of, why, way) => {
    const { page } = await site.page();
    await askFor(page, of);
    await ready(page);
    expect(await page.textContent('#about')).toContain(`every tensor goes through DRAM: ${why}`);
    await page.selectOption('#residency', 'must');
    await page.waitForSelector('#faults li');
    expect(await page.textContent('#faults')).toBe(
      `tensors cannot stay in the global buffer: ${why}; ${way}, or let all go through DRAM`,
    );
  });

  test('says nothing of schedules where a proof has nothing that they could help with, unless asked', async () => {
    const { page } = await site.page();
    await askFor(page, {
      verb: 'prove',
      over: 'space',
      network: 'lenet',
      space: 'magnet-small',
      limits: 'area=1mm2',
    });
    await ready(page);
    expect(await page.textContent('#about')).not.toContain('DRAM');
    await page.selectOption('#residency', 'must');
    await page.waitForSelector('#faults li');
    expect(await page.textContent('#faults')).toContain('limits on energy, latency or edp of the network; give one');
    await page.check('input[name="over"][value="machine"]');
    await page.selectOption('#residency', 'may');
    await isEnabled(page);
    expect(await page.textContent('#about')).not.toContain('DRAM');
  });
});
