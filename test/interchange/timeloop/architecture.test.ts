// Architectures of Timeloop in each notation, their constraints, and what is refused or noted of them.

import { describe, expect, test } from 'vitest';
import { faults, must, notes, read } from '../../support/timeloop.js';

const nodes = (more = '', pe = '') => `
architecture:
  version: 0.4
  nodes:
  - !Container
    name: chip
    attributes: { global_cycle_seconds: 2.0e-9, datawidth: 8 }
  - !Component
    name: DRAM
    class: DRAM
    attributes: { width: 64 }
  - !Component
    name: GLB
    class: smartbuffer_SRAM
    attributes: { depth: 100, width: 32, read_bandwidth: 16, multiple_buffering: 2 }
    constraints:
      dataspace: { keep: [Inputs], bypass: [Weights] }${more}
  - !Container
    name: column
    spatial: { meshX: 14 }
  - !Container
    name: PE
    spatial: { meshX: 2, meshY: 12 }
    ${pe}
  - !Parallel
    nodes:
    - !Component
      name: spad
      class: smartbuffer_RF
      attributes: { entries: 12 }
  - !Component
    name: mac
    class: intmac
ERT:
  version: 0.4
  tables:
  - { name: "chip.DRAM[1..1]", actions: [{ name: read, energy: 512 }, { name: write, energy: 500 }, { name: update, energy: 1 }] }
  - { name: "chip.GLB[1..1]", actions: [{ name: read, arguments: { data_delta: 0 }, energy: 1 }, { name: read, arguments: { data_delta: 1 }, energy: 5 }] }
  - { name: "chip.PE[0..335].spad[1..336]", actions: [{ name: read, energy: 1 }, { name: fill, energy: 2 }, { name: update, energy: 3 }] }
  - { name: "chip.mac[1..336]", actions: [{ name: compute, energy: 0.5 }] }
`;

