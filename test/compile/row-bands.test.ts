// Chains in bands of rows, or of images of a batch: every tensor that is still there, and every part of one that is not, is the reference's word by word,
// as a graph and as runs that lie in memory.

import { expect, test } from 'vitest';
import type { Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { seeded } from '../../src/base/random.js';
import { lowered } from '../../src/compile/lower.js';
import { activationsBefore, tensorAt, weightsBefore } from '../../src/compile/memory.js';
import { networkProgram, runsIn } from '../../src/compile/network-program.js';
import { livesOf } from '../../src/compile/rooms.js';
import { simba } from '../../src/model/machine/presets.js';
import { canFold, foldsOf } from '../../src/model/workload/folds.js';
import { banded } from '../../src/model/workload/row-bands.js';
import { unsignedTensors } from '../../src/model/workload/unsigned-tensors.js';
import { bandedIntegers, bandedRun } from '../../src/reference/banded-integers.js';
import { drawnRun } from '../../src/reference/draw-integers.js';
import { arithmeticOf } from '../../src/reference/integer-arithmetic.js';
import { runGraph } from '../../src/reference/run-graph.js';
import { accelerator } from '../../src/rtl/accelerator.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { randomChains } from '../support/chains.js';
import { graphOf } from '../support/graphs.js';
import { performAll, plainMapping } from '../support/lowered-machine.js';
import { randomGraph } from '../support/random-graph.js';

function got<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map(printDiagnostic).join('\n'));
  return result.value;
}

const machine = accelerator(simba);

test('a graph in bands is the graph, as its definition and in memory', () => {
  const seen = {
    chains: 0,
    bands: 0,
    steps: 0,
    ofImages: 0,
    products: 0,
    residuals: 0,
    pools: 0,
    additions: 0,
    copies: 0,
    folds: 0,
    tensors: 0,
  };
  const first = seedFrom(1);
  for (let seed = first; seed < first + casesOf('graphs in bands'); seed++) {
    const graph = graphOf(randomGraph(seed, { host: false, size: 3 + (seed % 14), chained: seed % 4 > 0 }));
    const unsigned = seed % 2 === 0 ? undefined : unsignedTensors(graph, 8);
    const { integers, inputs, run } = got(drawnRun(graph, seed, { unsigned }));
    if (run.notRun.length > 0) continue;
    const chance = seeded(seed);
    const chains = randomChains(graph, chance);
    const cut = banded(graph, chains);
    if (!cut || chains.length === 0) continue;
    const own = bandedIntegers(cut, integers);
    const again = got(runGraph(cut.graph, inputs, arithmeticOf(own, cut.graph)));
    // What nobody reads whole is there in parts alone; each part has the rows or images of what it is part of.
    const wanted = bandedRun(cut, run);
    for (const { name } of cut.graph.tensors) {
      const found = again.tensors.get(name);
      if (!found && !graph.outputs.includes(name)) continue;
      expect([seed, name, found]).toEqual([seed, name, wanted.tensors.get(name)]);
      seen.tensors++;
    }
    // In memory.
    const made = got(lowered(cut.graph, own, 8));
    const mappings = runsIn(made).map(({ layer }) => {
      const fold = canFold(layer) && chance.next() < 0.5 ? chance.pick(foldsOf(layer)) : undefined;
      if (fold) seen.folds++;
      return plainMapping(layer, 1, fold);
    });
    const program = networkProgram(machine, made, mappings);
    const activations = activationsBefore(program, inputs);
    const lives = livesOf(program.lowered);
    const last = program.operations.length - 1;
    performAll(program, inputs, activations, weightsBefore(program), (at) => {
      for (const name of cut.graph.steps.flatMap((s) => s.outputs)) {
        if (Math.min(last, lives.get(made.tensors.get(name)!.storage)!.to) !== at) continue;
        const { values } = tensorAt(program, name, activations);
        expect([seed, name, [...values]]).toEqual([seed, name, [...again.tensors.get(name)!.values]]);
      }
    });
    const plain = got(lowered(graph, integers, 8));
    const moved = (of: typeof made) => of.operations.filter((o) => o.kind === 'rearrangement').length;
    seen.copies += Math.max(0, moved(made) - moved(plain));
    seen.chains += chains.length;
    seen.bands += chains.reduce((n, c) => n + c.bands, 0);
    for (const { first: from, last: to, of } of chains)
      for (const step of graph.steps.slice(from, to + 1)) {
        seen.steps++;
        if (of === 'images') seen.ofImages++;
        if (step.kind === 'layer' && step.run.kind === 'product') seen.products++;
        if (step.epilogue.residual) seen.residuals++;
        if (step.kind === 'pool') seen.pools++;
        if (step.kind === 'addition') seen.additions++;
      }
  }
  console.log(JSON.stringify(seen));
  for (const [what, count] of Object.entries(seen))
    if (what !== 'copies') expect([what, count > 0]).toEqual([what, true]);
});
