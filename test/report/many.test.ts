// A page of many jobs: a summary first, what jobs share drawn once, jobs closed, a table that can be sorted; and small.

import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { sorting, sortingHash } from '../../src/report/page/sorting.js';
import { run } from '../cli/run.js';
import { resultFiles } from '../support/reports.js';

let files: Readonly<Record<string, string>>;
beforeAll(async () => void (files = await resultFiles()));

/** Lines of a batch file whose jobs have these results in turn. */
function batch(results: readonly string[], jobs: number): string {
  const asked = Array.from({ length: jobs }, (_, job) => ({ job, key: `k${job}`, label: `job <${job}>` }));
  const lines = asked.map(({ job, key, label }) => {
    const result = JSON.parse(files[results[job % results.length]!]!);
    return {
      job,
      key,
      label,
      kind: 'map',
      status: 'optimal',
      settled: true,
      objective: result.objective ?? null,
      bound: result.bound ?? null,
      gap: 0,
      seconds: 1 + job,
      reason: '',
      result,
    };
  });
  return [{ schema: 'magnet-batch/1', magnet: 'test', digest: 'd', jobs, shard: null, asked }, ...lines]
    .map((l) => JSON.stringify(l))
    .join('\n');
}

async function pageOf(results: readonly string[], jobs: number) {
  const { code, err, written } = await run(['report', 'b.jsonl', '-o', 'r.html', '--markdown', 'r.md', '-q'], {
    'b.jsonl': batch(results, jobs),
  });
  expect({ code, err }).toEqual({ code: 0, err: `wrote r.html: ${jobs} results\nwrote r.md: ${jobs} results\n` });
  const html = written.get('r.html')!;
  return { html, markdown: written.get('r.md')!, document: parseHTML(html).document };
}

describe('a page of many jobs', () => {
  test('begins with a figure and a table, and its jobs are closed', async () => {
    const { document } = await pageOf(['map.json', 'codesign.json', 'prove.json'], 12);
    expect(document.querySelector('h1')!.textContent).toBe('Batch of 12 jobs');
    expect(document.querySelector('main figure strong')!.textContent).toBe('Energy and time of every job');
    expect(document.querySelectorAll('details.result')).toHaveLength(12);
    expect([...document.querySelectorAll('details.result')].some((d) => d.hasAttribute('open'))).toBe(false);
    expect(document.querySelectorAll('main figure:first-of-type .wide circle title')).toHaveLength(12);
    // Every name leads to its job.
    const links = [...document.querySelectorAll('table.sortable tbody th a')];
    expect(links.map((a) => a.textContent)).toEqual(Array.from({ length: 12 }, (_, i) => `job <${i}>`));
    for (const a of links)
      expect(
        document.querySelector(`details.result ${a.getAttribute('href')}`)!.parentElement!.querySelector('h2')!
          .textContent,
      ).toContain(a.textContent!);
  });

  test('long names wrap, and what is not mapped stands in the note of its job', async () => {
    const label = 'a network with a name as long as those of exporters are on simba, edp';
    const left = [{ operator: 'acme.Mystery', count: 1, macs: 1000 }];
    const lines = batch(['map.json'], 2)
      .replaceAll('job <0>', label)
      .split('\n')
      .map((line, i) => {
        const data = JSON.parse(line) as { readonly result?: object };
        return i === 1
          ? JSON.stringify({ ...data, result: { ...data.result, unmapped: left, mappedMacs: 3000 } })
          : line;
      });
    const { written } = await run(['report', 'b.jsonl', '-o', 'r.html'], { 'b.jsonl': lines.join('\n') });
    const { document } = parseHTML(written.get('r.html')!);
    const rows = [...document.querySelectorAll('table.sortable tbody tr')];
    expect(rows.map((r) => r.querySelector('th')!.className)).toEqual(['long', '']);
    expect(rows.map((r) => r.lastElementChild!.textContent)).toEqual(['25.0 % of MACs not mapped', '']);
    expect(document.body.textContent).toContain('In 1 job the network is more than its mapped layers');
  });

  test('what jobs share is drawn once, and they lead to it', async () => {
    const { document, markdown } = await pageOf(['map.json', 'prove.json'], 8);
    const drawings = [...document.querySelectorAll('figure strong')].filter((s) => s.textContent === 'simba');
    expect(drawings).toHaveLength(1);
    expect(markdown.split('*simba.*')).toHaveLength(2);
    const leading = [...document.querySelectorAll('details.result a')].filter((a) =>
      /machine simba/.test(a.textContent!),
    );
    expect(leading).toHaveLength(8);
    for (const a of leading) expect(document.querySelector(a.getAttribute('href')!)!.contains(drawings[0]!)).toBe(true);
    // Alone it is drawn in its place.
    const alone = parseHTML((await run(['report', 'map.json', '-o', 'r.html'], files)).written.get('r.html')!).document;
    expect([...alone.querySelectorAll('figure strong')].filter((s) => s.textContent === 'simba')).toHaveLength(1);
    expect(alone.querySelectorAll('a[href^="#shared"]')).toHaveLength(0);
  });

  test('more than forty jobs have no figures of their own, and 200 stay small', async () => {
    const { html, document } = await pageOf(['map.json', 'codesign.json'], 200);
    expect(document.querySelectorAll('details.result figure')).toHaveLength(0);
    expect(document.body.textContent).toContain('With more than 40 jobs the figures of single jobs are left out');
    expect(html.length / 200).toBeLessThan(16_000);
  });

  test('only its own script may run, and only where there is a table to sort', async () => {
    expect(sortingHash).toBe(`sha256-${createHash('sha256').update(sorting).digest('base64')}`);
    const { html } = await pageOf(['map.json'], 2);
    expect(html).toContain(`script-src '${sortingHash}'"`);
    expect(html.split('<script>')).toHaveLength(2);
    const one = (await run(['report', 'map.json', '-o', 'r.html'], files)).written.get('r.html')!;
    expect(one).not.toMatch(/<script|script-src/);
  });
});
