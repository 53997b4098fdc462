// Laws of rooms: tensors that are needed at the same time never share a word, borders stay zero, less memory is taken than
// with a room for each, and every tensor is right as long as it is needed.

import { expect, test } from 'vitest';
import { activationsBefore, tensorAt, weightsBefore } from '../../src/compile/memory.js';
import { lowered } from '../../src/compile/lower.js';
import { networkProgram, runsIn } from '../../src/compile/network-program.js';
import { livesOf } from '../../src/compile/rooms.js';
import type { Storage } from '../../src/compile/storage.js';
import { shapesAlone } from '../../src/compile/step-layers.js';
import { stridesOf, wordsOf } from '../../src/compile/storage.js';
import { simba } from '../../src/model/machine/presets.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { networkGraphOf } from '../../src/workloads/graph/network-graph-of.js';
import { findSketch } from '../../src/workloads/builtin.js';
import { graphOf } from '../support/graphs.js';
import { performAll, plainMapping } from '../support/lowered-machine.js';
import { randomGraph } from '../support/random-graph.js';

const machine = accelerator(simba);

/** Words of a storage that lie around what tensors have. */
function borderOf(storage: Storage): readonly number[] {
  const strides = stridesOf(storage);
  const all = Array.from({ length: wordsOf(storage) }, (_, i) => i);
  return all.filter((i) =>
    storage.axes.some(({ before, size, after, excess }, axis) => {
      const at = Math.floor(i / strides[axis]!) % (before + size + Math.max(after, excess));
      return at < before || (after > 0 && at >= before + size);
    }),
  );
}

test('random graphs', { timeout: 100_000 }, () => {
  let [shared, saved, borders] = [0, 0, 0];
  for (let seed = 1; seed <= 80; seed++) {
    const graph = graphOf(randomGraph(seed, { host: false, size: 1 + (seed % 25) }));
    const drawn = drawnRun(graph, seed, { unsigned: seed % 2 === 0 ? undefined : unsignedTensors(graph, 8) });
    if (!drawn.ok) throw new Error('refused');
    const made = lowered(graph, drawn.value.integers, 8);
    if (!made.ok) throw new Error('refused');
    const mappings = runsIn(made.value).map(({ layer }) => plainMapping(layer, 1));
    const program = networkProgram(machine, made.value, mappings);
    const lives = livesOf(made.value);
    const rooms = made.value.storages.map((storage) => {
      const base = program.bases.get(storage)!;
      return { storage, base, end: base + wordsOf(storage), ...lives.get(storage)! };
    });
    for (const [i, a] of rooms.entries())
      for (const b of rooms.slice(0, i)) {
        const apart = a.end <= b.base || b.end <= a.base;
        if (!apart) shared++;
        if (a.from <= b.to && b.from <= a.to) expect(apart, `${seed}: ${a.storage.name}, ${b.storage.name}`).toBe(true);
      }
    saved += program.unshared - program.activations;
    const activations = activationsBefore(program, drawn.value.inputs);
    const names = new Map(made.value.storages.map((s) => [s, [] as string[]]));
    for (const step of graph.steps)
      for (const name of step.outputs) names.get(made.value.tensors.get(name)!.storage)!.push(name);
    performAll(program, drawn.value.inputs, activations, weightsBefore(program), (at) => {
      for (const { storage, base, from, to } of rooms) {
        if (at < from || at > to) continue;
        for (const word of borderOf(storage)) {
          borders++;
          expect(activations[base + word], `${seed}: the border of ${storage.name} behind operation ${at}`).toBe(
            storage.unsigned ? -128 : 0,
          );
        }
        if (at !== Math.min(to, made.value.operations.length - 1)) continue;
        for (const name of names.get(storage)!)
          expect([name, [...tensorAt(program, name, activations).values]]).toEqual([
            name,
            [...drawn.value.run.tensors.get(name)!.values],
          ]);
      }
    });
  }
  expect(shared).toBeGreaterThan(100);
  expect(saved).toBeGreaterThan(0);
  expect(borders).toBeGreaterThan(10_000);
});

test.each([
  ['resnet50', 0.3],
  // Most of its tensors have a border, whose rooms only their like share.
  ['mobilenetv2', 0.6],
])('%s takes a fraction of the memory', { timeout: 100_000 }, (name, fraction) => {
  const graph = networkGraphOf(findSketch(name)!.graph, name);
  if (!graph.ok) throw new Error('refused');
  // Where words lie does not depend on what they are.
  const integers = shapesAlone(graph.value);
  const made = lowered(graph.value, integers, 8);
  if (!made.ok) throw new Error(JSON.stringify(made));
  const mappings = runsIn(made.value).map(({ layer }) => plainMapping(layer, 1));
  const { activations, unshared } = networkProgram(machine, made.value, mappings);
  console.log(`${name}: ${activations} words of activations, ${unshared} if each tensor had a room of its own`);
  expect(activations / unshared).toBeLessThan(fraction);
});
