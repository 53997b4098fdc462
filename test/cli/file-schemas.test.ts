// JSON Schemas of the formats of files: what is read has them, what has a slip has not, and shells and editors find what is generated.
// Every file that a test of the command line writes is held against its schema, too (run.ts).

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileSchemas } from '../../src/cli/file-schemas.js';
import { parseDocument } from '../../src/interchange/document.js';
import { printMachinery } from '../../src/interchange/architecture-file.js';
import { printSpace } from '../../src/interchange/space-file.js';
import { printTechnology } from '../../src/interchange/technology-file.js';
import { presets } from '../../src/model/machine/presets.js';
import { builtInTechnologies } from '../../src/model/machine/technology.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { schemaFaults } from '../support/file-schemas.js';
import { run, tinyArch, tinyLayers } from './run.js';

const dataOf = (text: string) => {
  const data = parseDocument(new TextEncoder().encode(text), 'yaml');
  if (!data.ok) throw new Error('no YAML');
  return data.value;
};

test('every example names its schema on its first line, and has its form', () => {
  const names = readdirSync('examples').filter((name) => name.endsWith('.yaml'));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    const text = readFileSync(`examples/${name}`, 'utf8');
    const format = /^# yaml-language-server: \$schema=\.\.\/dist\/schemas\/([a-z-]+)\.schema\.json\n/.exec(text)?.[1];
    expect(format, name).toBeDefined();
    expect([name, schemaFaults(format!, dataOf(text))]).toEqual([name, []]);
  }
});

test('what is built in has its form when it is printed', () => {
  for (const machine of presets) expect(schemaFaults('machine', dataOf(printMachinery(machine)))).toEqual([]);
  for (const space of spaces) expect(schemaFaults('space', dataOf(printSpace(space)))).toEqual([]);
  for (const technology of builtInTechnologies)
    expect(schemaFaults('technology', dataOf(printTechnology(technology)))).toEqual([]);
  expect(schemaFaults('machine', dataOf(tinyArch))).toEqual([]);
  expect(schemaFaults('layers', dataOf(tinyLayers))).toEqual([]);
});

test('slips are found where they are', () => {
  const faulty = (format: string, text: string) => schemaFaults(format, dataOf(text)).join('\n');
  expect(faulty('machine', 'template: {base: simba, row: 2}')).toContain('"additionalProperty":"row"');
  expect(faulty('machine', 'template: {base: simba, weightBuffer: 32 kilo}')).toContain('/template/weightBuffer');
  expect(faulty('space', 'space: {base: magnet-small, vectorSize: []}')).toContain('/space/vectorSize');
  expect(faulty('space', 'space: {base: magnet-smal}')).toContain('/space/base');
  expect(faulty('layers', '[{K: 1.5}]')).toContain('/0/K');
  expect(faulty('jobs', 'jobs: [{kind: map, network: pilotnet, arch: simba, gapp: 1%}]')).toContain('gapp');
  expect(faulty('jobs', 'jobs: [{kind: mapp}]')).not.toBe('');
});

test('formats are listed, printed and refused by name', async () => {
  const listed = await run(['schemas']);
  expect(listed.code).toBe(0);
  for (const { name, of } of fileSchemas)
    (expect(listed.out).toMatch(new RegExp(`^${name} +`, 'm')), expect(listed.out).toContain(of));
  expect(JSON.parse((await run(['schemas', '--json'])).out)).toEqual({
    formats: fileSchemas.map(({ name, of }) => ({ name, of })),
  });
  const space = JSON.parse((await run(['schemas', 'space'])).out) as Record<string, unknown>;
  expect(space).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['space'],
  });
  const { code, err } = await run(['schemas', 'spaces']);
  expect([code, err]).toEqual([3, expect.stringContaining('unknown format: spaces. Did you mean space?')]);
});
