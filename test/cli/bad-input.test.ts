// Bad input: a message that names the offender and the way out, exit 3, no output, nothing written, no stack trace.

import { describe, expect, test } from 'vitest';
import { pilotnet } from '../../src/workloads/networks/pilotnet.js';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { run, tinyArch, tinyLayers } from './run.js';

const onnx = exportOnnx(pilotnet.network);
const files: Record<string, string | Uint8Array> = {
  'net.yaml': tinyLayers,
  'tiny.yaml': tinyArch,
  'cut.onnx': onnx.subarray(0, Math.floor(onnx.length / 2)),
  'empty.onnx': new Uint8Array(),
  'page.onnx': '<html></html>',
  'cut.json': '{"layers": [{"K": 4, "C"',
  'comma.json': '{"layers": [{"K": 4,}]}',
  'twice.json': '{"layers": [{"K": 4,\n "K": 5}]}',
  'twice.yaml': 'layers:\n  - {K: 4, K: 5}\n',
  'broken.yaml': 'layers: [{K: 4}\nname: x: y\n',
  'bomb.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
  'void.yaml': '# nothing\n',
  'blank.json': ' ',
  'binary.yaml': new Uint8Array([0xff, 0xfe, 0x00, 0x41]),
  'sizes.yaml': '- {K: 0, C: -3, P: 2.5, Q: "7"}\n',
  'field.yaml': '- {K: 2, strid: 2}\n',
  'huge.yaml': '- {K: 1000000, C: 1000000, P: 1000000}\n',
  'dims.yaml': tinyArch.replace('dimsX: [K]', 'dimsX: []'),
  'dimtwice.yaml': tinyArch.replace('dimsX: [K]', 'dimsX: [K, C, K]'),
  'capacity.yaml': tinyArch
    .replace('sizeWords: 32', 'sizeWords: 0')
    .replace('wordBits: 8', 'wordBits: 7.5')
    .replace('fanoutX: 4', 'fanoutX: -1'),
  'level.yaml': tinyArch.replace('sizeWords', 'sizeWord'),
  'notarch.yaml': 'hello: world\n',
  'template.yaml': 'template: {base: simbo, vectorSise: 3, numLanes: 0, weightBuffer: 3 parsecs, clock: 0 MHz}\n',
  'lines.yaml': 'template: {base: simba, weightBuffer: 1000, accumBuffer: 16}\n',
  'bare.yaml': 'template: {vectorSize: 4}\n',
  'tech.yaml':
    'name: t\nbase: 16nm\nconstants: {dramEnergi: {value: 1, source: x}, adderEnergy: {value: -1, source: x}}\n',
  'case.json': JSON.stringify({
    architecture: { name: 'a', levels: [], compute: { energyPerOp: 1 } },
    problem: { K: 0 },
  }),
};

