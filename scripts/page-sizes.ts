// `npx tsx scripts/page-sizes.ts`: what the page fetches, part by part, packed as a server packs it: the table of docs/web.md, in Chromium.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { root } from '../test/support/built.js';
import { chromiumPath } from '../test/support/chromium.js';
import { askFor, give, handed, ready, Site, solve } from '../test/support/site.js';

/** What is asked in turn, each beside all before: its name in the table, and what is counted apart of it. */
interface Step {
  readonly name: string;
  readonly apart?: readonly [name: string, of: RegExp];
  readonly act: (page: Page) => Promise<unknown>;
}

let runs = 0;
const asks = (fields: Readonly<Record<string, string | boolean>>) => async (page: Page) => {
  await askFor(page, { network: 'lenet', ...fields });
  await solve(page, runs++, 200_000);
};
const hardware = (button: string) => async (page: Page) => {
  await page.click(button);
  await page.waitForSelector('#hardware-progress:not([hidden])');
  await page.waitForSelector('#hardware-progress', { state: 'hidden', timeout: 500_000 });
};
const small = 'template: { base: magnet, rows: 1, columns: 1, numLanes: 1, vectorSize: 2 }\n';
const layers = 'few:\n  - { name: one, K: 4, C: 8 }\n';
const trained = (name: string) => readFileSync(join(root, 'trained', name));

const steps: readonly Step[] = [
  { name: 'the page, its example, and the check of a question', act: ready },
  { name: 'mapping and its report', act: asks({}) },
  {
    name: 'layers looked into',
    async act(page) {
      await page.click('#layers summary');
      await page.locator('#layer-bars button').first().click();
      await page.waitForSelector('#layer-detail pre');
    },
  },
  { name: 'co-design', act: asks({ verb: 'codesign', space: 'magnet-small', residency: 'none' }) },
  { name: 'schedules', act: asks({ verb: 'schedule', residency: 'may' }) },
  {
    name: 'comparisons',
    act: asks({ verb: 'compare', over: 'machine', strategies: 'enumerate, random', timeLimit: '500ms', repeat: '1' }),
  },
  {
    name: 'proofs',
    apart: ['Z3', /z3/],
    act: asks({ verb: 'prove', over: 'machine', limits: 'latency=10us', timeLimit: '1min' }),
  },
  {
    name: 'quantization',
    async act(page) {
      const [name, file] = ['fashion-resnet8.onnx', 'fashion-mnist.npz'];
      await give(page, { [name]: trained(name), [file]: trained(file) });
      await asks({ verb: 'quantize', network: name, samples: `${file}#validation_images` })(page);
    },
  },
  {
    name: 'accuracy',
    act: (page) =>
      asks({
        ...{ verb: 'accuracy', network: 'fashion-resnet8.onnx', samples: 'fashion-mnist.npz#validation_images' },
        ...{ data: 'fashion-mnist.npz#test_images', labels: 'fashion-mnist.npz#test_labels' },
      })(page),
  },
  {
    name: 'a machine not made from the template',
    act: asks({ verb: 'map', limits: '', machine: 'eyeriss', timeLimit: '2s' }),
  },
  {
    name: 'Verilog',
    async act(page) {
      await give(page, { 'small.yaml': small, 'few.yaml': layers });
      await asks({ verb: 'map', network: 'few.yaml', machine: 'small.yaml', timeLimit: '60s' })(page);
      await handed(page, 'verilog');
    },
  },
  {
    name: 'simulation',
    apart: ['Yosys', /yosys/],
    async act(page) {
      await page.click('#hardware summary');
      await hardware('#simulate')(page);
    },
  },
  { name: 'synthesis', act: hardware('#synthesize') },
];

const site = await Site.open(chromiumPath('the sizes of the page') ?? '');
const { page, asked } = await site.page({ kept: false });
const seen = new Set<string>();
const packed = new Map<string, readonly [packed: number, plain: number]>();
const kb = (bytes: number) => Math.round(bytes / 1000).toLocaleString('en-US');
for (const { name, apart, act } of steps) {
  await act(page);
  const files = [...new Set(asked.filter((url) => url.startsWith(`${site.origin}/`)))]
    .map((url) => new URL(url).pathname.slice(1) || 'index.html')
    .filter((file) => file !== 'sw.js' && !seen.has(file));
  for (const file of files) {
    seen.add(file);
    const bytes = readFileSync(join(site.folder, file));
    packed.set(file, [gzipSync(bytes).length, bytes.length]);
  }
  const [other, pattern] = apart ?? ['', /$^/];
  for (const [title, own] of [
    [name, files.filter((file) => !pattern.test(file))],
    ...(apart ? [[other, files.filter((file) => pattern.test(file))] as const] : []),
  ] as const) {
    const sum = (i: 0 | 1) => own.reduce((n, file) => n + (packed.get(file)?.[i] ?? 0), 0);
    console.log(`| ${title} | ${own.length} | ${kb(sum(0))} | ${kb(sum(1))} as they are |`);
    if (own.length <= 8)
      console.log(`    ${own.map((file) => `${file} ${kb(packed.get(file)?.[0] ?? 0)}`).join(', ')}`);
  }
}
await site.close();
