// A question answered by the library, as texts of files and the report's own section; it runs in a worker of the page, or
// in Node where the first example is made.

import type { CallOptions, CodesignState, Design, Machinery, Parsed } from 'magnet-accelerator';
import {
  codesign,
  map,
  printCodesignResult,
  printDesign,
  printDiagnostic,
  printMapResult,
  printScheduleResult,
  report,
  schedule,
  stamped,
  stopText,
  version,
  whyText,
} from 'magnet-accelerator';
import type { Asked } from './asked.js';
import { asked } from './asked.js';
import { areaIn, machineName } from './machine-of.js';
import type { Answer, DroppedFile, Progress, Question } from './question.js';

export type Calls = Pick<CallOptions, 'workers' | 'transport'>;

type Found = Pick<Answer, 'title' | 'status' | 'reason' | 'facts' | 'design' | 'result'>;

/** Rejects with what is wrong with the question, a line for each fault. */
export async function answer(
  question: Question,
  file: DroppedFile | undefined,
  calls: Calls,
  progress: (state: Progress) => void,
): Promise<Answer> {
  const read = sound(asked(question, file));
  const begin = performance.now();
  const found = await answered(read, calls, progress);
  return {
    ...found,
    question,
    command: read.command,
    seconds: (performance.now() - begin) / 1000,
    machine: read.verb === 'codesign' ? undefined : read.machine.file,
    section: sectionOf(found.result),
  };
}

function sound<T>(p: Parsed<T>): T {
  if (!p.ok) throw new Error([...new Set(p.diagnostics.map(printDiagnostic))].join('\n'));
  return p.value;
}

function answered(read: Asked, calls: Calls, progress: (state: Progress) => void): Promise<Found> {
  switch (read.verb) {
    case 'map':
      return mapped(read, calls, progress);
    case 'schedule':
      return scheduled(read, calls, progress);
    case 'codesign':
      return codesigned(read, calls, progress);
  }
}

/** The command line's own words in the place of the call's: the design file is the same then but for who wrote it. */
const designText = (design: Design, command: string): string =>
  printDesign({ ...design, provenance: { ...design.provenance, command } });

async function mapped(
  { network, machine, options, command }: Asked & { readonly verb: 'map' },
  calls: Calls,
  progress: (state: Progress) => void,
): Promise<Found> {
  let done = 0;
  const of = network.layers.length;
  const nameOf = (index: number) => network.layers[index]?.layer.name ?? '';
  if (options.whole)
    progress({ kind: 'doing', said: `choosing a mapping for every layer of ${network.name} together` });
  const { design, layers, totals, whole, result } = await map(network, machine.machinery, {
    ...options,
    ...calls,
    progress: (event) => {
      if (event.kind === 'finished') done++;
      if (event.kind === 'finished' || event.kind === 'started')
        progress({ kind: 'layers', done, of, doing: nameOf(event.index) });
    },
  });
  const without = layers.flatMap(({ layer, answer: { best, status, reason } }) => {
    const none = status === 'infeasible' ? 'is infeasible' : 'has no mapping yet';
    return best ? [] : [`${layer.name} ${none}: ${stopText(reason) || 'the time ran out'}`];
  });
  const isMapped = layers.length > 0 && without.length === 0;
  return {
    title: `${network.name} on ${machineName(machine.machinery)}`,
    status: whole?.status ?? statusOf(layers.map((l) => l.answer.status)),
    reason: isMapped ? '' : (whole?.reason ?? without.join('\n')),
    facts: {
      ...(totals && { energy: totals.energy, cycles: totals.cycles, objective: totals.objective }),
      ...(totals && { bound: whole?.bound ?? totals.bound }),
      ...areaFact(machine.machinery),
    },
    design: isMapped ? designText(design, command) : undefined,
    result: printMapResult(stamped(result, version)),
  };
}

function statusOf(all: readonly Answer['status'][]): Answer['status'] {
  const worst = (['infeasible', 'unknown', 'feasible'] as const).find((s) => all.includes(s));
  return worst ?? 'optimal';
}

function areaFact(machine: Machinery): Readonly<Record<string, number>> {
  const area = areaIn(machine);
  return area === undefined ? {} : { area };
}

async function scheduled(
  { graph, template, machine, options, command }: Asked & { readonly verb: 'schedule' },
  calls: Calls,
  progress: (state: Progress) => void,
): Promise<Found> {
  progress({
    kind: 'doing',
    said: `choosing what stays in the global buffer, and a mapping for every run of ${graph.name}`,
  });
  const { result, design } = await schedule(graph, template, { ...options, ...calls });
  return {
    title: `schedule of ${graph.name} on ${machineName(machine.machinery)}`,
    status: result.status,
    reason: result.value === null ? result.reason : '',
    facts: { ...(result.value !== null && { objective: result.value }), ...areaFact(machine.machinery) },
    design: design && designText(design, command),
    result: printScheduleResult(stamped(result, version)),
  };
}

async function codesigned(
  { request, named, network, command }: Asked & { readonly verb: 'codesign' },
  calls: Calls,
  progress: (state: Progress) => void,
): Promise<Found> {
  const found = await codesign(request, {
    ...calls,
    named,
    progress: (state: CodesignState) =>
      progress({
        kind: 'search',
        seconds: state.seconds,
        best: state.best,
        bound: state.bound,
        said: `${state.open} of ${state.shapes} shapes open, ${state.nodes} boxes looked at`,
      }),
  });
  const { best, bound, status, design } = found;
  return {
    title: `${network.name} in ${named.name}`,
    status,
    reason: best ? '' : whyText(found) || 'the time ran out before a machine was found; give it more time',
    facts: best ? { objective: best.objective, bound, area: best.area, ...totalsIn(design) } : {},
    design: design && designText(design, command),
    result: printCodesignResult(stamped(found.result, version)),
  };
}

const totalsIn = (design: Design | undefined): Readonly<Record<string, number>> =>
  design?.totals ? { energy: design.totals.energy, cycles: design.totals.cycles } : {};

/** A report of one result has one section, and texts in it are escaped. */
export function sectionOf(result: string): string {
  const { html } = sound(report([result]));
  return html.slice(html.indexOf('<main>') + '<main>'.length, html.lastIndexOf('</main>'));
}
