// Reports as pages and Markdown: the same bytes for the same results, totals that are those of the results, names that stay text.

import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseDesign } from '../../src/results/design-file.js';
import { arrangementFor } from '../../src/model/space/design.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import type { Report } from '../../src/report/page/blocks.js';
import { cards, drawing, fold, tableOf, text } from '../../src/report/page/blocks.js';
import { accountOf, energyOf, sumAccounts } from '../../src/report/page/account.js';
import { rooflineFigure, timeFigure } from '../../src/report/page/time-charts.js';
import { printHtml } from '../../src/report/page/html.js';
import { printMarkdown } from '../../src/report/page/markdown.js';
import { parseScheduleResult, printScheduleResult } from '../../src/results/schedule-result.js';
import { digits, energyText } from '../../src/report/tables/quantities.js';
import { run } from '../cli/run.js';
import { designOn, resultFiles } from '../support/reports.js';

let files: Readonly<Record<string, string>>;
beforeAll(async () => void (files = await resultFiles()));

const pageOf = async (...names: readonly string[]) => {
  const { code, err, written } = await run(['report', ...names, '--markdown', 'r.md', '-o', 'r.html'], files);
  expect({ code, err }).toEqual({
    code: 0,
    err:
      'wrote r.html: ' +
      (names.length === 1 ? 'one result' : `${names.length} results`) +
      '\n' +
      'wrote r.md: ' +
      (names.length === 1 ? 'one result' : `${names.length} results`) +
      '\n',
  });
  return {
    html: written.get('r.html')!,
    markdown: written.get('r.md')!,
    document: parseHTML(written.get('r.html')!).document,
  };
};
const all = [
  'map.json',
  'mapped-hierarchy.json',
  'design.json',
  'codesign.json',
  'weighted.json',
  'no-machine.json',
  'front.json',
  'prove.json',
  'excluded.json',
  'hierarchy.json',
  'collectors.json',
  'accuracy.json',
  'quantize.json',
  'accurate.json',
  'precisions.json',
  'schedule.json',
];

describe('a schedule', () => {
  test('has a row for each run, whose sums are its totals, and tensors that stay where the picture has them', async () => {
    const read = parseScheduleResult(JSON.parse(files['schedule.json']!));
    if (!read.ok) throw new Error('no schedule');
    const { runs, tensors, cycles, keep } = read.value;
    const { document } = await pageOf('schedule.json');
    const rows = [...document.querySelectorAll('table')].find((t) => t.textContent.includes('Runs of the machine'));
    const cells = [...rows!.querySelectorAll('tbody tr')].map((r) => [...r.children].map((c) => c.textContent));
    expect(cells.map((c) => c[1])).toEqual(runs.map((r) => r.name));
    expect(cells.reduce((n, c) => n + Number(c.at(-1)!.replaceAll(',', '')), 0)).toBe(cycles);
    const drawn = [...document.querySelectorAll('figure svg g > title')].map((t) => t.textContent);
    expect(keep.length).toBeGreaterThan(1);
    for (const { tensor, bank } of keep) {
      const { banks } = tensors.find((t) => t.name === tensor)!;
      expect(drawn).toContain(`${tensor}: ${banks} banks from ${bank} on`);
    }
    expect(document.querySelector('main')!.textContent).toContain(
      `${keep.length} of ${tensors.length} tensors that may`,
    );
  });

  test('that was not found says why, and draws nothing', async () => {
    const read = parseScheduleResult(JSON.parse(files['schedule.json']!));
    if (!read.ok) throw new Error('no schedule');
    const nothing = { value: null, bound: null, gap: null, energy: null, cycles: null, keep: [], runs: [] };
    const tensors = read.value.tensors.map(({ bank: _, ...t }) => ({ ...t, stays: false }));
    const none = { status: 'infeasible', reason: 'a run has no mapping on this machine' } as const;
    const text = printScheduleResult({ ...read.value, ...none, ...nothing, tensors });
    const { code, written } = await run('report s.json -o r.html --markdown r.md'.split(' '), { 's.json': text });
    expect(code).toBe(0);
    expect(written.get('r.md')).toContain('No schedule was found: a run has no mapping on this machine.');
    expect(parseHTML(written.get('r.html')!).document.querySelectorAll('figure')).toHaveLength(0);
  });
});

