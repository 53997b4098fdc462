// `--limit` of `prove`: every form and unit, every fault with its way out, contradictions before any work.

import { describe, expect, test } from 'vitest';
import { parseRequirements } from '../../src/library/requirements.js';
import type { Subject } from '../../src/library/requirements.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { array3, simba } from '../../src/model/machine/presets.js';
import { forProducts } from '../../src/model/space/design-space.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';

const layer = (name: string, K: number) => ({ layer: makeLayer(name, { K, C: 4 }), count: 1 });
const network = {
  name: 'net',
  source: 'test',
  layers: [layer('conv1', 4), layer('conv2', 8), layer('/a=b/Conv<1>', 16), layer('x@y', 3)],
  unmapped: [],
};
const quick = forProducts(
  spaces.find((s) => s.name === 'magnet-quick')!,
  1024,
);
const onSimba: Subject = { network, candidates: { kind: 'machine', machine: { kind: 'template', template: simba } } };
const inQuick: Subject = { network, candidates: { kind: 'space', space: quick } };

const read = (texts: readonly string[], about: Subject = onSimba) => {
  const result = parseRequirements(texts, about);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.requirements;
};
const faults = (texts: readonly string[], about: Subject = onSimba) => {
  const result = parseRequirements(texts, about);
  return result.ok ? [] : result.diagnostics.map((d) => d.message);
};

describe('what is understood', () => {
  test.each([
    ['area=2mm2', { kind: 'area', max: 2 }],
    ['area <= 2e6 um2', { kind: 'area', max: 2 }],
    ['energy=3mJ', { kind: 'network', quantity: 'energy', max: 3e9 }],
    ['latency<=10ms', { kind: 'network', quantity: 'latency', max: 1e7 }],
    // Doubles: 1.005 x 1000 is not 1005.
    ['latency=1.005us', { kind: 'network', quantity: 'latency', max: 1005 }],
    ['latency=500cycles', { kind: 'network', quantity: 'latency', max: 500 }],
    ['edp=1e9pJ*cycles', { kind: 'network', quantity: 'edp', max: 1e9 }],
    ['latency@conv1=1ms', { kind: 'layer', layer: 'conv1', quantity: 'latency', max: 1e6 }],
    ['energy@/a=b/Conv<1><=1nJ', { kind: 'layer', layer: '/a=b/Conv<1>', quantity: 'energy', max: 1000 }],
    ['energy@x@y=1nJ', { kind: 'layer', layer: 'x@y', quantity: 'energy', max: 1000 }],
    ['weightBuffer=32KB', { kind: 'parameter', parameter: 'weightBuffer', bound: 'max', value: 262144 }],
    ['globalBuffer>=1MB', { kind: 'parameter', parameter: 'globalBuffer', bound: 'min', value: 2 ** 23 }],
    ['inputBuffer<=100bits', { kind: 'parameter', parameter: 'inputBuffer', bound: 'max', value: 100 }],
    ['numLanes=8', { kind: 'parameter', parameter: 'numLanes', bound: 'max', value: 8 }],
    ['lanes>=8', { kind: 'parameter', parameter: 'numLanes', bound: 'min', value: 8 }],
    ['vector=16', { kind: 'parameter', parameter: 'vectorSize', bound: 'max', value: 16 }],
    ['pes>=4', { kind: 'parameter', parameter: 'pes', bound: 'min', value: 4 }],
    ['clock<=1.5GHz', { kind: 'parameter', parameter: 'clock', bound: 'max', value: 1500 }],
    ['accumPrecision<=24bits', { kind: 'parameter', parameter: 'accumPrecision', bound: 'max', value: 24 }],
    ['accumCollector>=1', { kind: 'parameter', parameter: 'accumCollector', bound: 'min', value: 1 }],
  ])('%s', (text, wanted) => expect(read([text])).toEqual([{ ...wanted, text }]));

  test('several, in their order; what is said twice is taken once', () => {
    expect(read(['area=2mm2', ' pes>=2 ', 'area=2e6um2', 'pes<=8', 'pes>=2']).map((r) => r.text)).toEqual([
      'area=2mm2',
      'pes>=2',
      'pes<=8',
    ]);
    expect(read([])).toEqual([]);
  });
});

