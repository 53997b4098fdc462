// Law: rooms import in one direction only, types included; every outside package has one owner; files stay small.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((f) => f.replaceAll('\\', '/'))
  .filter((f) => f.endsWith('.ts'))
  .sort();
const textOf = new Map(files.map((f) => [f, readFileSync(join(root, f), 'utf8')]));

/** Rooms that a room may import besides itself. `index.ts`, the public surface, stands above them all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ['base'],
  program: ['base'],
  search: ['base', 'model'],
  // The mapper is a strategy: it takes the words and the judge of search, which know no solver.
  milp: ['base', 'model', 'program', 'search'],
  // A second witness sees programs as data, never the solvers that it checks.
  smt: ['base', 'model', 'program'],
  // Enumeration knows the cost model and nothing of solvers: a witness of its own.
  enumerate: ['base', 'model'],
  workloads: ['base', 'model'],
  interchange: ['base', 'model'],
  // Nothing is checked by who made it: it sees the cost model, its rules as products of factors, and readers of files.
  certificate: ['base', 'model', 'search', 'interchange'],
  // Networks from their definitions: it knows no mapping, no machine's program and no simulation.
  reference: ['base', 'model'],
  // The numbers of the reference once more, sooner: it is held to them, and knows no machine either.
  lanes: ['base', 'model', 'reference'],
  // Trained networks in words: it runs them on samples, and knows no machine.
  quantize: ['base', 'model', 'pool', 'reference', 'lanes'],
  // Integers of the reference said in ONNX: it writes by the messages that the reader of files has.
  qdq: ['base', 'model', 'reference', 'workloads'],
  // What each verb answers: its form, its reader, and its maker, which reads what searches found and runs none.
  results: ['base', 'model', 'interchange', 'search', 'tuner'],
  // What verbs answered, read from the file or made just now: it sees results, never what a search found.
  report: ['base', 'model', 'interchange', 'results'],
  pool: ['base'],
  rtl: ['base', 'model'],
  // Networks as runs of the machine: what each reads and writes where, with the integers that the reference computes by.
  compile: ['base', 'model', 'reference', 'rtl'],
  sim: ['base', 'model', 'pool', 'rtl', 'reference', 'compile'],
  tuner: ['base', 'model', 'certificate', 'pool', 'search', 'enumerate', 'milp', 'smt', 'program'],
  // What each verb can be asked for: names of solvers, objectives and engines come from those who have them.
  options: ['base', 'model', 'interchange', 'tuner', 'sim', 'quantize'],
  // Journal, cache, shards: jobs are handed over by cli, and so is the disk.
  batch: ['base', 'results'],
  // What the verbs do, for programs.
  library: [
    'base',
    'model',
    'certificate',
    'search',
    'interchange',
    'results',
    'report',
    'pool',
    'tuner',
    'sim',
    'compile',
    'workloads',
    'reference',
    'qdq',
    'quantize',
  ],
  cli: [
    'base',
    'batch',
    'library',
    'options',
    'model',
    'search',
    'workloads',
    'interchange',
    'certificate',
    'results',
    'report',
    'pool',
    'tuner',
    'smt',
    'sim',
    'compile',
    'reference',
    'qdq',
    'quantize',
  ],
  index: [
    'base',
    'model',
    'program',
    'compile',
    'search',
    'enumerate',
    'milp',
    'smt',
    'workloads',
    'reference',
    'lanes',
    'qdq',
    'quantize',
    'interchange',
    'certificate',
    'results',
    'report',
    'pool',
    'tuner',
    'options',
    'library',
    'rtl',
    'sim',
    'batch',
  ],
};

/** Rooms that may import a package from outside; the name is matched whole or before a slash. */
const owners: Readonly<Record<string, readonly string[]>> = {
  'glpk.js': ['milp'],
  highs: ['milp'],
  'z3-solver': ['smt'],
  'ml-matrix': ['search'],
  comlink: ['pool'],
  bullmq: ['pool'],
  ioredis: ['pool'],
  'node:crypto': ['pool'],
  'node:tty': ['cli'],
  'node:worker_threads': ['pool'],
  protobufjs: ['workloads'],
  yaml: ['interchange'],
  'fast-png': ['interchange'],
  '@jsquash/jpeg': ['interchange'],
  fflate: ['interchange'],
  zod: ['interchange', 'results', 'certificate'],
  '@observablehq/plot': ['report'],
  linkedom: ['report'],
  commander: ['cli'],
  '@yowasp/yosys': ['sim'],
  'node:child_process': ['pool'],
  // Programs outside of magnet read and write in folders of their own.
  'node:fs': ['cli', 'pool', 'sim'],
  'node:os': ['cli', 'pool', 'sim'],
  'node:path': ['cli', 'pool', 'sim'],
  'node:http': ['cli'],
  'node:module': ['cli'],
  'node:url': ['cli'],
  'node:process': ['cli'],
  'node:zlib': ['cli'],
};

