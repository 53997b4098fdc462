// `magnet simulate --chain`: a whole network in one DRAM, each layer reading what the one before it wrote.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { chainResult, isSlow } from '../../results/simulate-answer.js';
import { printSimulateResult } from '../../results/simulate-result.js';
import { stamped } from '../../results/stamp.js';
import { grouped } from '../../report/tables/quantities.js';
import { disagreements, simulationsTable } from '../../report/tables/simulation-table.js';
import type { ChainResult, ChainTask } from '../../sim/chain.js';
import { chainOf } from '../../sim/chain.js';
import { designAlone, loadHardwareDesign } from './design-input.js';
import { complain, located, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { reportProgress } from './hardware-progress.js';
import type { SimulateOptions } from '../../options/hardware-tables.js';
import { readOperand } from './simulate-verb.js';
import type { Tools } from './hardware-tools.js';

export async function chain(
  io: Io,
  file: string,
  options: SimulateOptions,
  make: (workers: number) => Tools,
): Promise<ExitCode> {
  const task = await prepare(io, file, options);
  if (!task.ok) return complain(io, task.diagnostics);
  const { layers } = task.value.design;
  const tools = make(1);
  const interruption = listen(io);
  const live = makeLive(io, 1, 'networks', options.quiet ?? false);
  const progress = reportProgress(io, live, options.quiet ?? false);
  try {
    const work = tools.chain(task.value, (index, state) =>
      progress(0, `layer ${index + 1} of ${layers.length}`, state),
    );
    work.catch(() => {});
    const result = await Promise.race([work, interruption.happening]);
    live.end();
    if (!result) {
      io.err('interrupted: a chain is reported once all its layers have run\n');
      return exit.interrupted;
    }
    return report(io, task.value, result, options);
  } finally {
    interruption.release();
    await tools.close();
  }
}

async function prepare(io: Io, file: string, options: SimulateOptions): Promise<Parsed<ChainTask>> {
  const faults: Diagnostic[] = [];
  if (options.engine !== 'wasm')
    faults.push({
      code: 'no-engine',
      path: [],
      message: `--chain runs on the engine wasm, not on ${options.engine}; leave --engine out`,
    });
  const given = loadHardwareDesign(io, file);
  const design = given.ok ? parsed(await designAlone(io, given.value, file)) : given;
  const row = design.ok ? located(file, chainOf(design.value)) : design;
  if (!design.ok || !row.ok) return refused([...faults, ...(row.ok ? [] : row.diagnostics)]);
  const inputs =
    options.inputs === undefined ? parsed(undefined) : readOperand(io, options.inputs, design.value, 0, 'inputs');
  if (!inputs.ok) faults.push(...inputs.diagnostics);
  if (faults.length > 0 || !inputs.ok) return refused(faults);
  return parsed({
    design: design.value,
    seed: options.seed,
    stalls: options.stalls,
    latency: options.latency,
    bus: options.bus,
    ...(inputs.value && { inputs: inputs.value }),
  });
}

function report(io: Io, { design }: ChainTask, measured: ChainResult, options: SimulateOptions): ExitCode {
  const { layers, totals } = measured;
  const faults = layers.flatMap((l) => disagreements(l, isSlow(options)).map((d) => `${l.layer}: ${d}`));
  if (options.json !== '-') {
    const moved =
      totals.repacked === 0
        ? 'every layer read its input where the one before had written it'
        : `${totals.repacked} inputs were copied into place by the host`;
    io.out(
      `${simulationsTable(layers)}\n` +
        `\n${grouped(totals.cycles.rtl)} cycles in the RTL, ${grouped(totals.cycles.model)} by the ` +
        `model; ${moved}\n`,
    );
  }
  if (options.json !== undefined) {
    const result = chainResult({ ...options, design: design.name }, measured);
    const written = writeText(io, options.json, printSimulateResult(stamped(result, io.version)));
    if (!written.ok) return complain(io, written.diagnostics);
  }
  if (faults.length === 0) return exit.done;
  for (const fault of faults) io.err(`${fault}\n`);
  io.err(
    'RTL and model differ, which is a bug in magnet and not in your input. Please report it with the design file and the command line.\n',
  );
  return exit.bug;
}
