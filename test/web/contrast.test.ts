// Law: text of the page stands out from what is behind it as WCAG 2 asks at level AA, by day and by night; measured in the browser.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../support/chromium.js';
import { openQuestion, ready, Site } from '../support/site.js';

const executablePath = chromiumPath('colours of pages of "magnet web"');

/** Of every text outside pictures, with what is behind it: those below 4.5, or 3 where it is large. */
const faint = (page: Page) =>
  page.evaluate(() => {
    type Color = readonly [number, number, number, number];
    const colorOf = (text: string): Color => {
      if (!/^rgba?\(/.test(text)) throw new Error(`${text} is a colour of another form`);
      const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, a];
    };
    const over = ([r, g, b, a]: Color, [R, G, B]: Color): Color => [
      r * a + R * (1 - a),
      g * a + G * (1 - a),
      b * a + B * (1 - a),
      1,
    ];
    const behind = (element: Element | null): Color =>
      element ? over(colorOf(getComputedStyle(element).backgroundColor), behind(element.parentElement)) : [0, 0, 0, 1];
    const luminance = ([r, g, b]: Color) => {
      const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
    };
    let looked = 0;
    const low: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement!;
      const text = walker.currentNode.textContent!.trim();
      if (text === '' || element.closest('svg, script, style, :disabled, .hidden, .skip')) continue;
      if (!element.checkVisibility() || element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const ground = behind(element);
      const [a, b] = [luminance(over(colorOf(style.color), ground)), luminance(ground)].sort((x, y) => y - x);
      const ratio = (a! + 0.05) / (b! + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      looked++;
      if (ratio < (isLarge ? 3 : 4.5)) low.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
    }
    return { looked, low };
  });

describe.skipIf(executablePath === undefined)('text of the page stands out', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  test.each([
    ['by day', false],
    ['by night', true],
  ])('%s, with everything unfolded and a fault', async (_, dark) => {
    const { page } = await site.page({ dark });
    await ready(page);
    await openQuestion(page);
    await page.fill('#limits', 'latency=soon');
    await page.waitForSelector('#faults li');
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)));
    await page.waitForSelector('.layer');
    const { looked, low } = await faint(page);
    expect(looked).toBeGreaterThan(300);
    expect(low).toEqual([]);
    // The measure sees what is too faint.
    await page.addStyleTag({ content: '.says{color:var(--grid)!important}' });
    expect((await faint(page)).low.length).toBeGreaterThan(0);
  });
});
