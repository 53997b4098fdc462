// Keys of Timeloop files: slips are refused wherever they stand, what nobody knows is noted, what its programs know is silent.

import { describe, expect, test } from 'vitest';
import { slipOf } from '../../../src/interchange/timeloop/keys.js';
import { faults, must, notes, read } from '../../support/timeloop.js';

const text = `
architecture:
  version: 0.4
  nodes:
  - !Container { name: chip, attributes: { technology: "32nm", global_cycle_seconds: 1.0e-9 } }
  - !Component { name: DRAM, class: DRAM, required_actions: [read], attributes: { type: LPDDR4, width: 64, datawidth: 8 } }
  - !Component
    name: GLB
    class: smartbuffer_SRAM
    subclass: smartbuffer
    area_share: 1
    attributes: { memory_depth: 64, memory_width: 32, datawidth: 8, n_banks: 2, update_fifo_depth: 2 }
    constraints: { dataspace: { keep: [Inputs, Outputs], bypass: [Weights] }, temporal: { permutation: [C], no_reuse: [], remainders: null } }
  - !Container { name: PE, spatial: { meshX: 4 }, constraints: { spatial: { factors: [K<=4], no_link_transfer: [Weights] } } }
  - !Component { name: mac, class: intmac, attributes: { multiplier_width: 8, adder_width: 16 } }
ERT:
  version: 0.4
  tables:
  - { name: chip.DRAM, actions: [{ name: read, arguments: { data_delta: 1 }, energy: 8 }, { name: write, energy: 8 }, { name: leak, energy: 0 }] }
  - { name: chip.GLB, actions: [{ name: read, energy: 1 }, { name: metadata_read, energy: 1 }] }
  - { name: chip.mac, actions: [{ name: compute, energy: 0.5 }] }
  - { name: chip.adder, actions: [{ name: reads, energy: 0.5 }] }
problem:
  version: 0.4
  instance: { C: 4, K: 8, P: 6, R: 3, H: 8, Hpad: 0, Wstride: 2 }
  shape:
    name: conv
    dimensions: [C, K, P, R]
    coefficients: [{ name: Wstride, default: 1 }]
    data_spaces:
    - { name: Weights, projection: [[[C]], [[K]], [[R]]] }
    - { name: Inputs, projection: [[[C]], [[R], [P, Wstride]]] }
    - { name: Outputs, projection: [[[K]], [[P]]], read_write: true }
mapping:
- { target: DRAM, type: temporal, factors: [K=2, P=6], permutation: [K, P] }
- { target: GLB, type: dataspace, keep: [Inputs, Outputs], bypass: [Weights] }
- { target: PE, type: spatial, factors: [K=4], permutation: [K], split: 8 }
- { target: GLB, type: temporal, factors: [C=4, R=3], permutation: [C, R] }
mapspace_constraints:
  version: 0.4
  targets:
  - { target: DRAM, type: temporal, factors: [C=1] }
`;
const altered = (from: string, to: string) => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

test('what Timeloop and Accelergy know is read or left without a word', () => {
  expect(notes(text)).toEqual([]);
  expect(must(read(text)).layer).toMatchObject({ stride: { P: 2 }, bounds: { C: 4, K: 8, P: 6, R: 3 } });
});

