// A lowered network, run from the definition of its runs, leaves every tensor of the reference where its view says.

import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { lowered } from '../../src/compile/lower.js';
import { activationsBefore, weightsBefore, wordsAt } from '../../src/compile/memory.js';
import { networkProgram, runsIn } from '../../src/compile/network-program.js';
import type { MachineRun } from '../../src/compile/lowered.js';
import { simba } from '../../src/model/machine/presets.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { dimensions } from '../../src/model/workload/layer.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { graphOf } from '../support/graphs.js';
import { performAll } from '../support/lowered-machine.js';
import { randomGraph } from '../support/random-graph.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** Covers the bounds and pads none: only its extents matter here. */
const plainMapping = ({ layer }: MachineRun): Mapping => ({
  levels: [
    {
      name: 'DRAM',
      keep: [],
      temporal: dimensions.map((dim) => ({ dim, factor: layer.bounds[dim] })).filter((l) => l.factor > 1),
      spatial: [],
    },
  ],
});

const machine = accelerator(simba);

function expectEveryTensor(graph: NetworkGraph, seed: number): number {
  const { integers, inputs, run } = got(drawnRun(graph, seed));
  if (run.notRun.length > 0) return 0;
  const made = got(lowered(graph, integers, 8));
  const program = networkProgram(machine, made, runsIn(made).map(plainMapping));
  const activations = activationsBefore(program, inputs);
  performAll(program, activations, weightsBefore(program));
  for (const step of graph.steps)
    for (const name of step.outputs) {
      const view = made.tensors.get(name)!;
      const { values } = wordsAt(view, program.bases.get(view.storage)!, activations);
      expect([name, [...values]]).toEqual([name, [...run.tensors.get(name)!.values]]);
    }
  return program.operations.filter((o) => o.kind === 'rearrangement').length;
}

describe('a lowered network', () => {
  test.each([
    [1, 60],
    [1001, 1060],
  ])('random graphs %i to %i', (from, to) => {
    for (let seed = from; seed <= to; seed++)
      expectEveryTensor(graphOf(randomGraph(seed, { host: false, size: 1 + (seed % 14) })), seed);
  });
});
