// Technologies as files: over the default or whole, every constant with its source.

import { expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { parseTechnology } from '../../src/interchange/technology-file.js';
import { constantNames, laterConstants, technology16nm } from '../../src/model/machine/technology.js';

const faults = (data: unknown) => {
  const result = parseTechnology(data);
  return result.ok ? [] : result.diagnostics.map(printDiagnostic);
};

test('what is not given is the default', () => {
  const macArea = { value: 300, source: 'our synthesis' };
  expect(parseTechnology({ name: 'mine', base: '16nm', constants: { macArea } })).toEqual({
    ok: true,
    value: { ...technology16nm, name: 'mine', constants: { ...technology16nm.constants, macArea } },
  });
});

test('the default, written out, is itself', () =>
  expect(parseTechnology(technology16nm)).toEqual({ ok: true, value: technology16nm }));

test('without a base everything must be there', () => {
  // Every constant but ratios of later versions, and the areas of SRAM macros.
  expect(faults({ name: 'bare', constants: {} })).toHaveLength(constantNames.length - laterConstants.length + 1);
  expect(faults({ name: 'bare' })).toContain(
    'constants.dramEnergy: is missing; give it, or start from the default with "base: 16nm"',
  );
});

test.each([
  [{ name: 't', base: '7nm' }, 'base: unknown technology: 7nm. Did you mean 16nm?'],
  [
    { name: 't', base: '16nm', constants: { macArea: 300 } },
    'constants.macArea: expected a constant with its source (an object), got 300',
  ],
  [
    { name: 't', base: '16nm', constants: { macArea: { value: 300 } } },
    'constants.macArea.source: expected text, got nothing',
  ],
  [
    { name: 't', base: '16nm', constants: { placement: { value: 1.2, source: 'x' } } },
    'constants.placement.value: is 1.2; expected',
  ],
  [
    { name: 't', base: '16nm', sramArea: { source: 'x', points: [{ kilobytes: 8, um2PerBit: 1 }] } },
    'give at least two macros',
  ],
  [
    {
      name: 't',
      base: '16nm',
      sramArea: {
        source: 'x',
        points: [
          { kilobytes: 8, um2PerBit: 1 },
          { kilobytes: 4, um2PerBit: 1 },
        ],
      },
    },
    'give the macros by growing size',
  ],
])('%j is refused', (data, message) => expect(faults(data).join('\n')).toContain(message));
