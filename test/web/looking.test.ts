// What the page shows to a hand, by keyboard: constants behind bars, layers, steps, a front; and files of one's own.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { layerDetails } from '../../src/library/layer-details.js';
import { parseDesign } from '../../src/results/design-file.js';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { chromiumPath } from '../support/chromium.js';
import { askFor, engine, give, handed, isEnabled, Site, solve } from '../support/site.js';

const executablePath = chromiumPath('what pages of "magnet web" show to a hand');

describe.skipIf(executablePath === undefined)('the page', () => {
  let site: Site;

  beforeAll(async () => {
    site = await Site.open(executablePath!);
  }, 120_000);
  afterAll(() => site?.close());
  afterEach(() => site.closePages());

  test('tells count x energy of a bar with its source, and a layer as a whole, without a pointer', async () => {
    const { page, said } = await site.page();
    const design = (JSON.parse(readFileSync(join(site.folder, 'example.json'), 'utf8')) as { design: string }).design;
    const read = parseDesign(design, 'design.json');
    const details = read.ok ? layerDetails(read.value) : [];
    await page.focus('#layers summary');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.layer');
    expect(await page.locator('.layer').count()).toBe(details.length);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    const [first] = details;
    const [part] = first!.parts;
    const told = await page.textContent('#layer-says');
    expect(told).toContain(`${first!.name}, ${part!.part}`);
    for (const { count, place, what } of part!.actions)
      expect(told).toContain(`${place}, ${what}: ${Math.round(count).toLocaleString('en')} x `);
    expect(told).toContain(part!.actions[0]!.constants[0]!.source);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.lanes svg');
    expect(await page.textContent('.layer-view h3')).toBe(details[1]!.name);
    expect((await page.textContent('.layer-view pre'))!.trim()).toBe(details[1]!.nest.trim());
    expect(await page.locator('.room').count()).toBe(details[1]!.memories.length);
    expect(await page.getAttribute('.roofline', 'aria-label')).toMatch(/MACs a cycle/);
    const before = await page.textContent('.layer-view p[role="status"]');
    await page.focus('.layer-view input[type="range"]');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (old) => document.querySelector('.layer-view p[role="status"]')!.textContent !== old,
      before,
    );
    expect(said).toEqual([]);
  }, 60_000);

  test('shows the machine of each point along a front, as the command line traces it', async () => {
    const { page, said } = await site.page();
    const of = { space: 'magnet-small', objective: 'energy', front: 'latency', points: '3' };
    await askFor(page, { verb: 'codesign', network: 'lenet', ...of });
    await solve(page, 0, 100_000);
    const line = ['codesign', 'lenet', '--space', 'magnet-small', '--pareto', 'energy,latency', '--points', '3'];
    const { written } = await run([...line, '--json', 'f.json', '-q'], {}, { version });
    const timeless = (text: string) => JSON.parse(text, (k, v: unknown) => (k === 'seconds' ? 0 : v)) as { points: [] };
    const front = timeless(await handed(page, 'result'));
    expect(front).toEqual(timeless(written.get('f.json')!));
    await page.waitForSelector('.front-machine h2');
    const last = await handed(page, 'design');
    await page.focus('#front-at');
    await page.keyboard.press('Home');
    await page.waitForTimeout(400);
    const first = await handed(page, 'design');
    expect(first).not.toBe(last);
    const [low, high] = [first, last].map((text) => (JSON.parse(text) as { totals: { cycles: number } }).totals.cycles);
    expect(low).toBeLessThan(high!);
    expect(await page.textContent('#front-says')).toContain(`at latency ${low!.toLocaleString('en')} cycles`);
    expect(said).toEqual([]);
  }, 150_000);

  test('takes machines, spaces, technologies and designs of the user, as the command line does', async () => {
    const { page, said } = await site.page();
    const files = {
      'mine.yaml': 'template: { base: simba, weightBuffer: 16KB }\n',
      'few.yaml': 'space: { base: magnet-small, rows: [1, 2], columns: 1 }\n',
      'cheap.yaml': 'name: cheap\nbase: 16nm\nconstants: { dramEnergy: { value: 1000, source: a test } }\n',
    };
    await give(page, files);
    expect(await page.inputValue('#machine')).toBe('mine.yaml');
    expect(await page.inputValue('#technology')).toBe('cheap.yaml');
    await askFor(page, { network: 'lenet' });
    await solve(page, 0);
    const design = await handed(page, 'design');
    const line = ['map', 'lenet', '--arch', 'mine.yaml', '--technology', 'cheap.yaml', '--design', 'd.json', '-q'];
    const { written } = await run(line, files, { version });
    expect(design.replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    await give(page, { 'made.json': design });
    expect(await page.textContent('#shown-title')).toBe('made.json');
    expect((await handed(page, 'verilog')).startsWith('PK')).toBe(true);
    await askFor(page, { verb: 'codesign', space: 'few.yaml' });
    expect(await page.textContent('#faults')).toBe('');
    // What is wrong with a file that is edited is said while it is typed.
    await askFor(page, { verb: 'map', machine: 'simba', technology: '' });
    await page.click('button[data-edit="machine"]');
    await page.waitForFunction(() =>
      /template/.test(document.querySelector<HTMLTextAreaElement>('#editor-text')!.value),
    );
    const text = await page.inputValue('#editor-text');
    await page.fill('#editor-text', text.replace(/vectorSize: \d+/, 'vectorSize: many'));
    await page.waitForFunction(() => /vectorSize/.test(document.querySelector('#faults')!.textContent));
    expect(await page.isDisabled('#run')).toBe(true);
    await page.fill('#editor-text', text.replace(/vectorSize: \d+/, 'vectorSize: 16'));
    await isEnabled(page);
    expect(await page.inputValue('#machine')).toBe('my-simba.yaml');
    expect(said).toEqual([]);
  }, 100_000);

  test('says what a file is where it is none of these', async () => {
    const { page } = await site.page();
    await give(page, { 'odd.txt': 'nothing' });
    expect(await page.textContent('#faults')).toMatch(/^odd\.txt: expected an \.onnx file/);
  });
});
