// A technology as a file: cited constants and SRAM macros, from scratch or over the 16 nm default.

import { nth } from '../base/invariant.js';
import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import type { Cited, ConstantName, Technology } from '../model/machine/technology.js';
import { builtInTechnologies, constantNames, laterConstants, technology16nm } from '../model/machine/technology.js';
import { check, nonNegative, oneOf, positive, record, text, whole } from './schema.js';

const cited = record('a constant with its source', { value: nonNegative(), source: text() });
const point = record('an SRAM macro', { kilobytes: positive(), um2PerBit: positive() });
const constants = record(
  'constants',
  Object.fromEntries(constantNames.map((name) => [name, cited.optional()])) as Record<
    ConstantName,
    z.ZodOptional<typeof cited>
  >,
);

const shape = record('how macros are built', {
  source: text(),
  minWords: whole(1),
  minMux: whole(1),
  maxMux: whole(1),
  maxRows: whole(1),
  rowOverhead: nonNegative(),
  columnOverhead: nonNegative(),
  accessEnergy: nonNegative(),
  rowEnergy: nonNegative(),
  bitEnergy: positive(),
  columnEnergy: nonNegative(),
});

export const technologyForm = record('a technology', {
  base: oneOf(
    'technology',
    builtInTechnologies.map((t) => t.name),
  ).optional(),
  name: text(),
  constants: constants.optional(),
  sramShape: shape.optional(),
  sramArea: record('areas of SRAM macros', {
    source: text(),
    points: z
      .array(point, { error: 'expected a list of macros {kilobytes, um2PerBit}' })
      .min(2, 'give at least two macros: the area in between is interpolated')
      .refine(
        (ps) => ps.every((p, i) => i === 0 || p.kilobytes > nth(ps, i - 1).kilobytes),
        'give the macros by growing size, none twice',
      ),
  }).optional(),
});

/**
 * Reads `{name, base, constants: {name: {value, source}}, sramArea}`; what is left out is the
 * base's. All faults are listed.
 */
export function parseTechnology(data: unknown): Parsed<Technology> {
  const checked = check(technologyForm, data);
  if (!checked.ok) return checked;
  const file = checked.value;
  const faults: Diagnostic[] = [];
  const base = builtInTechnologies.find((t) => t.name === file.base);
  const hint = `give it, or start from the default with "base: ${technology16nm.name}"`;
  const all = Object.fromEntries(
    constantNames.map((name): [ConstantName, Cited] => {
      const own = file.constants?.[name];
      if (own === undefined && !base && !laterConstants.includes(name))
        faults.push({ code: 'missing', path: ['constants', name], message: `is missing; ${hint}` });
      return [name, own ?? (base ?? technology16nm).constants[name]];
    }),
  ) as Record<ConstantName, Cited>;
  if (file.sramArea === undefined && !base)
    faults.push({ code: 'missing', path: ['sramArea'], message: `is missing; ${hint}` });
  const { placement } = all;
  if (placement.value <= 0 || placement.value > 1) {
    faults.push({
      code: 'out-of-range',
      path: ['constants', 'placement', 'value'],
      message: `is ${placement.value}; expected the used share of the placed area, above 0 and at most 1`,
    });
  }
  const sramShape = file.sramShape ?? base?.sramShape;
  return faults.length > 0
    ? refused(faults)
    : parsed({
        name: file.name,
        constants: all,
        ...(sramShape && { sramShape }),
        sramArea: file.sramArea ?? (base ?? technology16nm).sramArea,
      });
}

/** The whole technology as a YAML file that `parseTechnology` reads back, each constant with its source. */
export function printTechnology({ name, constants, sramShape, sramArea }: Technology): string {
  const quoted = (text: string) => JSON.stringify(text);
  const rows = constantNames.map(
    (c) => `  ${c}: { value: ${constants[c].value}, source: ${quoted(constants[c].source)} }`,
  );
  const points = sramArea.points.map(
    ({ kilobytes, um2PerBit }) => `    - { kilobytes: ${kilobytes}, um2PerBit: ${um2PerBit} }`,
  );
  return [
    `name: ${quoted(name)}`,
    'constants:',
    ...rows,
    ...(sramShape
      ? ['sramShape:', ...Object.entries(sramShape).map(([field, x]) => `  ${field}: ${JSON.stringify(x)}`)]
      : []),
    'sramArea:',
    `  source: ${quoted(sramArea.source)}`,
    '  points:',
    ...points,
    '',
  ].join('\n');
}