describe('v0.4', () => {
  const a = must(read(nodes())).architecture!;

  test('containers become fan-outs, Y outside X; one right inside another is a level that keeps nothing', () => {
    expect(a.name).toBe('chip');
    expect(a.levels.map((l) => [l.name, l.axes.map((x) => [x.label, x.size])])).toEqual([
      ['DRAM', []],
      ['GLB', [['X', 14]]],
      [
        'inter_PE_spatial',
        [
          ['Y', 12],
          ['X', 2],
        ],
      ],
      ['spad', []],
    ]);
    expect(a.levels[2]).toMatchObject({ stores: {}, keeps: [], temporal: [] });
    expect(a.clock).toBe(500);
  });

  test('words, lines, ports and constraints', () => {
    expect(a.levels[0]!.stores.Weights).toMatchObject({ wordBits: 8, blockSize: 8 });
    expect(a.levels[1]).toMatchObject({
      keeps: ['Inputs', 'Outputs'],
      buffers: 2,
      bandwidth: { read: 128, write: null, total: null },
      pools: [{ bits: 100 * 4 * 8 }],
    });
    expect(a.levels[3]).toMatchObject({ pools: [{ bits: 96 }], stores: { Inputs: { blockSize: 1 } } });
  });

  test('energies: writes stand in for fills, the dearest of several for what is missing', () => {
    expect(a.levels.map((l) => l.stores.Inputs?.energy)).toEqual([
      { read: 512, fill: 500, update: 1 },
      { read: 5, fill: 5, update: 5 },
      undefined,
      { read: 1, fill: 2, update: 3 },
    ]);
    expect(a.compute).toEqual({ name: 'mac', energy: 0.5 });
  });

  test('factors of 1 close a fan-out or a level to a dimension; permutation and split choose X or Y', () => {
    const more = '\n      temporal: { factors: [R=1, S=1, N=1, G=1], permutation: [P, Q, K, C, R, S, N, G] }';
    const pe = 'constraints: { spatial: { factors_only: [K<=2, C<=4], permutation: [K], split: 1 } }';
    const { architecture, notes: said } = must(read(nodes(more, pe)));
    expect(architecture!.levels[1]!.temporal).toEqual(['K', 'C', 'P', 'Q']);
    expect(architecture!.levels.flatMap((l) => l.axes.map((x) => x.dims.join('')))).toEqual(['NGKCPQRS', 'C', 'K']);
    expect(architecture!.levels.slice(1, 3)).toMatchObject([
      { innermost: ['P', 'Q', 'K', 'C'] },
      {
        // What cannot loop there has no place, and a rule is about the axes that a dimension may lie on.
        factors: [
          { dim: 'K', axes: ['X'], relation: '<=', value: 2 },
          { dim: 'C', axes: ['Y'], relation: '<=', value: 4 },
        ],
      },
    ]);
    expect(said).toEqual([]);
  });

  const gemm =
    'problem: { shape: { dimensions: [K, C, P], data_spaces: [{ name: Weights, projection: ' +
    '[[[K]], [[C]]] }, { name: Inputs, projection: [[[C]], [[P]]] }, { name: Outputs, ' +
    'projection: [[[K]], [[P]]], read_write: true }] }, instance: { K: 6, C: 8, P: 1 } }';
  const rulesOf = (factors: string, ...beside: string[]) => {
    const { architecture, notes: said } = must(read(nodes(`\n      temporal: { factors: ${factors} }`), ...beside));
    const { temporal, factors: rules = [] } = architecture!.levels[1]!;
    return [
      temporal.join(''),
      rules.map((r) => `${r.dim}${r.relation}${r.value}`).join(' '),
      said.map((d) => d.message),
    ];
  };

  test('factors above 1, fixed and bounded; 0 is the whole bound, -1 no rule', () => {
    expect(rulesOf('[K=4, C<=8, P>=2, R>=1]')).toEqual(['NGKCPQRS', 'K=4 C<=8 P>=2', []]);
    expect(rulesOf('"K0 C=-1"', gemm)).toEqual(['NGKCPQRS', 'K=6', []]);
    expect(rulesOf('[P=0]', gemm)).toEqual(['NGKCQRS', '', []]);
    expect(rulesOf('[K=0]')).toEqual([
      'NGKCPQRS',
      '',
      [
        'K=0 (temporal, GLB) is not applied: it stands for the whole bound, which only a problem given with the architecture says',
      ],
    ]);
  });

  test('no factor is fixed beyond the bound, as in Timeloop', () => {
    expect(rulesOf('[K=16, C=8]', gemm)).toEqual([
      'NGKCPQRS',
      'K=6 C=8',
      ['K=16 (temporal, GLB) is taken as 6, the whole bound, as Timeloop does'],
    ]);
    expect(rulesOf('[P=4]', gemm)[0]).toBe('NGKCQRS');
  });

  test('a fan-out of two directions has its factors on both together, unless a split says which', () => {
    const rules = (spatial: string) =>
      must(read(nodes('', `constraints: { spatial: ${spatial} }`))).architecture!.levels[2]!.factors;
    expect(rules('{ factors: [K=8] }')).toEqual([{ dim: 'K', axes: ['Y', 'X'], relation: '=', value: 8 }]);
    expect(rules('{ factors: [K=2, C=6], permutation: [K, C], split: 1 }')).toEqual([
      { dim: 'K', axes: ['X'], relation: '=', value: 2 },
      { dim: 'C', axes: ['Y'], relation: '=', value: 6 },
    ]);
  });

  test('one permutation per memory', () => {
    const twice = 'constraints: { targets: [{ target: GLB, type: temporal, permutation: [C] }] }';
    expect(faults(nodes('\n      temporal: { permutation: [K] }'), twice)).toEqual([
      'constraints.targets.0.permutation: a second permutation of GLB; keep one of them',
    ]);
    expect(must(read(nodes(), twice)).architecture!.levels[1]!.innermost).toEqual(['C']);
  });

  test('constraints in lists of their own', () => {
    const { architecture, notes: said } = must(
      read(
        nodes(),
        `
architecture_constraints:
  targets:
  - { target: spad, type: datatype, keep: [Weights, Inputs], bypass: [Outputs] }
  - { target: spad, type: temporal, factors: C1 R=1 }
mapspace_constraints:
  - { target: column, type: spatial, no_iteration_over_dataspaces: [Inputs] }
  - { target: spad, type: utilization, min: 0.5 }
`,
      ),
    );
    expect(architecture!.levels[3]).toMatchObject({
      keeps: ['Weights', 'Inputs'],
      temporal: ['N', 'G', 'K', 'P', 'Q', 'S'],
    });
    expect(architecture!.levels[1]!.axes[0]!.dims).toEqual(['K']);
    expect(said.map((d) => d.message)).toEqual([
      'utilization is not applied: the mapper looks at more mappings than Timeloop would',
    ]);
  });

  test.each([
    [
      '\n      temporal: { factors: [M=1] }',
      'architecture.nodes.2.constraints.temporal.factors: the problem has no dimension M',
    ],
    ['\n      temporal: { no_temporal_reuse: [Weights] }', 'no_temporal_reuse changes what is counted'],
    ['\n    spatial: { meshX: 2.5 }', 'meshX: expected a whole number of at least 1, got 2.5'],
    ['\n    sparse_optimizations: { action_optimization: [] }', 'sparse optimizations change every count'],
  ])('refuses %j', (more, message) => expect(faults(nodes(more)).join('\n')).toContain(message));

  test('a target that is not there, with the nearest', () => {
    expect(faults(nodes(), 'constraints: { targets: [{ target: spads, type: temporal, factors: [R=1] }] }')).toEqual([
      'constraints.targets.0: the architecture has no spads; did you mean spad?',
    ]);
  });

  test('energies that are not known', () => {
    const bare = nodes().replace(/ERT:[\s\S]*/, '');
    expect(faults(bare)).toHaveLength(4);
    expect(faults(bare)[0]).toContain('the energy of an access to DRAM is not known; give an ERT');
  });

  test('a memory without a size is noted', () => {
    expect(notes(nodes().replace('entries: 12', 'latency: 1'))).toEqual([
      'architecture.nodes.5.nodes.0.attributes: spad has no size (depth, entries or sizeKB) and is taken as unlimited',
    ]);
  });
});