describe('slips are refused, each with what was meant', () => {
  test.each([
    ['Wstride: 2', 'Wstrid: 2', 'problem.instance.Wstrid: is not read; did you mean Wstride?'],
    ['Wstride: 2', 'wstride: 2', 'problem.instance.wstride: is not read; did you mean Wstride?'],
    ['  instance:', '  instnace: {}\n  instance:', 'problem.instnace: is not read; did you mean instance?'],
    ['default: 1', 'defualt: 1', 'problem.shape.coefficients.0.defualt: is not read; did you mean default?'],
    [
      'read_write: true',
      'read_write: true, projecton: [[[K]]]',
      'problem.shape.data_spaces.2.projecton: is not read; did you mean projection?',
    ],
    [
      'GLB, actions: [{ name: read,',
      'GLB, actions: [{ name: raed,',
      'ERT.tables.1.actions.0: GLB has no action raed; did you mean read?',
    ],
    ['arguments:', 'argument:', 'ERT.tables.0.actions.0.argument: is not read; did you mean arguments?'],
    ['dataspace, keep:', 'dataspace, kep:', 'mapping.1.kep: is not read; did you mean keep?'],
    ['permutation: [K, P]', 'permutation: [K, P], spilt: 1', 'mapping.0.spilt: is not read; did you mean split?'],
    [
      'dataspace: { keep:',
      'dataspace: { kep:',
      'architecture.nodes.2.constraints.dataspace.kep: is not read; did you mean keep?',
    ],
    [
      '    constraints: {',
      '    constrants: {',
      'architecture.nodes.2.constrants: is not read; did you mean constraints?',
    ],
    [
      'memory_depth',
      'memory_dpeth',
      'architecture.nodes.2.attributes.memory_dpeth: is not read; did you mean memory_depth?',
    ],
    ['factors: [C=1]', 'factor: [C=1]', 'mapspace_constraints.targets.0.factor: is not read; did you mean factors?'],
    ['mapping:', 'maping:', 'maping: is not read; did you mean mapping?'],
  ])('%s as %s', (from, to, message) => expect(faults(altered(from, to))).toEqual([message]));

  test('also beside what they bring about', () =>
    expect(faults(altered('meshX', 'mesh_X'))[0]).toBe(
      'architecture.nodes.3.spatial.mesh_X: is not read; did you mean meshX?',
    ));

  test('inherited attributes are told of once, where they stand', () => {
    expect(faults(altered('global_cycle_seconds', 'global_cycle_second'))).toEqual([
      'architecture.nodes.0.attributes.global_cycle_second: is not read; did you mean global_cycle_seconds?',
    ]);
  });

  test('in the older notations too', () => {
    const tree = (local: string, more = '') =>
      `architecture: { version: 0.3, subtree: [{ name: chip, ${more} local: [${local}, ` +
      '{ name: MAC, class: mac, attributes: { energy_per_op: 1 } }] }] }';
    const memory = '{ name: DRAM, class: DRAM, attributes: { word-bits: 8, vector_access_energy: 1 } }';
    expect(faults(tree(memory))).toEqual([]);
    expect(faults(tree(memory.replace('word-bits', 'wrod-bits'), 'atributes: { a: 1 },'))).toEqual([
      'architecture.subtree.0.atributes: is not read; did you mean attributes?',
      'architecture.subtree.0.local.0.attributes.wrod_bits: is not read; did you mean word_bits?',
    ]);
    const flat =
      'arch: { arithmetic: { name: MAC, energy_per_op: 1, instances: 1 }, storage: [{ name: ' +
      'DRAM, technology: DRAM, word_bit: 8, vector_access_energy: 1 }] }';
    expect(faults(flat)).toEqual(['arch.storage.0.word_bit: is not read; did you mean word_bits?']);
  });
});

test.each([
  ['R: 3,', 'R: 3, colour: 3,', 'problem.instance.colour: is not read'],
  // A coefficient of the built-in convolution that this shape does not have is no slip of one that it has.
  ['R: 3,', 'R: 3, Hstride: 2,', 'problem.instance.Hstride: is not read'],
  ['permutation: [K, P]', 'permutation: [K, P], keep: [Inputs]', 'mapping.0.keep: is not read'],
  ['subclass:', 'colour: red\n    subclass:', 'architecture.nodes.2.colour: is not read'],
  ['{ data_delta: 1 }', '{ data_delta: 1 }, area: 2', 'ERT.tables.0.actions.0.area: is not read'],
  ['factors: [C=1]', 'factors: [C=1], colour: red', 'mapspace_constraints.targets.0.colour: is not read'],
])('what nobody knows is noted: %s as %s', (from, to, message) => expect(notes(altered(from, to))).toEqual([message]));

test('mappings may not ask for other counts', () => {
  expect(faults(altered('permutation: [K, P]', 'permutation: [K, P], no_reuse: [Weights]'))[0]).toContain(
    'mapping.0.no_reuse: no_reuse changes what is counted',
  );
  expect(
    faults(altered('permutation: [K], split: 8', 'permutation: [K], split: 8, no_multicast_no_reduction: [Inputs]'))[0],
  ).toContain('no_multicast_no_reduction changes what is counted');
});

test('a slip that holds nothing says nothing', () =>
  expect(faults(altered('read_write: true', 'read_write: true, projecton: []'))).toEqual([]));

test('factors make up the bound and no more', () => {
  expect(faults(altered('factors: [K=2, P=6]', 'factors: [K=4, P=6]'))).toEqual([
    'mapping: the factors of K make up 16 (4 at DRAM, 4 at the fan-out below GLB), ' +
      "and its bound is 8; Timeloop's loops are perfect, so lower a factor or pad the bound in the problem",
  ]);
});

test('a slip is one letter more, less or other, two swapped, or capitals, of a name of four letters at least', () => {
  expect(['kep', 'keepp', 'keop', 'kepe', 'KEEP'].map((name) => slipOf(name, ['keep']))).toEqual(Array(5).fill('keep'));
  expect(['kp', 'kheeps', 'bypass', 'peek'].map((name) => slipOf(name, ['keep']))).toEqual(Array(4).fill(undefined));
  expect(slipOf('mca', ['mac'])).toBe(undefined);
});