/** What only `cli` may say: it alone prints, exits and reads the environment. */
const globals = /(?<![\w.$'"`])(process|console)\s*[.[]/;

/** Long because they are data, not code. */
const tables = ['workloads/onnx/descriptor.ts', 'rtl/verilog-modules.ts'];
const maxLines = 400;

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

/** Everything a file imports, as written: static, re-exported, dynamic, `import('x')` types. */
function importsOf(file: string): readonly string[] {
  const text = withoutComments(textOf.get(file)!);
  const found = [...text.matchAll(/\bfrom\s+['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g)];
  return found.map((m) => (m[1] ?? m[2])!);
}

/** The file of src that a relative import names. */
const target = (file: string, specifier: string) =>
  normalize(join(dirname(file), specifier))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts');
const roomOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, ''));
const isRelative = (specifier: string) => specifier.startsWith('.');
const packageOf = (specifier: string) =>
  specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!;

describe('imports', () => {
  test('are found by the reader of this test', () => {
    expect(importsOf('milp/glpk.ts')).toEqual(expect.arrayContaining(['../program/milp.js', 'glpk.js/node']));
    expect(importsOf('cli/map/map-verb.ts')).toContain('../../tuner/map-network.js');
    expect(files.length).toBeGreaterThan(80);
  });

  test('name files that exist', () => {
    const lost = files.flatMap((f) =>
      importsOf(f)
        .filter(isRelative)
        .map((s) => target(f, s))
        .filter((t) => !textOf.has(t))
        .map((t) => `${f} imports ${t}`),
    );
    expect(lost).toEqual([]);
  });

  test('go from room to room in one direction', () => {
    const offenders = files.flatMap((f) =>
      importsOf(f)
        .filter(isRelative)
        .flatMap((s) => {
          const [from, to] = [roomOf(f), roomOf(target(f, s))];
          const may = allowed[from];
          if (may === undefined) return [`${f} stands in the room ${from}, which this law does not know`];
          return from === to || may.includes(to)
            ? []
            : [`${f} imports ${target(f, s)}: ${from} may import ${may.join(', ') || 'no other room'}`];
        }),
    );
    expect(offenders).toEqual([]);
  });

  test('the rule itself has no cycle', () => {
    const order: string[] = [];
    let left = Object.keys(allowed);
    while (left.length > 0) {
      const ready = left.filter((room) => allowed[room]!.every((r) => order.includes(r)));
      expect(ready, `rooms that wait for each other: ${left.join(', ')}`).not.toEqual([]);
      order.push(...ready);
      left = left.filter((room) => !ready.includes(room));
    }
  });

  test('packages from outside have one owner each', () => {
    const offenders = files.flatMap((f) =>
      importsOf(f)
        .filter((s) => !isRelative(s))
        .flatMap((s) => {
          const may = owners[packageOf(s)];
          if (may === undefined) return [`${f} imports ${s}, which has no owner`];
          return may.includes(roomOf(f)) ? [] : [`${f} imports ${s}, which belongs to ${may.join(', ')}`];
        }),
    );
    expect(offenders).toEqual([]);
  });

  test('only cli speaks to the process and the console', () => {
    const offenders = files
      .filter((f) => roomOf(f) !== 'cli')
      .flatMap((f) => {
        const said = globals.exec(withoutComments(textOf.get(f)!));
        return said ? [`${f} says ${said[0]}`] : [];
      });
    expect(offenders).toEqual([]);
  });

  test('form no cycle between files', () => {
    const graph = new Map(
      files.map((f) => [
        f,
        importsOf(f)
          .filter(isRelative)
          .map((s) => target(f, s)),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at >= 0) cycles.push([...path.slice(at), file].join(' -> '));
      if (at >= 0 || done.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const f of files) visit(f, []);
    expect(cycles).toEqual([]);
  });
});

describe('files', () => {
  const linesOf = (f: string) => textOf.get(f)!.replace(/\n$/, '').split('\n').length;

  test(`stay below ${maxLines} lines, data tables apart`, () => {
    expect(
      files.filter((f) => !tables.includes(f) && linesOf(f) >= maxLines).map((f) => `${f} has ${linesOf(f)} lines`),
    ).toEqual([]);
  });

  test('begin with their charter', () => {
    expect(files.filter((f) => !/^(#!.*\n)?\/\/ \S|^\/\*\*/.test(textOf.get(f)!))).toEqual([]);
  });
});