describe('a page', () => {
  test(
    'has a section for each result, figures with titles and descriptions, tables with captions, ' +
      'and nothing that is fetched or run',
    async () => {
      const { html, document } = await pageOf(...all);
      expect([...document.querySelectorAll('main > section > h2')]).toHaveLength(all.length);
      expect([...document.querySelectorAll('nav a')].map((a) => a.getAttribute('href'))).toEqual(
        [...document.querySelectorAll('main > section')].map((s) => `#${s.id}`),
      );
      const figures = [...document.querySelectorAll('figure')];
      expect(figures.length).toBeGreaterThan(15);
      for (const f of figures)
        expect(
          [...f.querySelectorAll('svg[role=img]')].map(
            (s) => [...s.querySelectorAll(':scope > title, :scope > desc')].filter((t) => t.textContent !== '').length,
          ),
        ).toEqual([2, 2]);
      for (const t of document.querySelectorAll('table')) {
        expect(t.querySelector('caption')!.textContent).not.toBe('');
        const columns = t.querySelectorAll('thead th').length;
        for (const r of t.querySelectorAll('tbody tr')) expect(r.children).toHaveLength(columns);
      }
      expect(document.querySelectorAll('script, link[rel=stylesheet], img, iframe')).toHaveLength(0);
      expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|url\((?!#)/);
      expect(html).not.toMatch(/undefined|NaN|\[object/);
      expect(new Set([...document.querySelectorAll('[id]')].map((e) => e.id)).size).toBe(
        document.querySelectorAll('[id]').length,
      );
    },
  );

  test('is the same bytes every time, and so is the Markdown', async () => {
    const [a, b] = [await pageOf(...all), await pageOf(...all)];
    expect(a.html).toBe(b.html);
    expect(a.markdown).toBe(b.markdown);
  });

  test('of a design has these parts, in this order', async () => {
    const { markdown } = await pageOf('design.json');
    const shape = markdown
      .split('\n')
      .filter((l) => /^(#|\*[A-Z0-9a-z]|[A-Z].*:$)/.test(l))
      .map((l) => l.replace(/^(\*[^.]*\.\*).*/, '$1'));
    expect(shape).toMatchInlineSnapshot(`
      [
        "# two \\<layers\\> \\& more on simba",
        "## two \\<layers\\> \\& more on simba: proved optimal",
        "### The machine",
        "*simba.*",
        "*Area by part.*",
        "### Where the energy goes",
        "*Energy of every layer by component.*",
        "Energy by component:",
        "#### Every action: count x energy",
        "Count x energy of every action, summed over all layers as often as they occur:",
        "### Where the time goes",
        "*Time and utilisation of every layer.*",
        "What is busy longest in the cycles of each layer, and these by cause:",
        "*Roofline.*",
        "### Layers and what is proven of them",
        "Layers; figures of one instance, the objective (energy x delay) in pJ\\*cycles:",
        "#### Loop nests of 2 mappings",
        "##### conv \\<1\\>, 2 times: 240.0 nJ, 637 cycles",
        "##### fc: 152.8 nJ, 303 cycles",
        "### How it came about",
        "Provenance:",
        "#### Technology 16nm: every constant with its source",
        "Constants of 16nm:",
        "Shape of SRAM macros (SRAM macros of the IHP SG13G2 open PDK, 130 nm, data sheets of 12 single-port macros of 64 to 4,096 words of 8 to 64 bits: typical power and dimensions; only proportions are used):",
        "Area of SRAM macros (12 nm macros of 4, 32 and 256 KB: 4,684, 29,142 and 183,290 um2 (RecPipe artifact)):",
      ]
    `);
  });
});

describe('totals', () => {
  test('of every design: count x energy sums to what the result says, level by level and in all', async () => {
    for (const machine of ['simba', 'magnet', 'eyeriss'] as const) {
      const design = await designOn(machine);
      const accounts = design.layers.map((l) => {
        const a = arrangementFor(design, l.mapping!)!;
        const e = evaluate(a, l.layer, l.mapping!, design.conventions);
        const entries = accountOf(a, l.layer, e);
        a.levels.forEach((level, i) =>
          expect(
            energyOf(entries.filter((x) => x.place === level.name || x.place === `wires below ${level.name}`)),
          ).toBeCloseTo(e.levels[i]!.energy, 6),
        );
        return { count: l.count, entries };
      });
      const whole = energyOf(sumAccounts(accounts));
      expect(Math.abs(whole / design.totals!.energy - 1)).toBeLessThan(1e-12);
    }
  });

  test('stand on the page as in the file', async () => {
    const { document } = await pageOf('design.json');
    const design = parseDesign(files['design.json']!, 'design.json');
    if (!design.ok) throw new Error('a design that was just written');
    const shown = energyText(design.value.totals!.energy);
    const card = [...document.querySelectorAll('.cards div')].find(
      (d) => d.querySelector('dt')!.textContent === 'Energy',
    )!;
    expect(card.querySelector('b')!.textContent).toBe(shown);
    const sums = [...document.querySelectorAll('tr.sum')].map((r) => [...r.children].map((c) => c.textContent));
    expect(sums).toHaveLength(2);
    for (const row of sums) expect(row).toContain(shown.split(' ')[0]);
    // Rows of the table of components: count x pJ each is their energy.
    const rows = [...document.querySelectorAll('details tbody tr:not(.sum)')]
      .filter((r) => r.children.length === 6)
      .map((r) => [...r.children].map((c) => Number((c.textContent ?? '').replaceAll(',', ''))));
    expect(rows.length).toBeGreaterThan(10);
    const scale = { mJ: 1e9, uJ: 1e6, nJ: 1e3, pJ: 1 }[shown.split(' ')[1] as 'uJ'];
    for (const [, , count, each, energy] of rows) expect((count! * each!) / scale / energy!).toBeCloseTo(1, 2);
  });

  test('of time: both parts of a bar are its cycles', () => {
    const f = timeFigure([
      { name: 'a', cycles: 5_000_000, utilization: 0.25 },
      { name: 'b', cycles: 1_000_000, utilization: 1 },
    ]);
    expect(f.series.map((s) => s.values)).toEqual([
      [1.25, 1],
      [3.75, 0],
    ]);
    expect(f.description).toContain(digits((100 * 2.25) / 6).slice(0, 4));
  });
});

const nasty = '<img src=x onerror="alert(1)"> & \'"`|*_';
describe('names', () => {
  const report = (s: string): Report => ({
    title: s,
    version: s,
    sections: [
      {
        title: s,
        source: s,
        summary: s,
        status: { text: s, mood: 'good' },
        blocks: [
          text(s),
          cards({ name: s, value: s, note: s }),
          tableOf(s, [s, `>${s}`], [[s, s]]),
          { kind: 'code', text: s },
          fold(s, text(s)),
          drawing(
            rooflineFigure(4, [
              { name: s, macs: 9, cycles: 9, channels: [{ name: s, bytesPerCycle: 2, bytes: 9, busy: 4.5 }] },
            ]),
          ),
          drawing({
            kind: 'machine',
            title: s,
            panels: [
              {
                name: s,
                outside: { name: s, lines: [s], color: 0 },
                rows: [
                  { kind: 'arrow', text: s },
                  { kind: 'grid', rows: 40, columns: 1, part: { name: s, lines: [], color: 1 } },
                ],
              },
            ],
          }),
        ],
      },
    ],
  });

  test('stay text, whatever they hold', () => {
    const { document } = parseHTML(printHtml(report(nasty)));
    expect(document.querySelectorAll('img, [onerror]')).toHaveLength(0);
    expect(document.querySelector('h1')!.textContent).toBe(nasty);
    expect(document.querySelector('tbody td')!.textContent).toBe(nasty);
    expect(document.querySelector('pre')!.textContent).toBe(nasty);
    expect(printMarkdown(report(nasty))).not.toMatch(/(?<!\\)<img(?![\s\S]*```)/);
  });

  test('law: tags are balanced and tables keep their columns with any names', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        const html = printHtml(report(s));
        const count = (pattern: RegExp) => (html.match(pattern) ?? []).length;
        for (const tag of ['section', 'table', 'figure', 'details', 'svg', 'td', 'text'])
          expect(count(new RegExp(`<${tag}[ >]`, 'g')) - count(new RegExp(`<${tag}[^>]*/>`, 'g'))).toBe(
            count(new RegExp(`</${tag}>`, 'g')),
          );
        const rows = printMarkdown(report(s))
          .split('\n')
          .filter((l) => l.startsWith('| ') && l.endsWith(' |'));
        for (const r of rows) expect(r.match(/(?<!\\)\|/g)).toHaveLength(3);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
