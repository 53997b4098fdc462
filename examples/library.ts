// The library without the command line: from a network to a simulated chip.
// Run: npx tsx examples/library.ts (in a clone; in a project of yours the import is from 'magnet-accelerator').

import {
  arrangementsOf,
  emit,
  findNetwork,
  map,
  parseDesign,
  printDesign,
  printMapping,
  report,
  simba,
  simulate,
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
const files = await emit(again.value);
console.log(
  `${files.length} files: ${files
    .slice(0, 3)
    .map((f) => f.path)
    .join(' ')} ...`,
);
for (const run of await simulate(again.value, { layers: ['fc2'] }))
  console.log(
    `${run.layer} in the netlist: ${run.outputs.mismatches} of ${run.outputs.words} outputs ` +
      `differ, ${run.cycles.rtl} cycles (model: ${run.cycles.model})`,
  );

// A page about it.
const pages = report([design]);
if (pages.ok) console.log(pages.value.markdown.split('\n').slice(0, 5).join('\n'));
