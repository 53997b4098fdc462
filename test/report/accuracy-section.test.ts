// Accuracy in a report: what pictures show is what the files say, and several precisions of one network stand beside each other.

import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAccuracyResult } from '../../src/results/accuracy-result.js';
import { parseQuantizeResult } from '../../src/results/quantize-result.js';
import { parseResultFile } from '../../src/results/result-file.js';
import { acrossResults, sectionsOf } from '../../src/report/page/report-of.js';
import type { Block } from '../../src/report/page/blocks.js';
import { run } from '../cli/run.js';
import { classifierFiles, resultFiles } from '../support/reports.js';

let files: Readonly<Record<string, string>>;
beforeAll(async () => {
  const small = classifierFiles();
  const measured = (bits: string) =>
    run(
      [
        ...'accuracy classifier.onnx --data labelled.csv --calibrate labelled.csv --first 40 --divide 16 -q'.split(' '),
        '--bits',
        bits,
        '--json',
        `${bits}.json`,
      ],
      small,
    );
  const made = await Promise.all(['w8a8', 'w4a4'].map(measured));
  files = { ...(await resultFiles()), ...Object.fromEntries(made.flatMap(({ written }) => [...written])) };
});

const blocksOf = (name: string): readonly Block[] => {
  const read = parseResultFile(JSON.parse(files[name]!));
  if (!read.ok) throw new Error(read.diagnostics[0]?.message);
  const sections = sectionsOf(name, read.value);
  if (!sections.ok) throw new Error(name);
  return sections.value.flatMap((s) => s.blocks);
};
const figuresOf = (name: string) => blocksOf(name).flatMap((b) => (b.kind === 'figure' ? [b.figure] : []));
const figureOf = <K extends ReturnType<typeof figuresOf>[number]['kind']>(name: string, kind: K) => {
  const found = figuresOf(name).find((f) => f.kind === kind);
  if (!found) throw new Error(`${name} has no ${kind}`);
  return found as Extract<typeof found, { kind: K }>;
};
const accuracyIn = (name: string) => {
  const read = parseAccuracyResult(JSON.parse(files[name]!));
  if (!read.ok) throw new Error(read.diagnostics[0]?.message);
  return read.value;
};

describe('of one accuracy', () => {
  test('the interval, the noise of every tensor in order, confusions, and the samples asked for', () => {
    const r = accuracyIn('accuracy.json');
    expect(figureOf('accuracy.json', 'intervals').rows).toMatchObject([
      { name: 'w4a4', value: 100 * r.loss.loss, low: 100 * r.loss.low, high: 100 * r.loss.high },
    ]);
    expect(figureOf('accuracy.json', 'intervals').rules.map((rule) => rule.at)).toEqual([0, 50]);
    const noise = figureOf('accuracy.json', 'bars');
    expect(noise.groups).toEqual(r.noise.map((n) => n.tensor));
    expect(noise.series[0]!.values).toEqual(r.noise.map((n) => n.decibels));
    const { names, counts } = figureOf('accuracy.json', 'matrix');
    expect(counts.flat().reduce((n: number, c) => n + (c ?? 0), 0)).toBe(
      r.confusions.reduce((n, c) => n + c.samples, 0),
    );
    for (const c of r.confusions)
      expect(counts[names.indexOf(`${c.label}`)]![names.indexOf(`${c.guess}`)]).toBe(c.samples);
    expect(figureOf('accuracy.json', 'pictures').pictures).toHaveLength(5);
  });

  test('without a limit or samples to show there is neither', () => {
    expect(figureOf('w8a8.json', 'intervals').rules.map((rule) => rule.at)).toEqual([0]);
    expect(figuresOf('w8a8.json').map((f) => f.kind)).not.toContain('pictures');
  });
});

test('histograms of a quantized network have a bar for each bin and a line at the clip', () => {
  const read = parseQuantizeResult(JSON.parse(files['quantize.json']!));
  const tensors = read.ok ? read.value.made!.tensors! : [];
  expect(tensors.length).toBeGreaterThan(2);
  expect(figureOf('quantize.json', 'histograms').panels).toMatchObject(
    tensors.map((t) => ({ name: t.name, at: t.clip, width: t.width, counts: t.counts })),
  );
  // Nothing of what is put out is clipped.
  const last = tensors.at(-1)!;
  expect(last.clip).toBeGreaterThan(last.width * (last.counts.length - 1));
});

test('a quantization of before histograms were kept, and of a network that had words, are read', async () => {
  const { made, ...rest } = JSON.parse(files['quantize.json']!) as { made: Record<string, unknown> };
  const { tensors: _, ...older } = made;
  for (const [given, text] of [
    [{ ...rest, made: older }, 'quantized to w6a6'],
    [rest, 'quantized already'],
  ] as const) {
    const { code, out } = await run(['report', 'q.json', '-o', '-', '-q'], { 'q.json': JSON.stringify(given) });
    expect(code).toBe(0);
    expect(out).toContain(text);
    expect(out).not.toContain('the largest word');
  }
});

test('under a limit on accuracy co-design shows all precisions, the limit, and which was found', () => {
  const { rows, rules } = figureOf('accurate.json', 'intervals');
  const { accuracy } = JSON.parse(files['accurate.json']!) as {
    accuracy: { limit: number; precisions: { loss: number }[]; chosen: { weightBits: number; activationBits: number } };
  };
  expect(rows.map((r) => r.value)).toEqual(accuracy.precisions.map((p) => 100 * p.loss));
  expect(rows.filter((r) => r.marked).map((r) => r.name)).toEqual([
    `w${accuracy.chosen.weightBits}a${accuracy.chosen.activationBits}`,
  ]);
  expect(rules.find((r) => r.dashed)!.at).toBe(100 * accuracy.limit);
});

describe('of several accuracies', () => {
  const section = (...names: readonly string[]) =>
    acrossResults(
      names.flatMap((file) => {
        const result = parseResultFile(JSON.parse(files[file]!));
        return result.ok ? [{ file, result: result.value }] : [];
      }),
    );

  test('of one network on the same samples, the most bits stand first; others stand alone', () => {
    const [found, ...more] = section('w4a4.json', 'w8a8.json');
    expect(more).toEqual([]);
    const figure = found!.blocks.flatMap((b) =>
      b.kind === 'figure' && b.figure.kind === 'intervals' ? [b.figure] : [],
    );
    expect(figure[0]!.rows.map((r) => r.name)).toEqual(['w8a8', 'w4a4']);
    expect(section('w8a8.json')).toEqual([]);
    // Another limit, the same samples: names alone do not tell them apart.
    expect(section('w4a4.json', 'accuracy.json')[0]!.summary).toMatch(/^w4a4, (w4a4|accuracy)\.json loses the least/);
  });

  test('the page has the picture before the results, and counts the files alone', async () => {
    const { err, written } = await run(['report', 'w8a8.json', 'w4a4.json', '-q'], files);
    expect(err).toBe('wrote report.html: 2 results\n');
    const { document } = parseHTML(written.get('report.html')!);
    expect([...document.querySelectorAll('main > section > h2')].map((h) => h.textContent.trim())).toEqual([
      'Accuracy of classifier.onnx against bits',
      'Accuracy of classifier.onnx in w8a8',
      'Accuracy of classifier.onnx in w4a4',
    ]);
  });
});
