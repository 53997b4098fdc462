// Every result with mappings is drawn in full, whichever command wrote it; files from before they said so much are still read.

import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../cli/run.js';
import { resultFiles } from '../support/reports.js';

let files: Readonly<Record<string, string>>;
beforeAll(async () => void (files = await resultFiles()));

const results = ['map.json', 'mapped-hierarchy.json', 'codesign.json', 'weighted.json', 'prove.json'];
const designs = ['design.json', 'hierarchy.json', 'collectors.json'];
const kinds = [...results, ...designs];

async function pageOf(name: string, content = files[name]!) {
  const { code, err, written } = await run(['report', name, '-o', 'r.html'], { [name]: content });
  expect({ code, err }).toEqual({ code: 0, err: 'wrote r.html: one result\n' });
  const { document } = parseHTML(written.get('r.html')!);
  const figures = new Map(
    [...document.querySelectorAll('figure')].map((f) => [f.querySelector('strong')!.textContent!, f]),
  );
  return { document, figures, lead: document.querySelector('.lead')!.textContent! };
}

const units = { mJ: 1e9, uJ: 1e6, nJ: 1e3, pJ: 1 } as const;
/** Of a bar's parts, which the browser shows where the pointer rests. */
const notes = (figure: Element) =>
  [...figure.querySelectorAll('.wide rect title')].map(
    (t) => /^(.*), (.*): ([\d.e+-]+)$/.exec(t.textContent!)!.slice(1) as [string, string, string],
  );

interface Layer {
  name: string;
  count: number;
  counts?: number[];
  energy: number;
  cycles: number;
  layer?: unknown;
  parts?: Record<string, number>;
  mapping: { levels: { name: string }[] };
}
interface File {
  networks?: { weight: number }[];
  witness?: { layers: Layer[]; energy: number };
  layers: Layer[];
  energy: unknown;
  hardware?: { machine?: unknown; technology?: unknown };
  conventions?: string;
}
const dataOf = (name: string) => JSON.parse(files[name]!) as File;
const layersOf = (f: File) => f.witness?.layers ?? f.layers;
const often = (f: File, l: Layer) =>
  l.counts && f.networks ? l.counts.reduce((n, c, i) => n + c * f.networks![i]!.weight, 0) : l.count;
/** As if an older magnet had written it. */
function before(name: string): string {
  const file = dataOf(name);
  delete file.hardware;
  if (file.networks) delete file.conventions;
  for (const l of layersOf(file)) {
    delete l.layer;
    delete l.parts;
  }
  return JSON.stringify(file);
}

