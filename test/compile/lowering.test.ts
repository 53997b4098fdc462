// A lowered network, run from the definition of its runs, leaves every tensor of the reference where its view says.

import { describe, expect, test } from 'vitest';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { seeded } from '../../src/base/random.js';
import type { Parsed } from '../../src/base/diagnostics.js';
import { lowered } from '../../src/compile/lower.js';
import { activationsBefore, tensorAt, weightsBefore } from '../../src/compile/memory.js';
import { isBordered } from '../../src/compile/storage.js';
import { livesOf } from '../../src/compile/rooms.js';
import { networkProgram, runsIn, withoutRoom } from '../../src/compile/network-program.js';
import type { Lowered } from '../../src/compile/lowered.js';
import { simba } from '../../src/model/machine/presets.js';
import type { Mapping } from '../../src/model/mapping/mapping.js';
import { isChannelwise } from '../../src/model/workload/block-diagonal.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { graphOf } from '../support/graphs.js';
import { performAll, plainMapping } from '../support/lowered-machine.js';
import { randomGraph } from '../support/random-graph.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

/** Blocks of any size where groups may be joined and a last block that is filled up finds room. */
function mappingsOf(made: Lowered, seed: number): readonly Mapping[] {
  const chance = seeded(seed);
  const mappings = runsIn(made).map(({ layer }) => {
    const joins = isChannelwise(layer) && layer.diagonal !== false;
    return plainMapping(layer, joins ? 1 + chance.below(layer.bounds.G + 1) : 1);
  });
  const without = new Set(withoutRoom(made, mappings));
  return runsIn(made).map(({ layer }, i) => (without.has(i) ? plainMapping(layer, 1) : mappings[i]!));
}

const machine = accelerator(simba);

/** How many of its storages are unsigned, and have a border. */
function expectEveryTensor(graph: NetworkGraph, seed: number, unsigned?: ReadonlySet<string>): number {
  const { integers, inputs, run } = got(drawnRun(graph, seed, { unsigned }));
  if (run.notRun.length > 0) return 0;
  const made = got(lowered(graph, integers, 8));
  const program = networkProgram(machine, made, mappingsOf(made, seed));
  const activations = activationsBefore(program, inputs);
  // Rooms are shared: a tensor is looked at when nothing needs it any more.
  const lives = livesOf(made);
  const last = made.operations.length - 1;
  const names = graph.steps.flatMap((step) => step.outputs);
  const endingAt = (at: number) =>
    names.filter((name) => Math.min(last, lives.get(made.tensors.get(name)!.storage)!.to) === at);
  performAll(program, inputs, activations, weightsBefore(program), (at) => {
    for (const name of endingAt(at)) {
      const { values } = tensorAt(program, name, activations);
      expect([name, [...values]]).toEqual([name, [...run.tensors.get(name)!.values]]);
    }
  });
  return made.storages.filter((s) => s.unsigned && isBordered(s)).length;
}

describe('a lowered network', () => {
  test.each([
    [1, 60],
    [1001, 1060],
  ])('random graphs %i to %i', (from, to) => {
    let bordered = 0;
    for (let seed = from; seed <= to; seed++) {
      const graph = graphOf(randomGraph(seed, { host: false, size: 1 + (seed % 14) }));
      bordered += expectEveryTensor(graph, seed, seed % 2 === 0 ? undefined : unsignedTensors(graph, 8));
    }
    expect(bordered).toBeGreaterThan(0);
  });
});
