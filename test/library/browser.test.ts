// A browser's build of the library: nothing of Node in it, and it maps a network where there is none.

import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { buildOnce, root } from '../support/built.js';

/** Loaded when they are asked for, each with a browser's way of its own to find its WebAssembly. */
const onRequest = ['highs', 'z3-solver', 'glpk.js', '@yowasp/yosys'];

const bundle = async (external: readonly string[], packages: 'bundle' | 'external') => {
  buildOnce();
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, 'dist/index.js')],
    bundle: true,
    platform: 'browser',
    format: 'cjs',
    write: false,
    metafile: true,
    packages,
    external: [...external],
    logLevel: 'silent',
  });
  return { text: outputFiles.map((f) => f.text).join(''), inputs: Object.keys(metafile.inputs), metafile };
};

test('what is outside of the rooms of Node imports nothing of it and names none of its globals', async () => {
  const { text, inputs, metafile } = await bundle([], 'external');
  expect(inputs.filter((file) => /\/(cli|pool\/node|sim\/native)\//.test(file))).toEqual([]);
  const outside = Object.values(metafile.outputs).flatMap((o) => o.imports.map((i) => i.path));
  expect(outside.filter((path) => path.startsWith('node:'))).toEqual([]);
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  expect([...code.matchAll(/(?<![\w.$'"`-])(process|Buffer|__dirname)\s*[.[(]/g)].map((m) => m[0])).toEqual([]);
}, 60_000);

test('with its packages it maps a network in a context that knows no Node', async () => {
  const { text } = await bundle(onRequest, 'bundle');
  const module: { exports: Record<string, unknown> } = { exports: {} };
  // What every browser has.
  const context = createContext({
    module,
    TextEncoder,
    TextDecoder,
    performance,
    setTimeout,
    clearTimeout,
    AbortController,
    URL,
    atob,
    btoa,
    structuredClone,
    navigator: { userAgent: 'a browser' },
  });
  runInContext(`const exports = module.exports;\n${text}`, context);
  const mapped: unknown = await runInContext(
    `(async () => {
      const { makeLayer, map, simba } = module.exports;
      const layers = [{ layer: makeLayer('a', { K: 8, C: 16, P: 4, Q: 4 }), count: 1 }];
      const { design, totals } = await map({ name: 'small', source: '', unmapped: [], layers }, simba);
      const refused = await map({ name: 'small', source: '', unmapped: [], layers }, simba, { workers: 2 }).catch((e) => e.message);
      return JSON.stringify({ refused, bound: totals.bound, objective: totals.objective, host: design.provenance.node });
    })()`,
    context,
  );
  const told = JSON.parse(String(mapped)) as Record<string, unknown>;
  expect(Number(told['objective']) / Number(told['bound'])).toBeCloseTo(1, 9);
  expect(told['host']).toBe('a browser');
  expect(told['refused']).toMatch(/leave workers out/);
}, 60_000);
