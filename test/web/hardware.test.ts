// The generated Verilog at work in a real browser: a layer simulated, a machine synthesized, with the command line's results.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Tools } from '../../src/cli/hardware/hardware-tools.js';
import { version } from '../../src/base/version.js';
import { parseDesign } from '../../src/results/design-file.js';
import { runTime } from '../../src/sim/engines.js';
import { simulateLayer } from '../../src/sim/simulate.js';
import { synthTask } from '../../src/sim/synth/synth-task.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import type { Opened } from '../support/site.js';
import { give, handed, rowsFound, rowsPrinted, Site } from '../support/site.js';
import { duration } from '../../web/page/quantities.js';

const executablePath = chromiumPath('the hardware of designs in pages of "magnet web"');

/** In this process. */
const tools = (): Tools => ({
  emit: () => Promise.reject(new Error('not asked')),
  build: () => Promise.reject(new Error('not asked')),
  chain: () => Promise.reject(new Error('not asked')),
  simulate: simulateLayer,
  synthesize: synthTask,
  width: 1,
  close: () => Promise.resolve(),
});

/** What a command writes about a design, and a page: alike but for how long it took. */
const timeless = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => (/seconds$/i.test(key) || key === 'cyclesPerSecond' ? 0 : value));

const small = 'template: { base: magnet, rows: 1, columns: 1, numLanes: 1, vectorSize: 2 }\n';
const attack = '<img src=x onerror=attacked=1>';
const layers = `few:\n  - { name: long, K: 16, C: 16, P: 224, Q: 224, R: 3, S: 3 }\n  - { name: '${attack}', K: 4, C: 8 }\n`;

