// Reports in a real browser, on a wide screen and on a telephone, light and dark, where Chromium is installed.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { resultFiles } from '../support/reports.js';

const executablePath = chromiumPath('reports');

describe.skipIf(executablePath === undefined)('in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'magnet-report-'));
  const path = join(folder, 'report.html');
  let browser: Browser;
  beforeAll(async () => {
    const files = await resultFiles();
    const { written } = await run(['report', ...Object.keys(files)], files);
    writeFileSync(path, written.get('report.html')!);
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A page with all folds open, and what it said and asked for. */
  async function open(
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ readonly page: Page; readonly said: string[]; readonly asked: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const [said, asked]: [string[], string[]] = [[], []];
    page.on('console', (m) => said.push(m.text()));
    page.on('pageerror', (e) => said.push(String(e)));
    page.on('request', (r) => asked.push(r.url()));
    await page.goto(pathToFileURL(path).href);
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)));
    return { page, said, asked };
  }

  const looks = [1280, 390].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));
  test.each(looks)(
    '$width px, $scheme: silent, nothing asked for, every figure there, no page wider than the screen',
    async ({ width, scheme }) => {
      const { page, said, asked } = await open(width, scheme);
      expect(said).toEqual([]);
      expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(path).href]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const figures = await page.evaluate(() =>
        [...document.querySelectorAll('figure')].map((f) =>
          [...f.querySelectorAll('svg')]
            .map((s) => s.getBoundingClientRect())
            .filter((r) => r.width > 0 && r.height > 0)
            .map((r) => ({ width: r.width, height: r.height })),
        ),
      );
      expect(figures.length).toBeGreaterThan(15);
      for (const shown of figures) {
        expect(shown).toHaveLength(1);
        expect(shown[0]!.width).toBeGreaterThan(300);
        expect(shown[0]!.height).toBeGreaterThan(40);
      }
      await page.close();
    },
  );

  test.each(looks)(
    '$width px, $scheme: letters are large enough, stand out from their ground, and lie inside their figures',
    async ({ width, scheme }) => {
      const { page } = await open(width, scheme);
      const texts = await page.evaluate(() => {
        const shade = (color: string) => {
          const [r = 0, g = 0, b = 0] = (/\d[\d., ]*/.exec(color)?.[0] ?? '')
            .split(',')
            .map(Number)
            .map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = (e: Element | null): string => {
          if (!e) return 'rgb(255, 255, 255)';
          const own = getComputedStyle(e).backgroundColor;
          return /rgba\(.*, 0\)/.test(own) ? ground(e.parentElement) : own;
        };
        const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const html = [
          ...document.querySelectorAll(
            'h1,h2,h3,p,dt,dd b,dd small,caption span,th,td,code,summary,a,.badge,figcaption,figcaption strong',
          ),
        ].map((e) => ({ e, color: getComputedStyle(e).color, scale: 1 }));
        const svg = [...document.querySelectorAll('svg text')].map((e) => {
          const figure = e.closest('svg')!;
          return {
            e,
            color: getComputedStyle(e).fill,
            scale: figure.getBoundingClientRect().width / figure.viewBox.baseVal.width,
          };
        });
        return [...html, ...svg].flatMap(({ e, color, scale }) => {
          const box = e.getBoundingClientRect();
          const frame = e.closest('svg')?.getBoundingClientRect();
          if (box.width === 0 || (e.textContent ?? '').trim() === '') return [];
          const outside = frame
            ? Math.max(
                frame.left - box.left,
                box.right - frame.right,
                frame.top - box.top,
                box.bottom - frame.bottom,
                0,
              )
            : 0;
          return [
            {
              text: (e.textContent ?? '').slice(0, 40),
              size: parseFloat(getComputedStyle(e).fontSize) * scale,
              contrast: contrast(shade(color), shade(ground(e))),
              outside,
            },
          ];
        });
      });
      expect(texts.length).toBeGreaterThan(1000);
      expect(texts.filter((t) => t.size < 10.5)).toEqual([]);
      expect(texts.filter((t) => t.contrast < 4.5)).toEqual([]);
      expect(texts.filter((t) => t.outside > 3)).toEqual([]);
      await page.close();
    },
  );

  test('on a telephone wide tables scroll in a box of their own, which the keyboard reaches', async () => {
    const { page } = await open(390, 'light');
    const boxes = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.scroll')].map((b) => ({
        wider: b.scrollWidth > b.clientWidth,
        scrolls: getComputedStyle(b).overflowX,
        focus: b.tabIndex,
        right: b.getBoundingClientRect().right,
      })),
    );
    expect(boxes.some((b) => b.wider)).toBe(true);
    for (const b of boxes) {
      expect(b).toMatchObject({ scrolls: 'auto', focus: 0 });
      expect(b.right).toBeLessThanOrEqual(390);
    }
    await page.close();
  });

  test('prints: light, every fold open, no table cut off', async () => {
    const page = await browser.newPage({ viewport: { width: 700, height: 900 }, colorScheme: 'dark' });
    await page.goto(pathToFileURL(path).href);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect(
      await page.evaluate(() =>
        [...document.querySelectorAll('pre')].every((p) => p.getBoundingClientRect().height > 0),
      ),
    ).toBe(true);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    await page.close();
  });

  test('a table of jobs is sorted by a click on a head, and turned round by another; links open what they lead to', async () => {
    const line = (job: number, seconds: number) =>
      JSON.stringify({
        job,
        key: `k${job}`,
        label: `job ${job}`,
        kind: 'map',
        status: 'optimal',
        settled: true,
        objective: seconds,
        bound: null,
        gap: job === 1 ? null : 0.1 * seconds,
        seconds,
        reason: '',
        result: mapped,
      });
    const mapped = JSON.parse((await resultFiles())['map.json']!);
    const asked = [0, 1, 2, 3].map((job) => ({ job, key: `k${job}`, label: `job ${job}` }));
    const batch = [
      JSON.stringify({ schema: 'magnet-batch/1', magnet: 'test', digest: 'd', jobs: 4, shard: null, asked }),
      line(0, 10),
      line(1, 9),
      line(2, 100),
      line(3, 1),
    ].join('\n');
    const at = join(folder, 'batch.html');
    writeFileSync(at, (await run(['report', 'b.jsonl', '-o', 'r.html'], { 'b.jsonl': batch })).written.get('r.html')!);
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const said: string[] = [];
    page.on('console', (m) => said.push(m.text()));
    page.on('pageerror', (e) => said.push(String(e)));
    await page.goto(pathToFileURL(at).href);
    const names = () =>
      page.evaluate(() => [...document.querySelectorAll('table.sortable tbody th')].map((c) => c.textContent));
    const click = (head: string) => page.click(`table.sortable th button:text-is("${head}")`);
    expect(await names()).toEqual(['job 0', 'job 1', 'job 2', 'job 3']);
    await click('solved in');
    expect(await names()).toEqual(['job 3', 'job 1', 'job 0', 'job 2']);
    await click('solved in');
    expect(await names()).toEqual(['job 2', 'job 0', 'job 1', 'job 3']);
    // What has no value comes last.
    await click('gap');
    expect(await names()).toEqual(['job 3', 'job 0', 'job 2', 'job 1']);
    await page.click('table.sortable tbody th a:text-is("job 2")');
    expect(
      await page.evaluate(() =>
        [...document.querySelectorAll<HTMLDetailsElement>('details.result')].map((d) => d.open),
      ),
    ).toEqual([false, false, true, false]);
    await page.emulateMedia({ media: 'print' });
    expect(
      await page.evaluate(() =>
        [...document.querySelectorAll('details.result')].map((d) => d.getBoundingClientRect().height > 300),
      ),
    ).toEqual([false, false, true, false]);
    expect(said).toEqual([]);
    await page.close();
  });
});