const tree = (mesh = 4) => `
architecture:
  version: 0.3
  subtree:
  - name: system
    attributes: { word-bits: 8 }
    local: [{ name: DRAM, class: DRAM, attributes: { block-size: 8, vector-access-energy: 200 } }]
    subtree:
    - name: chip
      local: [{ name: GLB, class: SRAM, attributes: { memory_depth: 16, memory_width: 32, n_words: 4, vector-access-energy: 4 } }]
      subtree:
      - name: PE[0..15]
        local:
        - { name: RF, class: regfile, attributes: { entries: 4, meshX: ${mesh}, vector-access-energy: 1 } }
        - { name: "MAC[0..1]", class: compute, attributes: { meshX: ${mesh}, energy-per-op: 0.5 } }
`;

test.each([
  ['type: dataspace, keep: [Inputs]', 'type: bypass, bypass: [Inputs]'],
  ['type: bypass, bypass: [Inputs]', 'type: dataspace, keep: [Inputs]'],
  ['type: dataspace, keep_only: [Weights]', 'type: dataspace, keep: [Inputs]'],
])('what one constraint keeps and another sends by is refused: %s, %s', (one, other) => {
  const constrained = `${nodes()}
constraints:
- { target: spad, ${one} }
- { target: spad, ${other} }
`;
  expect(faults(constrained)).toEqual([
    expect.stringContaining('Inputs is both kept and bypassed at spad; name it in one of them'),
  ]);
});

test('the tree of v0.3: copies multiply, meshes say along which axis', () => {
  const { architecture: a, notes: said } = must(read(tree()));
  expect(said).toEqual([]);
  expect(a!.levels.map((l) => [l.name, l.axes.map((x) => [x.label, x.size])])).toEqual([
    ['DRAM', []],
    [
      'GLB',
      [
        ['Y', 4],
        ['X', 4],
      ],
    ],
    ['RF', [['Y', 2]]],
  ]);
  expect(a!.levels[1]).toMatchObject({
    pools: [{ bits: 16 * 4 * 8 }],
    stores: { Inputs: { blockSize: 4, energy: { read: 4 } } },
  });
});

test('meshes that do not divide', () =>
  expect(faults(tree(3)).join('\n')).toContain('RF has 16 instances, which do not form a mesh of 3 x ?'));
test('what is no architecture', () =>
  expect(faults('architecture: { version: 0.7 }')).toEqual([
    'architecture: expected an architecture (this one is of version 0.7): nodes (v0.4), subtree (v0.2, v0.3), or storage and arithmetic',
  ]));
test('one key in two files', () =>
  expect(faults(tree(), tree())).toEqual(['architecture: is given in 0.yaml and in 1.yaml; give it once']));