describe.skipIf(executablePath === undefined)('the hardware of a design', () => {
  let site: Site;
  let design: string;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
    const files = { 'small.yaml': small, 'few.yaml': layers };
    const { written } = await run(['map', 'few.yaml', '--arch', 'small.yaml', '--design', 'd.json', '-q'], files);
    design = written.get('d.json')!;
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  async function shown(text: string): Promise<Opened> {
    const opened = await site.page();
    await give(opened.page, { 'd.json': text });
    await opened.page.click('#hardware summary');
    await opened.page.waitForFunction(() =>
      /^The generated|^no /.test(document.querySelector('#hardware-says')!.textContent),
    );
    return opened;
  }
  const answered = ({ page }: Opened, timeout: number) =>
    page.waitForFunction(
      () => ['#hardware-found', '#hardware-faults'].some((id) => document.querySelector(id)!.textContent !== ''),
      undefined,
      { timeout },
    );

  test('a layer simulated: every word, the cycles and all counts, as the command line finds them', async () => {
    const opened = await shown(design);
    const { page, said, asked } = opened;
    // The shortest is chosen; what it takes is told before any of it is fetched.
    expect(await page.inputValue('#hardware-layer')).toBe('1');
    expect(await page.textContent('#hardware-says')).toMatch(/Yosys, 31 MB, which is fetched when it is first asked/);
    expect(asked.some((url) => url.includes('yosys'))).toBe(false);
    await page.click('#simulate');
    await answered(opened, 100_000);
    expect(await page.textContent('#hardware-faults')).toBe('');
    expect(await page.textContent('#hardware-found')).toMatch(
      /^4 of 4 output words are right; the Verilog took (\d+) cycles, the model says \1;/,
    );
    const line = ['simulate', 'd.json', '--layer', '1', '--json', 's.json', '-q'];
    const { code, written, out } = await run(line, { 'd.json': design }, { version }, tools);
    expect(code).toBe(0);
    expect(timeless(await handed(page, 'hardware'))).toEqual(timeless(written.get('s.json')!));
    const lines = (await page.textContent('#hardware-found pre'))!;
    expect(out).toContain(`\n\n${lines.slice(0, lines.indexOf('simulation'))}`);
    const rows = await rowsFound(page);
    for (const row of rows) expect(rowsPrinted(out)).toContainEqual(row);
    expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining(['count', 'cycles', 'total']));
    expect(await page.locator('#hardware-found th[scope="col"]').allTextContents()).toContain('difference');
    expect(await page.locator('#hardware-found caption').allTextContents()).toEqual([
      'Counts by the model and in the Verilog',
      'Energy by the counts of each',
    ]);
    expect(await page.evaluate(() => 'attacked' in window || document.querySelector('img') !== null)).toBe(false);
    expect(site.beyond(asked)).toEqual([]);
    expect(said).toEqual([]);
  }, 150_000);

  test('a long layer is announced as such, chosen from its view, and given up at once', async () => {
    const opened = await shown(design);
    const { page, said } = opened;
    const read = parseDesign(design, 'd.json');
    if (!read.ok || read.value.machine.kind !== 'template') throw new Error('the design is one of a template');
    const { cycles } = read.value.layers[0]!;
    const seconds = runTime(read.value.machine.template, cycles!);
    expect(seconds).toBeGreaterThan(30);
    expect(await page.textContent('#hardware-layer option >> nth=0')).toBe(
      `long: ${cycles!.toLocaleString('en')} cycles, about ${duration(seconds)}`,
    );
    await page.click('#layers summary');
    await page.click('.layer >> nth=0');
    await page.click('.layer-view button');
    expect(await page.inputValue('#hardware-layer')).toBe('0');
    await page.click('#simulate');
    await page.waitForFunction(() => document.querySelector('#hardware .parts')!.textContent !== '');
    const before = performance.now();
    await page.click('#hardware-cancel');
    await page.waitForSelector('#hardware-faults li');
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await page.textContent('#hardware-faults')).toBe('cancelled: nothing was found');
    expect(await page.isEnabled('#simulate')).toBe(true);
    await expect.poll(() => page.workers().length, { timeout: 5000 }).toBeLessThanOrEqual(1);
    expect(said).toEqual([]);
  }, 60_000);

  test('the machine synthesized: cells, memories and area beside the model, as the command line finds them', async () => {
    const opened = await shown(design);
    const { page, said, asked } = opened;
    await page.click('#synthesize');
    const line = ['synth', 'd.json', '--json', 's.json', '-q'];
    const [{ code, written, out }] = await Promise.all([
      run(line, { 'd.json': design }, { version }, tools),
      answered(opened, 500_000),
    ]);
    expect(code).toBe(0);
    expect(await page.textContent('#hardware-faults')).toBe('');
    const found = timeless(await handed(page, 'hardware')) as { total: { synthesized: number; model: number } };
    expect(found).toEqual(timeless(written.get('s.json')!));
    const { synthesized, model } = found.total;
    expect(await page.textContent('#hardware-found p')).toBe(
      `${synthesized.toFixed(3)} mm2 of cells and memories, the model says ${model.toFixed(3)} mm2: ` +
        `+${(100 * (synthesized / model - 1)).toFixed(1)} %.`,
    );
    const rows = await rowsFound(page);
    for (const row of rows) expect(rowsPrinted(out)).toContainEqual(row);
    expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining(['module', 'memory', 'part', 'whole chip']));
    expect(site.beyond(asked)).toEqual([]);
    expect(said).toEqual([]);
  }, 600_000);

  test('says why there is none of a machine that is no template', async () => {
    const { written } = await run(['map', 'few.yaml', '--arch', 'eyeriss', '--design', 'd.json', '-q'], {
      'few.yaml': layers,
    });
    const { page, said } = await shown(written.get('d.json')!);
    expect(await page.textContent('#hardware-says')).toMatch(
      /^no hardware: eyeriss is a hierarchy with energies of its own/,
    );
    expect(await page.isHidden('#hardware-asks')).toBe(true);
    expect(said).toEqual([]);
  }, 60_000);
});
