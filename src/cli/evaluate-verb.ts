// `magnet evaluate`: what given mappings cost, from case files or from a machine, a layer and a mapping.

import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, printDiagnostic, refuse, refused } from '../base/diagnostics.js';
import type { Case } from '../interchange/case.js';
import { looksLikeCase, parseCase } from '../interchange/case.js';
import { parseDocument } from '../interchange/document.js';
import { looksLikeMapResult, parseMapResult } from '../results/map-result.js';
import { parseMapping } from '../interchange/mapping-file.js';
import { conventionsByName, magnetConventions } from '../model/cost/conventions.js';
import type { Evaluation } from '../model/cost/evaluate.js';
import { evaluate as evaluateMapping } from '../model/cost/evaluate.js';
import { printShape, tensors } from '../model/workload/layer.js';
import { partOf, whole } from '../model/workload/layer-parts.js';
import { breaches } from '../model/mapping/legality.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { evaluationTable } from '../report/tables/evaluation-table.js';
import type { EvaluateOptions } from '../options/listing-tables.js';
import { otherThan } from './content.js';
import { complain, located, readBytes, readData, writeText } from './files.js';
import { inTurns, listen } from './interruption.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';
import { loadMachine, technologyNote } from './read-machine.js';
import { groupTimeloop, isTimeloop, timeloopCase } from './timeloop.js';
import { loadWorkload, selectLayers } from './read-workload.js';

type Ready = Case & { readonly mapping: Mapping };

export async function evaluate(io: Io, files: readonly string[], options: EvaluateOptions): Promise<ExitCode> {
  const interruption = listen(io);
  try {
    const evaluated = await inTurns(evaluateAll(io, files, options), interruption.happened);
    if (!evaluated) {
      io.err('interrupted: nothing was written\n');
      return exit.interrupted;
    }
    if (!evaluated.ok) return complain(io, evaluated.diagnostics);
    const { tables, lines, legal } = evaluated.value;
    if (options.json !== '-') io.out(tables.join('\n'));
    const written = options.json === undefined ? parsed(undefined) : writeText(io, options.json, lines.join(''));
    if (!written.ok) return complain(io, written.diagnostics);
    return legal ? exit.done : exit.infeasible;
  } finally {
    interruption.release();
  }
}

interface Evaluated {
  readonly tables: readonly string[];
  /** Of JSON, one per case. */
  readonly lines: readonly string[];
  readonly legal: boolean;
}

function* evaluateAll(
  io: Io,
  files: readonly string[],
  options: EvaluateOptions,
): Generator<undefined, Parsed<Evaluated>> {
  const cases = files.length > 0 ? yield* readCases(io, files, options) : assemble(io, options);
  if (!cases.ok) return cases;
  const asked = conventionsByName.find((c) => c.name === options.conventions);
  const tables: string[] = [];
  const lines: string[] = [];
  let legal = true;
  for (const c of cases.value) {
    yield;
    const conventions = asked ?? c.conventions ?? magnetConventions;
    const broken = breaches(c.architecture, c.layer, c.mapping, conventions);
    if (broken.length > 0) {
      legal = false;
      for (const d of broken) io.err(`${c.id} is not legal: ${printDiagnostic(d)}\n`);
      continue;
    }
    const e = evaluateMapping(c.architecture, c.layer, c.mapping, conventions);
    tables.push(
      `${c.id} (${printShape(c.layer)}) on ${c.architecture.name}, ${conventions.name} conventions\n` +
        `\n${evaluationTable(c.architecture, partOf(c.layer, c.mapping.parts ?? whole), e)}\n`,
    );
    lines.push(`${JSON.stringify(evaluationLine(c.id, e))}\n`);
  }
  return parsed({ tables, lines, legal });
}

/** One case as a line of JSON. A tensor's energy includes its wires, so that levels add up. */
export const evaluationLine = (id: string, e: Evaluation) => ({
  id,
  levels: e.levels.map(({ name, dataspaces, energy }) => ({
    name,
    dataspaces: Object.fromEntries(
      tensors.flatMap((t) => {
        const d = dataspaces[t];
        return d ? [[t, { reads: d.reads, fills: d.fills, updates: d.updates, energy: d.energy + d.linkEnergy }]] : [];
      }),
    ),
    energy,
  })),
  compute: { energy: e.compute.energy, cycles: e.compute.cycles },
  energy: e.energy,
  cycles: e.cycles,
});

function* readCases(
  io: Io,
  files: readonly string[],
  options: EvaluateOptions,
): Generator<undefined, Parsed<readonly Ready[]>> {
  const foreign = files.filter((file) => isTimeloop(io, file));
  const all: (readonly Parsed<Ready>[])[] = [];
  for (const file of files.filter((f) => !foreign.includes(f))) all.push(yield* readCaseFile(io, file));
  for (const group of groupTimeloop(io, foreign)) {
    yield;
    all.push([timeloopCase(io, [...group, ...(options.constraints ?? [])])]);
  }
  const read = all.flat();
  if (foreign.length === 0 && options.constraints)
    return refuse(
      'no-effect',
      [],
      `--constraints takes Timeloop files beside a Timeloop case; ${files.join(', ')} ${files.length > 1 ? 'are none' : 'is not one'}`,
    );
  return read.every((r) => r.ok) ? parsed(read.map((r) => r.value)) : refused(faultsOf(...read));
}

