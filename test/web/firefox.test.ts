// The page in Firefox: what it shows first, a question run to its end and one that asks Z3, with the command line's answers and nothing
// asked elsewhere; from "magnet web", and from a host of plain files, where threads share memory by the page's own service worker.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.js';
import { run } from '../cli/run.js';
import { Firefox, firefoxPath } from '../support/firefox.js';
import type { ServedSite } from '../support/site.js';
import { beyondOrigin, engine, servedSite } from '../support/site.js';

const path = firefoxPath('pages of "magnet web"');

describe.skipIf(path === undefined)('the page in Firefox', () => {
  let opened: { readonly site: ServedSite; readonly firefox: Firefox } | undefined;
  afterEach(async () => {
    await opened?.firefox.close();
    opened?.site.server.closeAllConnections();
    opened?.site.server.close();
  });

  async function open(how: { readonly plain: boolean }) {
    const [site, firefox] = [await servedSite(how), await Firefox.open(path!)];
    opened = { site, firefox };
    await firefox.goTo(`${site.origin}/`);
    // A plain host's page opens twice.
    await firefox.until(`crossOriginIsolated && !!document.querySelector('#section figure svg')`);
    await firefox.until(`document.querySelector('#about').textContent !== ''`);
    return opened;
  }
  const textOf = (firefox: Firefox, selector: string) =>
    firefox.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
  /** As somebody who chooses or types it. */
  const give = (firefox: Firefox, selector: string, value: string) =>
    firefox.evaluate(`(() => {
      const field = document.querySelector(${JSON.stringify(selector)});
      field.value = ${JSON.stringify(value)};
      for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
    })()`);
  async function solve(firefox: Firefox): Promise<void> {
    await firefox.until(`/^5 layers /.test(document.querySelector('#about').textContent)`);
    await firefox.until(`!document.querySelector('#run').disabled`);
    await firefox.evaluate(`document.querySelector('#run').click()`);
    await firefox.until(`document.querySelectorAll('#list tr').length === 1`);
  }

  test('shows its example, and maps a network as the command line does, in silence and within its origin', async () => {
    const { site, firefox } = await open({ plain: false });
    expect(await textOf(firefox, '#section .badge')).toBe('proved optimal');
    await give(firefox, '#network', 'lenet');
    await solve(firefox);
    expect(await textOf(firefox, '#shown-title')).toBe('lenet on simba');
    const design = readFileSync(await firefox.handed('button[data-file="design"]'), 'utf8');
    const { written } = await run(['map', 'lenet', '--arch', 'simba', '--design', 'd.json', '-q'], {}, { version });
    // Who ran it is all that differs.
    expect(design.replace(engine, '')).toBe(written.get('d.json')!.replace(engine, ''));
    expect(engine.exec(design)?.[0]).toContain('Firefox');
    expect(firefox.said).toEqual([]);
    expect(firefox.asked.length).toBeGreaterThan(5);
    expect(beyondOrigin(site.origin, firefox.asked)).toEqual([]);
  });

  test('proves by Z3 on a plain host', async () => {
    const { site, firefox } = await open({ plain: true });
    await firefox.evaluate(`document.querySelector('input[name="verb"][value="prove"]').click()`);
    await give(firefox, '#network', 'lenet');
    const limits = ['latency=20us', 'energy=4uJ'];
    await give(firefox, '#limits', limits.join(', '));
    await solve(firefox);
    expect(await textOf(firefox, '#parts')).toMatch(/^Z3 is there/);
    const result = JSON.parse(readFileSync(await firefox.handed('button[data-file="result"]'), 'utf8')) as object;
    const line = [
      'prove',
      'lenet',
      '--arch',
      'simba',
      ...limits.flatMap((l) => ['--limit', l]),
      '--json',
      'p.json',
      '-q',
    ];
    const { written } = await run(line, {}, { version });
    const own = JSON.parse(written.get('p.json')!) as { readonly status: string; readonly seconds: number };
    expect(own.status).toBe('infeasible');
    expect({ ...result, seconds: own.seconds }).toEqual(own);
    expect(firefox.said).toEqual([]);
    expect(beyondOrigin(site.origin, firefox.asked)).toEqual([]);
  });
});
