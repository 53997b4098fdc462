// `magnet networks`, `magnet archs`: lists that line up, and files to start from.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseMachinery } from '../../src/interchange/architecture-file.js';
import { parseDocument } from '../../src/interchange/document.js';
import { presets, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { run, tinyArch, tinyLayers } from './run.js';

test('networks are listed with layers, shapes and MACs', async () => {
  const { code, out } = await run(['networks']);
  expect(code).toBe(0);
  expect(out).toContain('resnet50         54      24   4,089,184,256');
});

test('a network is listed layer by layer, with what is not mapped', async () => {
  const { out } = await run(['networks', 'pilotnet']);
  expect(out).toMatch(/^conv1 +5x5 s2 3->24 98x31 +1 +5,468,400 +5,468,400$/m);
  expect(out).toContain('not mapped, free of products: Relu 8, Flatten 1');
  expect((await run(['networks', 'pilotnet', '--batch', '4'])).out).toContain('5x5 s2 3->24 98x31 N4');
  expect((await run(['networks', 'net.yaml'], { 'net.yaml': tinyLayers })).out).toContain(
    '4 layers of 2 shapes, 216 MACs',
  );
});

test('architectures are listed, and one by its levels and area', async () => {
  const { out } = await run(['archs']);
  for (const name of ['simba', 'magnet', 'eyeriss', 'array3']) expect(out).toMatch(new RegExp(`^${name} `, 'm'));
  expect((await run(['archs', 'simba'])).out).toMatch(/^whole chip +\d\.\d+$/m);
  expect((await run(['archs', 'tiny.yaml'], { 'tiny.yaml': tinyArch })).out).toMatch(
    /^Buffer +\[Weights\], \[Inputs\], \[Outputs\] +32 B/m,
  );
});

test.each(['simba', 'magnet', 'eyeriss', 'array3'])('%s as YAML reads back as itself', async (name) => {
  const { out } = await run(['archs', name, '--yaml']);
  const data = parseDocument(new TextEncoder().encode(out), 'yaml');
  const preset = presets.find((m) => (m.kind === 'template' ? m.template : m.architecture).name === name);
  expect(data.ok && parseMachinery(data.value, 'x')).toEqual({ ok: true, value: preset });
});

test('a technology changes the energies of a template, and is said to change nothing of a hierarchy', async () => {
  const files = {
    't.yaml': 'name: t\nbase: 16nm\nconstants: {macArea: {value: 400, source: assumed}}\n',
    'net.yaml': tinyLayers,
  };
  const area = async (...more: string[]) =>
    Number(/whole chip +([\d.]+)/.exec((await run(['archs', simba.name, ...more], files)).out)![1]);
  expect(await area('--technology', 't.yaml')).toBeGreaterThan(await area());
  const { err } = await run(
    ['map', 'net.yaml', '--arch', 'array3', '--technology', 't.yaml', '--solver', 'random', '--time-limit', '0.05s'],
    files,
  );
  expect(err).toContain('note: array3 gives its energies itself; --technology t.yaml changes nothing');
});

test('help and version are no faults', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
  const help = await run(['map', '--help']);
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('latency@each=200us of');
  expect(await run([])).toMatchObject({ code: 3, out: '' });
});

test.each([
  ['networks', 'networks'],
  ['archs', 'architectures'],
  ['spaces', 'spaces'],
])('%s --json lists what the table does', async (verb, key) => {
  const listed = JSON.parse((await run([verb, '--json'])).out) as Readonly<
    Record<string, readonly { readonly name: string }[]>
  >;
  const names = listed[key]!.map((e) => e.name);
  const { out } = await run([verb]);
  for (const name of names) expect(out).toMatch(new RegExp(`^${name} `, 'm'));
  expect(names).toHaveLength(out.trim().split('\n').length - 2);
  for (const name of names) expect(JSON.parse((await run([verb, name, '--json'])).out)).toMatchObject({ name });
});

test('a network as data says how much of it is mapped, as results do', async () => {
  const bert = JSON.parse((await run(['networks', 'bert-base', '--json'])).out) as Readonly<Record<string, unknown>>;
  expect(bert).toMatchObject({ mappedMacs: bert['macs'], mappedShare: 1 });
});

test('a technology as a table, as YAML that reads back as itself, and as JSON; the example starts from it', async () => {
  const { out: yaml } = await run(['technology', '--yaml']);
  expect(JSON.parse((await run(['technology', 'mine.yaml', '--json'], { 'mine.yaml': yaml })).out)).toEqual(
    technology16nm,
  );
  expect((await run(['technology'])).out).toContain('dramEnergy');
  const example = readFileSync(new URL('../../examples/technology-lpddr4x.yaml', import.meta.url), 'utf8');
  expect(JSON.parse((await run(['technology', 'e.yaml', '--json'], { 'e.yaml': example })).out)).toMatchObject({
    name: '16nm-lpddr4x',
    constants: { dramEnergy: { value: 4000 }, voltage: technology16nm.constants.voltage },
  });
  expect((await run(['technology', '--yaml', '--json'])).code).toBe(3);
});
