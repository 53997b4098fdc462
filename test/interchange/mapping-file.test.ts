// Mappings as files: what is printed reads back; a result's mappings too.

import { expect, test } from 'vitest';
import { parseCase } from '../../src/interchange/case.js';
import { hardwareFile } from '../../src/interchange/hardware-file.js';
import { parseMapping, printMappingFile } from '../../src/interchange/mapping-file.js';
import { parseMapResult, printMapResult } from '../../src/results/map-result.js';
import { shapeFile } from '../../src/interchange/layer-shape.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import { goldenCases } from '../support/golden.js';

test('every golden mapping survives being printed and read', () => {
  for (const golden of goldenCases()) {
    const read = parseCase(golden);
    if (!read.ok) throw new Error(golden.id);
    const { architecture, mapping } = read.value;
    const file = JSON.parse(JSON.stringify(printMappingFile(mapping!)));
    const again = parseMapping(file, architecture);
    const sorted = {
      levels: mapping!.levels.map((l) => ({
        ...l,
        keep: file.levels.find((f: { name: string }) => f.name === l.name).keep,
      })),
    };
    expect(again).toEqual({ ok: true, value: sorted });
  }
});

const machine = () => {
  const read = parseCase(goldenCases()[0]);
  if (!read.ok) throw new Error('golden');
  return read.value;
};

test('keep and bypass must not contradict each other, and one of several axes must be named', () => {
  const file = printMappingFile(machine().mapping!);
  const [dram, ...rest] = file.levels;
  const contradicted = parseMapping({ levels: [{ ...dram!, bypass: ['Inputs'] }, ...rest] }, machine().architecture);
  expect(contradicted).toMatchObject({
    ok: false,
    diagnostics: [{ message: 'Inputs stands under keep and under bypass; name it in one of them' }],
  });
  const [outer, global, local] = file.levels;
  const unnamed = parseMapping(
    { levels: [outer, { ...global!, spatial: [{ dim: 'K', factor: 2 }] }, local] },
    machine().architecture,
  );
  expect(unnamed).toMatchObject({
    ok: false,
    diagnostics: [{ message: 'GlobalBuffer has several axes; name one of Y, X' }],
  });
});

test('bypass alone says what is kept', () => {
  const levels = machine().architecture.levels.map((l, i) => ({
    name: l.name,
    ...(i === 1 && { bypass: ['Weights'] }),
  }));
  expect(parseMapping({ levels }, machine().architecture)).toMatchObject({
    ok: true,
    value: { levels: [{}, { keep: ['Inputs', 'Outputs'] }, {}] },
  });
});

test('a map result reads back as it was printed', () => {
  const layer = {
    name: 'a',
    count: 2,
    layer: shapeFile(makeLayer('a', { K: 2, P: 3 }, { pool: [3, 1] })),
    status: 'optimal',
    objective: 1,
    bound: 1,
    gap: 0,
    energy: 1,
    parts: { DRAM: 0.75, MACs: 0.25 },
    cycles: 1,
    utilization: 0.5,
    seconds: 0.1,
    solver: 'highs',
    nodes: 3,
    certificate: { status: 'certified', eps: 0.0009, seconds: 2, leaves: 3, reason: '' },
    mapping: printMappingFile(machine().mapping!),
  } as const;
  const none = {
    ...layer,
    name: 'b',
    status: 'infeasible',
    objective: null,
    bound: null,
    gap: null,
    energy: null,
    parts: null,
    cycles: null,
    utilization: null,
    certificate: null,
    mapping: null,
  } as const;
  const result = {
    schema: 'magnet-map/2',
    workload: 'w',
    arch: 'a',
    goal: 'edp',
    conventions: 'magnet',
    hardware: hardwareFile({ machine: { kind: 'template', template: simba }, technology: technology16nm }),
    layers: [layer, none],
    objective: null,
    bound: null,
    energy: null,
    cycles: null,
    edp: null,
  } as const;
  expect(parseMapResult(JSON.parse(printMapResult(result)))).toEqual({ ok: true, value: result });
  expect(parseMapResult({ ...result, goal: 'edpp' })).toMatchObject({ ok: false });
  // Files from before there were certificates, shapes and hardware.
  const { certificate: _, layer: __, parts: ___, ...before } = layer;
  const { hardware: ____, ...old } = result;
  expect(parseMapResult({ ...old, layers: [before] })).toMatchObject({
    ok: true,
    value: { hardware: null, layers: [{ certificate: null, layer: null, parts: null }] },
  });
});