/** Command line, and what its complaint must contain. */
const cases: readonly (readonly [string, ...string[]])[] = [
  ['map resnet51 --arch simba', 'unknown network: resnet51. Did you mean resnet50?'],
  ['map resnet50 --arch simbaa', 'unknown architecture: simbaa. Did you mean simba?'],
  ['map resnet50', '--arch is missing', 'simba'],
  ['map nowhere.onnx --arch simba', 'cannot read nowhere.onnx: there is no such file'],
  ['map nowhere.yaml --arch simba', 'cannot read nowhere.yaml: there is no such file'],
  ['map some/dir/net.txt --arch simba', 'some/dir/net.txt is not a workload', '.onnx'],
  ['map cut.onnx --arch simba', 'cut.onnx: the file is not an ONNX model: it is cut short or malformed'],
  ['map empty.onnx --arch simba', 'empty.onnx: the file is empty; expected an ONNX model'],
  ['map page.onnx --arch simba', 'a web page'],
  [
    'map cut.json --arch simba',
    'cut.json: line 1, column 25: expected a colon, got the end of the file: it is cut short',
  ],
  ['map comma.json --arch simba', 'comma.json: line 1, column 21: expected a key in double quotes'],
  ['map twice.json --arch simba', 'twice.json: line 2, column 2: the key "K" is given twice'],
  ['map twice.yaml --arch simba', 'twice.yaml: line 2, column 12: the key K is given twice'],
  ['map broken.yaml --arch simba', 'broken.yaml: line '],
  ['map bomb.yaml --arch simba', 'bomb.yaml: the YAML cannot be read: Excessive alias count'],
  ['map void.yaml --arch simba', 'void.yaml: expected a layer table'],
  ['map blank.json --arch simba', 'blank.json: the file is empty'],
  ['map binary.yaml --arch simba', 'binary.yaml: expected YAML text in UTF-8'],
  [
    'map sizes.yaml --arch simba',
    '0.K: is 0; expected',
    '0.C: is -3',
    '0.P: is 2.5',
    '0.Q: is the text "7"; write the number 7 without quotes',
  ],
  ['map field.yaml --arch simba', 'Did you mean stride?'],
  ['map huge.yaml --arch simba', 'at most 2^50'],
  ['map net.yaml#other --arch simba', 'unknown network: other'],
  ['map net.yaml --arch simba --layer conf', 'unknown layer of tiny-net: conf. Did you mean conv?'],
  ['map net.yaml --arch simba --batch 2', '--batch applies to ONNX files'],
  ['map net.yaml --arch simba --dim seq=2', '--dim applies to ONNX files'],
  ['map net.yaml --arch dims.yaml', 'dims.yaml: levels.1.dimsX: a fan-out needs at least one dimension'],
  ['map net.yaml --arch dimtwice.yaml', 'dimtwice.yaml: levels.1.dimsX.2: dimension K is given twice'],
  [
    'map net.yaml --arch capacity.yaml',
    'levels.1.sizeWords: expected a whole number of at least 1, got 0',
    'levels.0.wordBits: expected a whole number of at least 1, got 7.5',
    'levels.1.fanoutX: expected a whole number of at least 1, got -1',
  ],
  ['map net.yaml --arch level.yaml', 'unknown field of a level: sizeWord. Did you mean sizeWords?'],
  ['map net.yaml --arch notarch.yaml', 'notarch.yaml: expected a machine: {template:'],
  [
    'map net.yaml --arch template.yaml',
    'unknown preset: simbo. Did you mean simba?',
    'Did you mean vectorSize?',
    'template.numLanes: expected a whole number of at least 1, got 0',
    'units: bit, bits, B, KB',
    'template.clock: expected a clock above 0',
  ],
  [
    'map net.yaml --arch lines.yaml',
    'template.weightBuffer: is 1000 B; a line is 64 B (weightPrecision x vectorSize x numLanes), ' +
      'and each ping-pong half holds whole lines, so give 896 B or 1KB',
    'template.accumBuffer: is 16 B; a line is 24 B (accumPrecision x numLanes), so give at least 24 B',
  ],
  [
    'map net.yaml --arch bare.yaml',
    'template.numLanes: is missing',
    'template.clock: is missing (frequency); give it, or start from a preset with "base: simba"',
  ],
  [
    'map net.yaml --arch simba --technology tech.yaml',
    'Did you mean dramEnergy?',
    'constants.adderEnergy.value: expected a number of at least 0, got -1',
  ],
  [
    'map case.json',
    'case.json: architecture.levels: an architecture needs at least one level',
    'case.json: problem.K: expected a whole number of at least 1, got 0',
  ],
  ['map net.yaml --arch simba --json missing/r.json', 'cannot write missing/r.json: there is no directory missing'],
  ['map net.yaml --arch simba --objective edpp', 'unknown objective: edpp. Did you mean edp?'],
  ['map net.yaml --arch simba --solver highz', 'Did you mean highs?'],
  ['map net.yaml --arch simba --conventions timelop', 'Did you mean timeloop?'],
  ['map net.yaml --arch simba --gap 2', 'Expected a share of at least 0 and below 1'],
  ['map net.yaml --arch simba --time-limit -1', 'Expected a time above 0, such as 10s'],
  ['map net.yaml --arch simba --workers 0', 'Expected a whole number of at least 1'],
  ['map net.yaml --arch simba --limit enrgy=1', 'unknown limit: enrgy. Did you mean energy?'],
  ['map net.yaml --arch simba --limit energy=1xJ', 'unknown unit: xJ'],
  ['map net.yaml --arch simba --limit energy=0', 'expected a number above 0'],
  ['map net.yaml --arch simba --limit latency=1us --limit latency=2us', 'latency is limited twice'],
  ['map net.yaml --arch tiny.yaml --limit area=1', 'the area of tiny is not known'],
  ['map net.yaml --arch simba --dim seq', 'Expected name=size'],
  ['map net.yaml --arch simba --objektive edp', "unknown option '--objektive'", 'Did you mean --objective?'],
  ['mapp resnet50', "unknown command 'mapp'", 'Did you mean map?'],
  ['map', "missing required argument 'workload'"],
  ['evaluate', 'expected case files, or --arch ARCH --workload WORKLOAD --mapping FILE'],
  ['evaluate case.json --arch simba', 'drop --arch'],
  ['evaluate cut.json', 'cut.json: line 1'],
  ['show net.yaml', 'net.yaml is a layer table, expected what "map --json" or "map --design" writes, or a case'],
  ['archs nothing', 'unknown architecture: nothing'],
  ['archs --yaml', 'name it: simba'],
  ['networks vgg', 'unknown network: vgg. Did you mean'],
];

describe('bad input', () => {
  test.each(cases.map(([line, ...wanted]) => [line, wanted] as const))('magnet %s', async (line, wanted) => {
    const { code, out, err, written } = await run(line.split(' '), files);
    for (const text of wanted) expect(err).toContain(text);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out, written: written.size }).toEqual({ code: 3, out: '', written: 0 });
  });

  test('all faults of a file are listed at once', async () => {
    const { err } = await run(['map', 'net.yaml', '--arch', 'template.yaml'], files);
    expect(err.trim().split('\n')).toHaveLength(5);
  });
});

describe('a bug in magnet', () => {
  const broken = {
    read: () => {
      throw Object.assign(new Error('disk on fire'), { code: 'EIO' });
    },
  };

  test('an unreadable file is no bug', async () => {
    expect(await run(['map', 'net.yaml', '--arch', 'simba'], files, broken)).toMatchObject({
      code: 3,
      err: 'error: cannot read net.yaml: the device reports an error\n',
    });
  });

  test('is said in one message, exit 4; --debug shows where', async () => {
    const now = () => {
      throw new Error('the clock has stopped');
    };
    const quiet = await run(['map', 'net.yaml', '--arch', 'tiny.yaml'], files, { now });
    expect(quiet.code).toBe(4);
    expect(quiet.err).toContain('a bug in magnet and not in your input: the clock has stopped');
    expect(quiet.err).not.toMatch(/\n\s+at /);
    expect((await run(['--debug', 'map', 'net.yaml', '--arch', 'tiny.yaml'], files, { now })).err).toMatch(/\n\s+at /);
  });
});