describe('law: every kind of result with mappings', () => {
  test.each(kinds)('%s has its machine, energy, time, a roofline and loop nests', async (name) => {
    const { document, figures } = await pageOf(name);
    for (const title of ['Energy of every layer by component', 'Time and utilisation of every layer', 'Roofline'])
      expect([...figures.keys()]).toContain(title);
    expect([...document.querySelectorAll('h3')].map((h) => h.textContent)).toContain('The machine');
    expect(document.querySelectorAll('details pre').length).toBe(layersOf(dataOf(name)).length);
  });

  test.each(kinds)('%s: no layer lies above a roof', async (name) => {
    const figure = (await pageOf(name)).figures.get('Roofline')!;
    const peak = Number(/peak ([\d,]+) MACs/.exec(figure.textContent!)![1]!.replaceAll(',', ''));
    const points = [...figure.querySelectorAll('.wide circle title')].map((t) =>
      /: ([\d.e+]+) MACs per cycle, ([\d.e+]+) MACs per byte of [\w ]+, ([\d.e+]+) bytes per cycle/
        .exec(t.textContent!)!
        .slice(1)
        .map(Number),
    );
    expect(points).toHaveLength(layersOf(dataOf(name)).length);
    for (const [y, x, bytes] of points) {
      expect(y).toBeLessThanOrEqual(peak * 1.001);
      expect(y).toBeLessThanOrEqual(x! * bytes! * 1.001);
    }
  });

  test.each(kinds)('%s: the causes of every layer sum to its cycles, and something binds it', async (name) => {
    const file = dataOf(name);
    const { document, figures } = await pageOf(name);
    const figure = figures.get('Time and utilisation of every layer')!;
    const power = { cycles: 1, 'thousand cycles': 1e3, 'million cycles': 1e6 }[
      /((?:thousand |million )?cycles)/.exec(figure.querySelector('.wide')!.textContent!)![1] as 'cycles'
    ];
    const bound = [...document.querySelectorAll('table')].find((t) => t.textContent!.includes('and these by cause'))!;
    for (const l of layersOf(file)) {
      const bar = notes(figure).filter(([bar]) => bar.replace(/ \([\d.]+x\)$/, '') === l.name);
      expect((bar.reduce((n, [, , value]) => n + Number(value), 0) * power) / (often(file, l) * l.cycles)).toBeCloseTo(
        1,
        3,
      );
    }
    const rows = [...bound.querySelectorAll('tbody tr')].map((r) => [...r.children].map((c) => c.textContent!));
    expect(rows).toHaveLength(layersOf(file).length);
    for (const row of rows) {
      expect(row[2]).toMatch(
        /^(multipliers|DRAM .*|GlobalBuffer .*|global buffer .*|\w+ (reads|writes|reads and writes))$/,
      );
      expect(parseFloat(row[3]!)).toBeLessThanOrEqual(100);
    }
  });

  test.each(kinds)('%s: the stacked bars sum to the energies of the file, layer by layer', async (name) => {
    const file = dataOf(name);
    const figure = (await pageOf(name)).figures.get('Energy of every layer by component')!;
    const unit = units[/energy \((\w+)\)/.exec(figure.querySelector('.wide')!.textContent!)![1] as 'uJ'];
    for (const l of layersOf(file)) {
      const bar = notes(figure).filter(([bar]) => bar.replace(/ \([\d.]+x\)$/, '') === l.name);
      expect(bar.reduce((n, [, , value]) => n + Number(value) * unit, 0) / (often(file, l) * l.energy)).toBeCloseTo(
        1,
        3,
      );
    }
  });

  test.each(kinds)('%s: bars are stacked in the order of the legend', async (name) => {
    const svg = (await pageOf(name)).figures.get('Energy of every layer by component')!.querySelector('.wide svg')!;
    const legend = [...svg.children].filter((e) => e.tagName.toLowerCase() === 'text').map((e) => e.textContent);
    expect(legend.length).toBeGreaterThan(3);
    const parts = [...svg.querySelectorAll('rect')].flatMap((r) => {
      const [, bar, part] = /^(.*), (.*): [\d.e+-]+$/.exec(r.querySelector('title')?.textContent ?? '') ?? [];
      return bar === undefined ? [] : [{ bar, place: legend.indexOf(part!), x: Number(r.getAttribute('x')) }];
    });
    expect(parts.length).toBeGreaterThan(3);
    for (const { bar, place, x } of parts) {
      expect(place).toBeGreaterThanOrEqual(0);
      for (const other of parts)
        if (other.bar === bar && other.place > place) expect(other.x).toBeGreaterThanOrEqual(x);
    }
  });
});

test('gaps that can be seen are drawn; where there are none, a sentence says so', async () => {
  const found = JSON.parse(files['codesign.json']!) as { layers: { bound: number; gap: number }[] };
  for (const l of found.layers) Object.assign(l, { bound: 0.9 * l.bound, gap: 0.1 });
  const open = await pageOf('codesign.json', JSON.stringify(found));
  expect(open.figures.get('Gap of every layer to its lower bound')!.querySelectorAll('.wide rect title')).toHaveLength(
    layersOf(dataOf('codesign.json')).length,
  );
  const closed = await pageOf('map.json');
  expect([...closed.figures.keys()]).not.toContain('Gap of every layer to its lower bound');
  expect(closed.document.body.textContent).toMatch(/Every layer is within .* % of its lower bound/);
  // Nothing is proven of mappings that only meet limits.
  expect((await pageOf('prove.json')).document.body.textContent).not.toContain('lower bound');
});

