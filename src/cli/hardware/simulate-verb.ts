// `magnet simulate`: the RTL of a design run layer by layer, beside what the model says: every output, cycle and count.

import { counted } from '../../base/text.js';
import { eachAtOnce } from '../../base/each-at-once.js';
import { nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import { agrees, isSlow, simulateResult } from '../../results/simulate-answer.js';
import { printSimulateResult } from '../../results/simulate-result.js';
import { stamped } from '../../results/stamp.js';
import type { IntArray } from '../../interchange/npy.js';
import type { Operand } from '../../interchange/tensor-file.js';
import { isTensorFile, operandBits, operands, parseOperand, printOutputs } from '../../interchange/tensor-file.js';
import { hasBias, hasResidual, printShape } from '../../model/workload/layer.js';
import { disagreements, simulationsTable, simulationTable } from '../../report/tables/simulation-table.js';
import { grouped, secondsText } from '../../report/tables/quantities.js';
import type { Built } from '../../sim/native/native-simulation.js';
import { beyondSimulation, buildTime } from '../../sim/engines.js';
import type { SimulateResult, SimulateTask } from '../../sim/simulate.js';
import type { HardwareDesign } from '../../sim/hardware-design.js';
import { chooseLayers } from '../../sim/hardware-design.js';
import { designAlone, loadHardwareDesign } from './design-input.js';
import { engineHere } from './engine-programs.js';
import { complain, located, readBytes, writeFile, writeText } from '../files.js';
import type { Interruption } from '../interruption.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { makeLive } from '../live.js';
import { reportProgress } from './hardware-progress.js';
import type { SimulateOptions } from '../../options/hardware-tables.js';
import type { Tools } from './hardware-tools.js';

interface Job {
  readonly design: HardwareDesign;
  readonly tasks: readonly SimulateTask[];
}

export async function simulate(
  io: Io,
  file: string,
  options: SimulateOptions,
  make: (workers: number) => Tools,
): Promise<ExitCode> {
  const job = await prepare(io, file, options);
  if (!job.ok) return complain(io, job.diagnostics);
  const { design, tasks } = job.value;
  const idle = design.layers.filter((l) => l.mapping === null).map((l) => l.layer.name);
  if (options.layer === undefined && idle.length > 0)
    io.err(`note: without a mapping, hence not simulated: ${idle.join(', ')}\n`);
  const tools = make(Math.min(options.workers ?? io.cpus, tasks.length));
  const interruption = listen(io);
  try {
    const results = await runAll(io, job.value, tools, interruption, options);
    const written = report(io, job.value, results, options);
    if (!written.ok) return complain(io, written.diagnostics);
    const faults = results.flatMap((r) => disagreements(r, isSlow(options)).map((d) => `${r.layer}: ${d}`));
    for (const fault of faults) io.err(`${fault}\n`);
    if (faults.length > 0) {
      io.err(
        'RTL and model differ, which is a bug in magnet and not in your input. Please report it with the design ' +
          'file and the command line.\n',
      );
      return exit.bug;
    }
    if (!interruption.happened()) return exit.done;
    io.err(`interrupted after ${results.length} of ${counted(tasks.length, 'layer')}\n`);
    return exit.interrupted;
  } finally {
    interruption.release();
    await tools.close();
  }
}

/** Everything that can be wrong with the input is found here, before any work. */
async function prepare(io: Io, file: string, options: SimulateOptions): Promise<Parsed<Job>> {
  const { engine, seed, stalls, latency, bus, scale, shift, relu, output, vcd, saif } = options;
  const faults: Diagnostic[] = [];
  faults.push(...faultsOf(engineHere(io, engine)));
  if (output !== undefined && !isTensorFile(output))
    faults.push({
      code: 'unknown-format',
      path: [],
      message: `--output ${output}: expected a name that ends in .npy or .bin`,
    });
  const given = loadHardwareDesign(io, file);
  const named = given.ok ? chooseLayers(given.value, file, options.layer) : given;
  if (!given.ok || !named.ok) return refused([...faults, ...faultsOf(named)]);
  const design = await designAlone(io, given.value, file, named.value);
  const chosen = chooseLayers(design, file, options.layer);
  if (!chosen.ok) return refused([...faults, ...chosen.diagnostics]);
  const beyond = beyondSimulation(design.machine.template);
  if (beyond !== undefined) faults.push({ code: 'no-engine', path: [], message: `${file}: ${beyond}` });
  const single = (['inputs', 'weights', 'bias', 'residual', 'output', 'vcd', 'saif'] as const).filter(
    (key) => options[key] !== undefined,
  );
  if (single.length > 0 && chosen.value.length > 1) {
    return refused([
      ...faults,
      {
        code: 'ambiguous',
        path: [],
        message:
          `${single.map((key) => `--${key}`).join(', ')} ${single.length > 1 ? 'are' : 'is'} of one layer, ` +
          `and ${chosen.value.length} are to be simulated; choose one with --layer`,
      },
    ]);
  }
  const data: Partial<Record<Operand, IntArray>> = {};
  for (const operand of operands) {
    const path = options[operand];
    const read = path === undefined ? parsed(undefined) : readOperand(io, path, design, nth(chosen.value, 0), operand);
    faults.push(...faultsOf(read));
    if (read.ok && read.value) data[operand] = read.value;
  }
  if (faults.length > 0) return refused(faults);
  const tasks = chosen.value.map((layer): SimulateTask => ({
    design,
    layer,
    engine,
    seed,
    stalls,
    latency,
    bus,
    scale,
    shift,
    ...(relu !== undefined && { relu: relu === 'on' }),
    ...data,
    ...(vcd !== undefined && { vcd: true }),
    ...(saif !== undefined && { saif: true }),
  }));
  return parsed({ design, tasks });
}

export function readOperand(
  io: Io,
  path: string,
  design: HardwareDesign,
  index: number,
  operand: Operand,
): Parsed<IntArray> {
  const { layer } = nth(design.layers, index);
  if (operand === 'bias' && !hasBias(layer))
    return refuse('conflict', [], `--bias ${path}: ${layer.name} is a layer without biases; leave --bias out`);
  if (operand === 'residual' && !hasResidual(layer))
    return refuse(
      'conflict',
      [],
      `--residual ${path}: ${layer.name} is a layer without a residual; leave --residual out`,
    );
  if (!isTensorFile(path))
    return refuse(
      'unknown-format',
      [],
      `--${operand} ${path}: expected a file that ends in .npy, or in .bin for bare numbers`,
    );
  const bytes = readBytes(io, path);
  return bytes.ok
    ? located(path, parseOperand(bytes.value, path, layer, operand, operandBits(design.machine.template, operand)))
    : bytes;
}

/** Results in the order of the tasks; those that were not finished before Ctrl-C are left out. */
async function runAll(
  io: Io,
  { design, tasks }: Job,
  tools: Tools,
  interruption: Interruption,
  options: SimulateOptions,
): Promise<readonly SimulateResult[]> {
  const live = makeLive(io, tasks.length, 'layers', options.quiet ?? false);
  const progress = reportProgress(io, live, options.quiet ?? false);
  const { engine } = options;
  const results: (SimulateResult | undefined)[] = tasks.map(() => undefined);
  const one = async (task: SimulateTask, index: number): Promise<void> => {
    const { layer } = nth(design.layers, task.layer);
    live.working(index, layer.name, false);
    const found = await tools.simulate({ ...task, ...(built && { built }) }, (state) => {
      if (!interruption.happened()) progress(index, layer.name, state);
    });
    if (interruption.happened()) return;
    // All layers wait for the bench, which is built once: the first answers for it.
    const result = built && index === 0 ? { ...found, buildSeconds: built.seconds } : found;
    results[index] = result;
    const verdict = agrees(result, isSlow(options)) ? 'as the model says' : 'DIFFERS from the model';
    live.finished(
      index,
      `${layer.name} ${printShape(layer)}: ${grouped(result.cycles.rtl)} cycles, ${verdict}, ${secondsText(result.seconds)}`,
    );
  };
  let built: Built | undefined;
  const work = async () => {
    if (engine !== 'wasm') {
      progress(0, 'all layers', { doing: 'building', engine, about: buildTime(engine, design.machine.template) });
      built = await tools.build(
        design,
        tasks.map((t) => t.layer),
        engine,
        options.bus,
      );
    }
    await eachAtOnce(tools.width, tasks, one, interruption.happened);
  };
  const all = work();
  // Tasks that are given up at Ctrl-C reject later, to nobody.
  all.catch(() => {});
  try {
    await Promise.race([all, interruption.happening]);
  } finally {
    live.end();
  }
  return results.filter((r) => r !== undefined);
}

function report(
  io: Io,
  { design }: Job,
  results: readonly SimulateResult[],
  options: SimulateOptions,
): Parsed<undefined> {
  if (options.json !== '-') {
    const tables = results.map((r) => `${r.layer}\n\n${simulationTable(r)}\n`);
    io.out([...tables, ...(results.length > 1 ? [`${simulationsTable(results)}\n`] : [])].join('\n'));
  }
  const only = results[0];
  const result = simulateResult({ ...options, design: design.name }, options.engine, results);
  const traces = (['vcd', 'saif'] as const).map((key) => ({ path: options[key], text: only?.[key] }));
  for (const { path, text } of traces)
    if (path !== undefined && only && text === undefined)
      io.err(`note: the engine ${only.engine} recorded no waves; ${path} is not written\n`);
  const written = [
    options.output === undefined || !only
      ? parsed(undefined)
      : only.outputs.unknown > 0
        ? refuse(
            'unknown',
            [],
            `${options.output} is not written: ${only.outputs.unknown} of its words are unknown (X), which cannot be written as numbers`,
          )
        : writeFile(
            io,
            options.output,
            printOutputs(options.output, only.tensor, design.machine.template.inputPrecision),
          ),
    ...traces.map(({ path, text }) =>
      path === undefined || text === undefined ? parsed(undefined) : writeFile(io, path, text),
    ),
    options.json === undefined
      ? parsed(undefined)
      : writeText(io, options.json, printSimulateResult(stamped(result, io.version))),
  ];
  return written.find((w) => !w.ok) ?? parsed(undefined);
}
