// What multiplies and is not mapped stands beside the totals of every verb, quiet or not, in every file, and on the page.

import { expect, test } from 'vitest';
import { node, onnxFile } from '../support/onnx.js';
import { fakeEngine } from '../support/codesign.js';
import { fakeProver } from '../support/prove.js';
import { run } from './run.js';

// A product of 8 x 4 x 16 MACs, an operator that nobody knows, and one that is free of products.
const file = onnxFile({
  inputs: { a: [8, 16], b: [16, 4] },
  nodes: [node('MatMul', ['a', 'b'], ['c']), node('Softmax', ['c'], ['d']), node('Mystery', ['d'], ['e'], {}, 'acme')],
});
const files = { 'net.onnx': file };
const left = 'not mapped: acme.Mystery x 1, MACs unknown';
const fields = {
  unmapped: expect.arrayContaining([
    { operator: 'acme.Mystery', count: 1, macs: null },
    { operator: 'Softmax', count: 1, macs: 0 },
  ]) as unknown,
  mappedMacs: 512,
  mappedShare: null,
};

const verbs: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['map', ['--arch', 'simba', '--solver', 'enumerate'], ['--json', '--design']],
  ['codesign', ['--space', 'magnet-small', '--no-residency'], ['--json', '--design']],
  ['codesign', ['--space', 'magnet-small', '--pareto', 'energy,latency', '--points', '2'], ['--json']],
  ['prove', ['--arch', 'simba', '--limit', 'latency=1s'], ['--json', '--design']],
  ['compare', ['--arch', 'simba', '--strategies', 'random,enumerate', '--time', '0.1s', '--repeat', '1'], ['--json']],
];

test.each(verbs)('%s %j', async (verb, options, outputs) => {
  const { out, err, written } = await run(
    [verb, 'net.onnx', ...options, '-q', ...outputs.flatMap((o) => [o, `r${o}.json`])],
    files,
    {},
    undefined,
    fakeEngine(),
    fakeProver(),
  );
  expect(out).toContain(left);
  expect(out).toContain('512 MACs, of a network that has more');
  // What is free is said apart, and not where quiet is asked for.
  expect(out).not.toContain('Softmax');
  expect(err).not.toContain('Softmax');
  expect((await run([verb, 'net.onnx', ...options], files, {}, undefined, fakeEngine(), fakeProver())).err).toContain(
    'not mapped, free of products: Softmax 1',
  );
  for (const [path, text] of written) {
    const data = JSON.parse(text) as { readonly networks?: readonly unknown[]; readonly schema: string };
    expect(data.schema.startsWith('magnet-codesign') ? data.networks![0] : data, path).toMatchObject(fields);
    const page = await run(['report', path, '-o', 'r.html', '--markdown', 'r.md'], { [path]: text });
    expect(page.code).toBe(0);
    expect(page.written.get('r.md'), path).toContain('acme.Mystery x 1, MACs unknown');
    // What is proved of the layers alone does not stand for the network.
    expect(page.written.get('r.html'), path).toMatch(/class="badge open">[^<]*, some MACs not mapped</);
    if (path !== 'r--design.json') continue;
    const shown = await run(['show', path], { [path]: text });
    expect(shown.out).toContain(left);
    expect(shown.out.startsWith('machine: of ')).toBe(verb === 'codesign');
    expect(page.written.get('r.html')!.includes('Gap of the machine')).toBe(verb === 'codesign');
    // A single layer is asked for by itself.
    expect((await run(['show', path, '--layer', 'c'], { [path]: text })).out).not.toContain(left);
  }
  expect(written.size).toBe(outputs.length);
});