describe('mappings', () => {
  const problem = 'problem: { K: 8, C: 4, P: 6 , Q: 1, R: 1, S: 1, N: 1 }';
  const mapping = (...directives: readonly string[]) => `mapping: [${directives.map((d) => `{ ${d} }`).join(', ')}]`;

  test('the split, the remaining factor and the whole one', () => {
    const { mapping: m } = must(
      read(
        tree(),
        problem,
        mapping(
          'target: GLB, type: spatial, factors: K4 C2, permutation: KC, split: 1',
          'target: RF, type: temporal, factors: "P=0 C=-1", permutation: CP',
          'target: DRAM, type: temporal, factors: K2',
          'target: RF, type: bypass, bypass: [Outputs]',
        ),
      ),
    );
    expect(m!.levels).toEqual([
      { name: 'DRAM', keep: ['Weights', 'Inputs', 'Outputs'], temporal: [{ dim: 'K', factor: 2 }], spatial: [] },
      {
        name: 'GLB',
        keep: ['Weights', 'Inputs', 'Outputs'],
        temporal: [],
        spatial: [
          { dim: 'C', factor: 2, axis: 'Y' },
          { dim: 'K', factor: 4, axis: 'X' },
        ],
      },
      {
        name: 'RF',
        keep: ['Weights', 'Inputs'],
        temporal: [
          { dim: 'P', factor: 6 },
          { dim: 'C', factor: 2 },
        ],
        spatial: [],
      },
    ]);
  });

  test.each([
    ['target: RFs, type: temporal', 'mapping.0.target: the architecture has no RFs; did you mean RF?'],
    ['target: DRAM, type: spatial, factors: K2', 'mapping.0: DRAM has no fan-out'],
    ['target: RF, type: temporal, factors: K2 C2', 'the permutation does not place the loop over K, C stands'],
    ['target: RF, type: temporal, factors: "K4,2", permutation: K', 'K4,2 is an imperfect factor'],
    ['target: RF, type: temporal, factors: K2 K4, permutation: K', 'dimension K is given twice'],
    ['target: RF, type: temporal, factors: Kx', 'cannot read "Kx"'],
    [
      'target: RF, type: spatial, factors: K2, permutation: K, split: 1',
      'the loop over K lies along X, where RF has no fan-out; change the split',
    ],
    ['target: RF, type: temporl', 'unknown type of directive: temporl'],
    ['target: RF, type: datatype, keep: [Weights], bypass: [Weights]', 'Weights stands under keep and under bypass'],
    ['target: RF, type: temporal, factors: M2', 'the problem has no dimension M'],
  ])('refuses {%s}', (directive, message) =>
    expect(faults(tree(), problem, mapping(directive)).join('\n')).toContain(message),
  );
});

describe('what the front end of v0.4 makes of nodes', () => {
  const part = (name: string, className: string, attributes: string) =>
    `      - { name: "${name}", class: ${className}, attributes: { ${attributes} } }\n`;
  const parsedInput = `
dumped_by_timeloop_front_end: true
architecture:
  version: '0.4'
  subtree:
  - name: chip_top_level
    attributes: { global_cycle_seconds: 1e-9 }
    local:
${part('DRAM[1..1]', 'DRAM', 'width: 64, datawidth: 8, meshX: 1, meshY: 1, vector_access_energy: 512')}${part('glb[1..1]', 'storage', 'depth: 64, width: 32, datawidth: 8, meshX: 1, meshY: 1, vector_access_energy: 4')}${part('inter_column_spatial[1..1]', 'dummy_storage', 'width: 1, depth: 1, datawidth: 1, meshX: 1, meshY: 1')}${part('inter_PE_spatial[1..14]', 'dummy_storage', 'width: 1, depth: 1, datawidth: 1, meshX: 14, meshY: 1')}${part('mac[1..168]', 'intmac', 'meshX: 14, meshY: 12, energy_per_op: 0.5')}
architecture_constraints:
  targets:
  - { type: temporal, permutation: KC, target: glb }
  - { type: spatial, factors: 'N=1,C=1,K<=7', permutation: NCPRSQK, split: 7, target: inter_column_spatial }
  - { type: temporal, factors: 'N=1,C=1', permutation: NC, target: inter_column_spatial }
  - { type: dataspace, bypass: [Weights, Inputs, Outputs], target: inter_column_spatial }
  - { type: spatial, factors: 'N=1,P=1', permutation: NPQRSCK, split: 4, target: inter_PE_spatial }
`;

  test('is the same machine: nodes between memories keep nothing, and a line is a block', () => {
    const nodesOf = `
architecture:
  version: 0.4
  nodes:
  - !Component { name: DRAM, class: DRAM, attributes: { width: 64, datawidth: 8, vector_access_energy: 512 } }
  - !Component { name: glb, class: storage, attributes: { depth: 64, width: 32, datawidth: 8, vector_access_energy: 4 }, constraints: { temporal: { permutation: [K, C] } } }
  - !Container { name: column, spatial: { meshX: 14 }, constraints: { spatial: { factors: [N=1, C=1, K<=7], permutation: [N, C, P, R, S, Q, K], split: 7 } } }
  - !Container { name: PE, spatial: { meshY: 12 }, constraints: { spatial: { factors: [N=1, P=1], permutation: [N, P, Q, R, S, C, K], split: 4 } } }
  - !Component { name: mac, class: intmac, attributes: { energy_per_op: 0.5 } }
`;
    const [from, to] = [must(read(parsedInput)).architecture!, must(read(nodesOf)).architecture!];
    expect(from.levels).toEqual(to.levels);
    expect(from.levels.flatMap((l) => l.axes).map((x) => [x.label, x.size, x.dims.join('')])).toEqual([
      ['X', 14, 'KPQRS'],
      ['Y', 12, 'GKCS'],
    ]);
  });
});
