// What a batch remembers of the files that its jobs name: read once, parsed once, and only so many of them.

import { expect, test } from 'vitest';
import { maxDocuments, remembering } from '../../src/cli/batch/remembering.js';
import { readData } from '../../src/cli/files.js';
import type { Io } from '../../src/cli/io.js';

function world() {
  const read: string[] = [];
  const io = remembering({
    read: (path: string) => (read.push(path), new TextEncoder().encode(`{ name: ${path} }`)),
  } as unknown as Io);
  const dataOf = (path: string): unknown => {
    const data = readData(io, path, 'a file');
    return data.ok && data.value;
  };
  return { read, dataOf };
}

test('a file is read once and parsed once, however many jobs name it', () => {
  const { read, dataOf } = world();
  const first = dataOf('a.yaml');
  expect(first).toEqual({ name: 'a.yaml' });
  for (const other of ['b.yaml', 'c.yaml']) dataOf(other);
  expect(dataOf('a.yaml')).toBe(first);
  expect(read).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
});

test('a file without an ending that is no JSON is read as YAML, again and again', () => {
  const io = remembering({ read: () => new TextEncoder().encode('{ K: 4, C: 2 }') } as unknown as Io);
  for (let i = 0; i < 2; i++) expect(readData(io, 'net', 'a file')).toEqual({ ok: true, value: { K: 4, C: 2 } });
});

test('of thousands of files the last few are kept as data, and all say what they said when they were checked', () => {
  const { read, dataOf } = world();
  const names = Array.from({ length: maxDocuments }, (_, i) => `${i}.yaml`);
  const [first, second] = names.map(dataOf);
  expect(dataOf('0.yaml')).toBe(first);
  dataOf('one more.yaml');
  // The first was asked for again since; the second is the oldest.
  expect(dataOf('0.yaml')).toBe(first);
  expect(dataOf('1.yaml')).not.toBe(second);
  expect(dataOf('1.yaml')).toEqual(second);
  expect(read).toHaveLength(maxDocuments + 1);
});