/** A `.jsonl` file has a case on each line. */
function* readCaseFile(io: Io, file: string): Generator<undefined, readonly Parsed<Ready>[]> {
  yield;
  if (!/\.jsonl$/i.test(file)) {
    const data = readData(io, file, 'a case');
    return [data.ok ? ready(file, data.value) : data];
  }
  const bytes = readBytes(io, file);
  if (!bytes.ok) return [bytes];
  const lines = new TextDecoder().decode(bytes.value).split('\n');
  const cases: Parsed<Ready>[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    yield;
    const name = `${file} line ${i + 1}`;
    const data = located(name, parseDocument(new TextEncoder().encode(line), 'json'));
    cases.push(data.ok ? ready(name, data.value) : data);
  }
  return cases.length > 0
    ? cases
    : [refuse('malformed', [], `${file}: the file is empty; expected a case on each line`)];
}

function ready(name: string, data: unknown): Parsed<Ready> {
  const other = looksLikeCase(data) ? undefined : otherThan(name, data, [], 'a case {architecture, problem, mapping}');
  if (other) return other;
  const read = located(name, parseCase(data));
  if (!read.ok) return read;
  const { mapping } = read.value;
  return mapping
    ? parsed({ ...read.value, mapping })
    : refuse('missing', [], `${name}: the case has no mapping; find one with magnet map`);
}

/** --arch, --workload with one layer, --mapping. */
function assemble(
  io: Io,
  { arch, workload, layer, layersOnly, mapping, technology, constraints }: EvaluateOptions,
): Parsed<readonly Ready[]> {
  if (arch === undefined || workload === undefined || mapping === undefined) {
    return refuse('missing', [], 'expected case files, or --arch ARCH --workload WORKLOAD --mapping FILE');
  }
  if (isTimeloop(io, arch) && isTimeloop(io, workload) && isTimeloop(io, mapping)) {
    const one = timeloopCase(io, [...new Set([arch, workload, mapping, ...(constraints ?? [])])]);
    return one.ok ? parsed([one.value]) : one;
  }
  const loaded = loadWorkload(io, workload, { replaced: true, allSteps: !layersOnly });
  const machine = loadMachine(io, arch, technology, {
    problem: loaded.ok ? loaded.value.timeloop : undefined,
    constraints,
  });
  const data = readData(io, mapping, 'a mapping');
  if (!machine.ok || !loaded.ok || !data.ok) return refused(faultsOf(machine, loaded, data));
  const chosen = selectLayers(loaded.value.network, layer);
  if (!chosen.ok) return chosen;
  const [only, another] = chosen.value.layers;
  if (!only || another)
    return refuse(
      'ambiguous',
      [],
      `${workload} has several layers (${chosen.value.layers.map((l) => l.layer.name).join(', ')}); choose one with --layer`,
    );
  io.err(technologyNote(machine.value, technology));

  if (isTimeloop(io, mapping))
    return refuse(
      'unknown-format',
      [],
      `${mapping} is a Timeloop mapping, which speaks of levels and dimensions of a Timeloop architecture and ` +
        'problem; give those as --arch and --workload too',
    );
  const nest = located(mapping, mappingIn(data.value, only.layer.name));
  if (!nest.ok) return nest;
  const tried = machine.value.architectures.map((a) => ({ a, mapping: parseMapping(nest.value, a) }));
  const fits = tried.find((t) => t.mapping.ok) ?? nth(tried, 0);
  const found = located(mapping, fits.mapping);
  if (!found.ok) return found;
  return parsed([
    {
      id: only.layer.name,
      architecture: fits.a,
      layer: only.layer,
      mapping: found.value,
      conventions: loaded.value.fromCase?.conventions ?? loaded.value.conventions ?? machine.value.conventions,
    },
  ]);
}

/** A mapping file is one; a map result holds one per layer. */
function mappingIn(data: unknown, layer: string): Parsed<unknown> {
  if (!looksLikeMapResult(data)) return parsed(data);
  const result = parseMapResult(data);
  if (!result.ok) return result;
  const found = result.value.layers.find((l) => l.name === layer);
  if (!found)
    return refuse(
      'unknown-name',
      [],
      `the result has no layer ${layer}; it has ${result.value.layers.map((l) => l.name).join(', ')}`,
    );
  return found.mapping
    ? parsed(found.mapping)
    : refuse('missing', [], `${layer} is ${found.status}: the result has no mapping of it`);
}