test.each([
  ['latency=2000', 'note: --limit latency=2000: read as 2,000 cycles', 2000],
  ['energy@conv1=3.5', 'note: --limit energy@conv1=3.5: read as 3.5 pJ', 3.5],
  ['edp=1e9', 'note: --limit edp=1e9: read as 1,000,000,000 pJ*cycles', 1e9],
  ['area<=2', 'note: --limit area<=2: read as 2 mm2', 2],
  ['weightBuffer=32', 'note: --limit weightBuffer=32: read as 32 B', 256],
  ['clock=500', 'note: --limit clock=500: read as 500 MHz', 500],
])('%s, without a unit, is read and said', (text, said, value) => {
  const result = parseRequirements([text], onSimba);
  expect(result).toMatchObject({ ok: true, value: { understood: [said], requirements: [{ text }] } });
  expect(read([text]).map((r) => (r.kind === 'parameter' ? r.value : r.max))).toEqual([value]);
});

test('a count has no unit, and nothing is to be said of it; bits are bits', () =>
  expect(parseRequirements(['pes>=4', 'accumPrecision<=24'], onSimba)).toMatchObject({
    ok: true,
    value: { understood: ['note: --limit accumPrecision<=24: read as 24 bits'] },
  }));

test('each layer: a requirement for each, by its name', () => {
  expect(read(['latency@each<=1ms', 'energy@each=1nJ', 'latency@conv1=1ms']).map((r) => r.text)).toEqual([
    'latency@conv1<=1ms',
    'latency@conv2<=1ms',
    'latency@/a=b/Conv<1><=1ms',
    'latency@x@y<=1ms',
    'energy@conv1=1nJ',
    'energy@conv2=1nJ',
    'energy@/a=b/Conv<1>=1nJ',
    'energy@x@y=1nJ',
  ]);
});

