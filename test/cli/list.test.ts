// `magnet networks`, `magnet archs`: lists that line up, and files to start from.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseMachinery } from '../../src/interchange/architecture-file.js';
import { parseDocument } from '../../src/interchange/document.js';
import { presets, simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { parseGraph } from '../../src/results/network-graph-result.js';
import { findSketch } from '../../src/workloads/builtin.js';
import { networkGraphOf } from '../../src/workloads/graph/network-graph-of.js';
import { run, tinyArch, tinyLayers } from './run.js';

test('networks are listed with layers, shapes and MACs', async () => {
  const { code, out } = await run(['networks']);
  expect(code).toBe(0);
  expect(out).toMatch(/^resnet50 +54 +24 +4,089,184,256 /m);
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

test('a network is listed step by step, with what each reads and moves', async () => {
  const { out } = await run(['networks', 'resnet50']);
  expect(out).toMatch(
    /^ 8 +layer1\.1\.conv3 +layer +1x1 64->256 56x56 +bias, \+ 5, relu +7, 5 +1x256x56x56 +51,380,224 +1,822,976$/m,
  );
  expect(out).toContain('16 additions, fused into layers: 5,519,360 words, 16,558,080 as steps of their own');
  expect(out).toContain('placement, no step: Flatten 1');
  expect((await run(['networks', 'bert-base'])).out).toContain('on the host: Gather 1 (196,736 words)');
  expect((await run(['networks', 'pilotnet', '--batch', '4'])).out).toContain('4x24x31x98');
});

test('the graph in JSON reads back as the same graph', async () => {
  const { out } = await run(['networks', 'mobilenetv2', '--json']);
  const { graph } = JSON.parse(out) as { readonly graph: { readonly source: string } };
  const made = networkGraphOf(findSketch('mobilenetv2')!.graph, 'mobilenetv2');
  const { source } = graph;
  expect(parseGraph(graph)).toEqual({ ok: true, value: made.ok && { ...made.value, source } });
  expect(parseGraph({ ...graph, steps: [{ kind: 'nothing' }] })).toMatchObject({ ok: false });
});

test('steps are drawn, repeated blocks once', async () => {
  const { code, written } = await run(['networks', 'resnet50', '--svg', 'r.svg']);
  expect(code).toBe(0);
  const svg = written.get('r.svg')!;
  expect(svg).toContain('5 times: steps 29 to 43, layer3.1.conv1 to layer3.5.conv3');
  // Four blocks of three steps stand for 2, 3, 5 and 2 of them.
  expect(svg.match(/rx="5"/g)).toHaveLength(56 - 3 * (1 + 2 + 4 + 1));
});

test.each([
  [['networks', '--svg', 'a.svg'], /--svg draws the steps of one network; name it/],
  [['networks', 'pilotnet', '--svg', 'a.png'], /--svg a\.png: figures are SVG; name a \.svg file/],
  [['networks', 'net.yaml', '--svg', 'a.svg'], /net\.yaml has layers alone, without what lies between them/],
])('%j is refused', async (args, message) => {
  const { code, err } = await run(args, { 'net.yaml': tinyLayers });
  expect(code).toBe(3);
  expect(err).toMatch(message);
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
