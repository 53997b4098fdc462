// The library without the command line: from a network to a simulated chip.
// Run: npx tsx examples/library.ts (in a clone; in a project of yours the import is from 'magnet-accelerator').

import {
  arrangementsOf,
  emitDesign,
  findNetwork,
  map,
  parseDesign,
  printDesign,
  printMapping,
  simba,
  simulateLayer,
} from 'magnet-accelerator';

const network = findNetwork('pilotnet');
if (!network.ok) throw new Error(network.diagnostics.map((d) => d.message).join('\n'));

// Every layer, in two worker threads; anybody may give up the call by a signal.
const { layers, totals, design } = await map(network.value, simba, {
  workers: 2,
  signal: AbortSignal.timeout(60_000),
  progress: (event) => {
    if (event.kind === 'finished') console.log(`${event.result.layer.name}: ${event.result.answer.status}`);
  },
});
console.log(
  `EDP ${totals?.objective.toExponential(4)} pJ x cycles, no mapping is below ${totals?.bound.toExponential(4)}`,
);

const best = layers.find(({ layer }) => layer.name === 'fc2')?.answer.best;
if (best)
  console.log(
    `\n${printMapping(arrangementsOf(design.machine, design.technology)[best.architecture], best.mapping)}\n`,
  );

// A design prints as a file, and is read again as it was.
const again = parseDesign(printDesign(design), 'pilotnet-simba.json');
if (!again.ok) throw new Error(again.diagnostics.map((d) => d.message).join('\n'));

// Its Verilog, and a layer run on it: outputs, cycles and counts against the model.
const files = emitDesign(again.value, { testbench: false, seed: 1, golden: [] });
console.log(files.ok ? files.value.map((f) => f.path).join(' ') : files.diagnostics);
const index = design.layers.findIndex(({ layer }) => layer.name === 'fc2');
const run = await simulateLayer({ design: again.value, layer: index, engine: 'wasm', seed: 1, stalls: 0 }, () => {});
console.log(
  `${run.layer} in the netlist: ${run.outputs.mismatches} of ${run.outputs.words} outputs ` +
    `differ, ${run.cycles.rtl} cycles (model: ${run.cycles.model})`,
);
