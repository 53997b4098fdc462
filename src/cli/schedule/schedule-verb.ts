// `magnet schedule`: which tensors of a network stay in the global buffer, and the mapping of every run beside them.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../../base/diagnostics.js';
import type { Scheduled } from '../../library/schedule.js';
import { keepingMachine, scheduleWith } from '../../library/schedule.js';
import type { ScheduleAsked } from '../../library/schedule-asked.js';
import { commandLine } from '../../options/command-line.js';
import type { ScheduleOptions } from '../../options/schedule-table.js';
import { scheduleVerb } from '../../options/schedule-table.js';
import { drawFigure } from '../../report/figures/figure.js';
import { scheduleFigure } from '../../report/figures/schedule-figure.js';
import { scheduleTable } from '../../report/tables/schedule-table.js';
import { printDesign } from '../../results/design-file.js';
import type { ScheduleResult } from '../../results/schedule-result.js';
import { printScheduleResult } from '../../results/schedule-result.js';
import { stamped } from '../../results/stamp.js';
import { noColumns } from '../../tuner/on-workers.js';
import { complain, writeText } from '../files.js';
import { listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import { loadMachine } from '../read-machine.js';
import { loadWorkload } from '../read-workload.js';
import { parseScheduleLimits } from '../../library/schedule-limits.js';
import { makeSolve } from '../workers.js';

const codes: Readonly<Record<ScheduleResult['status'], ExitCode>> = {
  optimal: exit.done,
  feasible: exit.unsettled,
  infeasible: exit.infeasible,
  unknown: exit.unsettled,
};

export async function schedule(io: Io, network: string, options: ScheduleOptions): Promise<ExitCode> {
  const asked = askedOf(io, network, options);
  if (!asked.ok) return complain(io, asked.diagnostics);
  const called = {
    magnet: io.version,
    node: io.node,
    command: commandLine(scheduleVerb, [network], options),
  };
  const solving = makeSolve(options.workers ?? io.cpus);
  const interruption = listen(io);
  try {
    if (!options.quiet) io.err(`choosing what stays in the global buffer, and a mapping for every run of ${network}\n`);
    const found = await scheduleWith(asked.value, called, {
      now: io.now,
      stopped: interruption.happened,
      columns: (question, seconds) =>
        Promise.race([solving.columns(question, seconds), interruption.happening.then(() => noColumns)]),
    });
    if (!found.ok) return complain(io, found.diagnostics);
    const { result, certificate } = found.value;
    if (interruption.happened()) {
      io.err('interrupted: the schedule was not settled\n');
      return exit.interrupted;
    }
    if (options.json !== '-') io.out(`${scheduleTable(result)}\n`);
    for (const written of filesOf(io, found.value, options)) if (!written.ok) return complain(io, written.diagnostics);
    if (result.value === null) io.err(`${result.status}: ${result.reason}\n`);
    const isMissing = options.certificate !== undefined && certificate === undefined;
    if (isMissing) io.err(`no certificate was written: ${whyNone(result, options)}\n`);
    return isMissing && result.value !== null ? exit.unsettled : codes[result.status];
  } finally {
    interruption.release();
    await solving.close();
  }
}

function askedOf(io: Io, network: string, options: ScheduleOptions): Parsed<ScheduleAsked> {
  const {
    batch,
    dim,
    sameShape,
    arch,
    technology,
    dramBandwidth,
    objective,
    padding,
    folds,
    residency,
    bands,
    weights,
    timeLimit,
  } = options;
  const workload = loadWorkload(io, network, { batch, dims: dim, sameShape, graphAlone: true });
  const machine = loadMachine(io, arch, technology, { dramBandwidth });
  if (!workload.ok || !machine.ok) return refused(faultsOf(workload, machine));
  const graph = workload.value.graph?.();
  if (!graph)
    return refuse(
      'no-graph',
      [],
      `${network} is a list of layers without an order; schedule takes a built-in network or an ONNX file`,
    );
  const { name, machinery } = machine.value;
  if (!graph.ok) return graph;
  if (machinery.kind !== 'template')
    return refuse(
      'not-covered',
      [],
      `${name} is not made from the template, whose global buffer alone keeps tensors; name a preset or a machine file`,
    );
  const template = residency ? keepingMachine(machinery.template) : parsed(machinery.template);
  const limits = parseScheduleLimits(options.limit ?? [], { of: name, mhz: [machinery.template.clock] });
  if (!template.ok || !limits.ok) return refused(faultsOf(template, limits));
  for (const line of limits.value.understood) io.err(`${line}\n`);
  return parsed({
    graph: graph.value,
    arch: name,
    template: template.value,
    technology: machine.value.technology,
    objective,
    ...(batch !== undefined && batch > 1 && { images: batch }),
    limits: limits.value.network,
    padding,
    folds,
    residency,
    bands,
    weights,
    timeLimit,
    certificate: options.certificate !== undefined,
  });
}

const whyNone = ({ status }: ScheduleResult, { timeLimit }: ScheduleOptions): string =>
  status === 'infeasible'
    ? 'that there is no schedule is not certified'
    : `the time was over first; give it more with --time-limit (${timeLimit} s for the search, and again for it)`;

const filesOf = (
  io: Io,
  { result, design, certificate }: Scheduled,
  { json, svg, design: path, certificate: proof }: ScheduleOptions,
): readonly Parsed<unknown>[] => [
  ...(json === undefined ? [] : [writeText(io, json, printScheduleResult(stamped(result, io.version)))]),
  ...(path === undefined || !design ? [] : [writeText(io, path, printDesign(design))]),
  ...(proof === undefined || certificate === undefined ? [] : [writeText(io, proof, certificate)]),
  ...(svg === undefined || result.value === null ? [] : [writeText(io, svg, drawFigure(scheduleFigure(result)))]),
];