describe('what is refused', () => {
  test.each([
    ['latency=10sec', 'unknown unit: sec. Did you mean s?'],
    ['energy=3kWh', 'unknown unit: kWh'],
    ['weightBuffer=32Kb', 'unknown unit: Kb. Did you mean KB?'],
    ['numLanes=8KB', 'it is a count; give a plain number'],
    ['numLanes=7.5', 'expected a whole number of at least 1'],
    ['numLanes=0', 'expected a number above 0'],
    ['latency=0ms', 'expected a number above 0, in cycles, ns, us, ms, s'],
    ['latency=-1ms', 'expected a number above 0'],
    ['latency=NaN', 'expected a number above 0'],
    ['latency=ms', 'expected a number above 0'],
    ['latency=', 'expected a number above 0'],
    ['latency=1e999ms', 'expected a number above 0'],
    ['latency=1e308s', 'too large to be a limit'],
    ['energy=1e-304pJ', 'too small to be a limit'],
    ['globalBuffer>=1e308MB', 'too large to be a limit'],
    ['latency', 'expected name=value, name<=value or name>=value'],
    ['latency<10ms', 'expected name=value, name<=value or name>=value'],
    ['latency=>10ms', 'expected name=value, name<=value or name>=value'],
    ['=10ms', 'unknown limit: '],
    ['latensy=10ms', 'unknown limit: latensy. Did you mean latency?'],
    ['weigthBuffer=32KB', 'unknown limit: weigthBuffer. Did you mean weightBuffer?'],
    ['power=1W', 'unknown limit: power. Known: area, energy, latency, edp, layer-edp, pes, vectorSize'],
    ['latency>=1ms', 'a cost has no lower limit: what costs less is only better; write latency<=1ms, or drop it'],
    ['energy@conv1>=1nJ', 'write energy@conv1<=1nJ'],
    ['area>=1mm2', 'a cost has no lower limit'],
    ['area@conv1=1mm2', 'area belongs to the chip, not to a layer; write area=1mm2'],
    ['numLanes@conv1=8', 'numLanes belongs to the chip'],
    [
      'latency@conv3=1ms',
      'unknown layer of net: conv3. Did you mean conv1? layers of one shape go by the name of the first',
    ],
    ['latency@nowhere=1ms', 'Known: conv1, conv2, /a=b/Conv<1>, x@y; layers of one shape'],
  ])('%s', (text, wanted) => {
    const said = faults([text]);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`--limit ${text}: `);
    expect(said[0]).toContain(wanted);
  });

  test('all of it at once', () =>
    expect(faults(['latency=10sec', 'numLanes=0', 'area=2mm2', 'pes>=8', 'pes<=4'])).toHaveLength(3));

  test('of a hierarchy neither area nor parameters are known', () => {
    const about: Subject = {
      network,
      candidates: { kind: 'machine', machine: { kind: 'hierarchy', architecture: array3 } },
    };
    expect(faults(['area=2mm2', 'numLanes=8', 'energy=1uJ'], about)).toEqual([
      '--limit area=2mm2: the area of array3 is not known, because it is not made from the template; drop the limit',
      '--limit numLanes=8: array3 is not made from the template, so it has no numLanes; drop the limit',
    ]);
  });

  test('with several clocks a time is no number of cycles', () => {
    const about: Subject = {
      network,
      candidates: { kind: 'space', space: { ...quick, menus: { ...quick.menus, clock: [500, 1000] } } },
    };
    expect(faults(['latency=1ms', 'latency@conv1=1us'], about)[0]).toBe(
      '--limit latency=1ms: magnet-quick has several clocks (500, 1000 MHz), so a time does not say how many cycles it is; ' +
        'give cycles, or a space with one clock',
    );
    expect(faults(['latency=1000cycles'], about)).toEqual([]);
  });
});

describe('contradictions', () => {
  test.each([
    [['area=2mm2', 'area=3mm2'], 'area=2mm2 and area=3mm2 limit the same thing twice; keep one'],
    [['lanes<=8', 'numLanes<=16'], 'lanes<=8 and numLanes<=16 limit the same thing twice; keep one'],
    [['latency@conv1=1ms', 'latency@conv1=2ms'], 'limit the same thing twice'],
    [['pes>=8', 'pes<=4'], 'pes>=8 and pes<=4 contradict each other: no number is both; change one'],
  ])('%s', (texts, wanted) => {
    for (const about of [onSimba, inQuick]) expect(faults(texts, about)).toEqual([expect.stringContaining(wanted)]);
  });

  test.each([
    [
      ['numLanes>=3', 'numLanes<=3'],
      'no value of numLanes in space magnet-quick lies between 3 and 3; it has 8, 16, 32',
    ],
    [['numLanes=4'], 'no value of numLanes in space magnet-quick is at most 4; it has 8, 16, 32'],
    [
      ['globalBuffer>=2MB'],
      'no value of globalBuffer in space magnet-quick is at least 2048KB; it has 128KB, 256KB, 512KB, 1024KB',
    ],
    [['pes>=5', 'pes<=7'], 'no value of pes in space magnet-quick lies between 5 and 7; it has 1, 2, 4, 8, 16'],
  ])('%s in a space', (texts, wanted) => expect(faults(texts, inQuick)).toEqual([expect.stringContaining(wanted)]));

  test('what a machine has is no contradiction, but infeasible; quantities and layers are apart', () => {
    expect(faults(['numLanes>=3', 'numLanes<=3', 'pes<=2', 'weightBuffer=1KB'])).toEqual([]);
    expect(
      faults(
        ['latency=1ms', 'latency@conv1=1us', 'latency@conv2=2us', 'energy@conv1=1nJ', 'numLanes>=8', 'numLanes<=16'],
        inQuick,
      ),
    ).toEqual([]);
  });
});