describe('what the files say', () => {
  test.each(results)('%s: energies by component sum to the energy of every layer', (name) => {
    for (const l of layersOf(dataOf(name)))
      expect(Object.values(l.parts!).reduce((n, e) => n + e, 0) / l.energy).toBeCloseTo(1, 9);
  });

  test('of networks with weights: components sum to those of all networks', () => {
    const file = dataOf('weighted.json');
    for (const { part, energy } of file.energy as { part: string; energy: number }[]) {
      expect(file.layers.reduce((n, l) => n + often(file, l) * (l.parts![part] ?? 0), 0) / energy).toBeCloseTo(1, 9);
    }
  });
});

describe('files from before hardware and shapes were written', () => {
  test.each(results)('%s is read, drawn as far as it goes, and says what is missing', async (name) => {
    const { document, figures } = await pageOf(name, before(name));
    expect(document.body.textContent).toContain('This file does not say its machine in full');
    expect([...figures.keys()]).toContain('Time and utilisation of every layer');
    expect([...figures.keys()]).not.toContain('Roofline');
    expect(document.querySelectorAll('details pre').length).toBe(layersOf(dataOf(name)).length);
    expect(document.body.textContent).not.toMatch(/undefined|NaN/);
  });
});

describe('the first line', () => {
  test.each([
    [
      'map.json',
      /^The 3 layers of 2 shapes of two <layers> & more take [\d.]+ \w+ and [\d.]+ us, at [\d.]+ % of the peak on simba\. Proved: no mappings have (more than \S+ % )?less energy x delay/,
    ],
    ['mapped-hierarchy.json', /on eyeriss\. How much better mappings could be is not proven\.$/],
    [
      'codesign.json',
      /^Of the [\d,]+ machines of magnet-small this is the best for two .* Proved: no machine with any mappings is better by more than 0\.5 %\.$/,
    ],
    [
      'no-machine.json',
      /^None of the [\d,]+ machines of magnet-small runs .* within the limits: the smallest machine of magnet-small takes 3\.000 mm2, more than the limit\.$/,
    ],
    ['prove.json', /^Yes: simba runs .* within latency=1s/],
    ['excluded.json', /^No: of .* on simba it is proven that latency=1us and energy=1nJ exclude each other/],
    ['front.json', /^\d designs, from [\d.]+ \w+ at [\d.]+ \w+ to /],
  ])('of %s says what was found and what is proven', async (name, words) => {
    expect((await pageOf(name)).lead).toMatch(words);
  });

  test('a machine on which limits exclude each other is drawn too', async () => {
    expect([...(await pageOf('excluded.json')).figures.keys()]).toEqual(['simba', 'Area by part']);
  });
});

describe('what contradicts itself', () => {
  const refused = async (name: string, change: (file: File) => void) => {
    const file = dataOf(name);
    change(file);
    const { code, err, written } = await run(['report', name], { [name]: JSON.stringify(file) });
    expect({ code, written: [...written.keys()] }).toEqual({ code: 3, written: [] });
    return err;
  };

  test.each(results)(
    '%s: what the hardware lacks, shapes that are missing and mappings of other machines are named',
    async (name) => {
      expect(await refused(name, (f) => delete f.hardware!.technology)).toContain(
        'hardware.technology: is missing; expected a technology',
      );
      expect(await refused(name, (f) => void (f.hardware!.machine = { levels: 3 }))).toContain(
        'hardware.machine.levels',
      );
      expect(await refused(name, (f) => delete layersOf(f)[1]!.layer)).toContain(
        'layers.1.layer: is missing; expected the shape of',
      );
      expect(await refused(name, (f) => void (layersOf(f)[0]!.mapping.levels[1]!.name = 'Attic'))).toContain(
        'mapping for another machine',
      );
    },
  );

  test.each(results)('%s: figures of another cost model are pointed out', async (name) => {
    const file = dataOf(name);
    layersOf(file)[0]!.energy *= 2;
    expect((await pageOf(name, JSON.stringify(file))).document.body.textContent).toContain(
      '1 figure of the file is not what this cost model says',
    );
  });
});
