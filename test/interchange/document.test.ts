// Text to data: both formats, and where exactly a text breaks.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Format } from '../../src/interchange/document.js';
import { parseDocument } from '../../src/interchange/document.js';

const read = (text: string, format: Format) => parseDocument(new TextEncoder().encode(text), format);
const faults = (text: string, format: Format) => {
  const result = read(text, format);
  return result.ok ? [] : result.diagnostics.map(printDiagnostic);
};

describe('JSON', () => {
  test('whatever JSON.stringify writes is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(read(text, 'json')).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  test('a text cut short is refused, and never throws', () => {
    const text = '{"a": [1, -2.5e3, "x\\u00e9\\n", true, null], "b": {"c": {}}}';
    for (let n = 1; n < text.length; n++) expect(faults(text.slice(0, n), 'json')).toHaveLength(1);
  });

  test.each([
    ['{"a": 1,}', 'line 1, column 9: expected a key in double quotes, got "}"'],
    ['[1, 2', 'line 1, column 6: expected a comma or ] in a list, got the end of the file: it is cut short'],
    ['{"a" 1}', 'line 1, column 6: expected a colon, got "1}"'],
    ['{"a": 01}', 'line 1, column 7: expected a value, got "01}"'],
    ['{"a": 1} x', 'line 1, column 10: expected nothing more, got "x"'],
    ['{\n  "a": 1,\n  "b": {"c": 1, "c": 2}\n}', 'line 3, column 17: the key "c" is given twice; keep one of them'],
    [`${'['.repeat(5000)}`, 'line 1, column 102: expected at most 100 levels of brackets, got "[[[[[[[[[[[["'],
  ])('%s', (text, message) => expect(faults(text, 'json')).toEqual([message]));

  test('two objects may each have a key of the same name', () =>
    expect(faults('[{"a": 1}, {"a": {"a": 2}}]', 'json')).toEqual([]));
});

describe('YAML', () => {
  test('anchors and merge keys work', () => {
    expect(read('base: &b {K: 4}\nlayer: {<<: *b, C: 2}\n', 'yaml')).toMatchObject({
      ok: true,
      value: { layer: { K: 4, C: 2 } },
    });
  });

  test.each([
    ['a: 1\nb: 2\na: 3\n', 'line 3, column 1: the key a is given twice; keep one of them'],
    [
      'a: [1, 2\n',
      'line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a: *nowhere\n', 'Unresolved alias'],
    [
      'a: 1\n---\nb: 2\n',
      'line 2, column 1: a second YAML document begins; give each a file of its own, or remove the --- between them',
    ],
  ])('%s', (text, message) => expect(faults(text, 'yaml').join('\n')).toContain(message));

  test.each([
    [
      'architecture: &a\n  version: 0.4\n  nodes: [*a]\n',
      ['line 3, column 11: the alias *a refers to itself; write out what is meant'],
    ],
    [
      'jobs: &a [{ kind: map, network: *a }]\n',
      ['line 1, column 33: the alias *a refers to itself; write out what is meant'],
    ],
    [
      '&a\nb: &b\n  c: *a\nd: { <<: *b }\ne: *a\n',
      [
        'line 3, column 6: the alias *a refers to itself; write out what is meant',
        'line 5, column 4: the alias *a refers to itself; write out what is meant',
      ],
    ],
    // The anchor of this name that stands before it is another one.
    [
      'x: &a 1\ny: { z: *a, w: &a [*a] }\n',
      ['line 2, column 20: the alias *a refers to itself; write out what is meant'],
    ],
  ])('an alias inside its own anchor is refused: %j', (text, messages) =>
    expect(faults(text, 'yaml')).toEqual(messages),
  );

  test('an anchor may be given anew, and aliases lie in each other', () => {
    expect(read('x: &a [1]\ny: &b [*a, *a]\nz: &a [*b]\nu: *a\n', 'yaml')).toEqual({
      ok: true,
      value: { x: [1], y: [[1], [1]], z: [[[1], [1]]], u: [[[1], [1]]] },
    });
  });

  test('deep nesting is refused, not a crash', () => {
    expect(faults(`${'['.repeat(100_000)}`, 'yaml').length).toBeGreaterThan(0);
  });
});
