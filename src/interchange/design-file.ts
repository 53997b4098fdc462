// The design file: a machine and a mapping per layer in one versioned document, which the generator and the simulators read.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { invariant, parsed, refuse, refused } from '../base/diagnostics.js';
import { conventionsByName } from '../model/conventions.js';
import type { Design, DesignLayer } from '../model/design.js';
import type { Layer } from '../model/layer.js';
import type { Machinery } from '../model/presets.js';
import type { Technology } from '../model/technology.js';
import { parseMachinery, printMachinery } from './architecture.js';
import { checkedLayer, checkedTotals } from './design-check.js';
import { designFile, designSchema } from './design-schema.js';
import { parseDocument } from './document.js';
import { hierarchyFile } from './hierarchy-print.js';
import { printJson } from './json-print.js';
import { printMappingFile } from './mapping-file.js';
import { check } from './schema.js';
import { parseTechnology } from './technology-file.js';

const schemaOf = (data: unknown): unknown => (typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined);

export function looksLikeDesign(data: unknown): boolean {
  const given = schemaOf(data);
  return typeof given === 'string' && given.startsWith('magnet-design/');
}

/** Reads JSON, or YAML where the file's name ends so. Every fault is listed. Figures are taken as they stand: `designDrift` holds them against the cost model. */
export function parseDesign(content: string, name: string): Parsed<Design> {
  const data = parseDocument(new TextEncoder().encode(content), /\.ya?ml$/i.test(name) ? 'yaml' : 'json');
  return data.ok ? parseDesignData(data.value) : data;
}

/** The same from the parsed document. */
export function parseDesignData(data: unknown): Parsed<Design> {
  const known = checkVersion(data);
  if (!known.ok) return known;
  const checked = check(designFile, data);
  const { machine: machineData, technology: technologyData } = data as { machine?: unknown; technology?: unknown };
  // What is missing altogether is a finding of the schema already.
  const machine = machineData === undefined ? refused([]) : parseDesignMachine(machineData);
  const technology = technologyData === undefined ? refused([]) : under('technology', parseTechnology(technologyData));
  if (!checked.ok || !machine.ok || !technology.ok) return refused([checked, machine, technology].flatMap((r) => (r.ok ? [] : r.diagnostics)));
  const file = checked.value;
  const conventions = conventionsByName.find((c) => c.name === file.conventions)!;
  const layers = file.layers.map((l, i) => checkedLayer(l, machine.value, technology.value, conventions, ['layers', i]));
  const faults = layers.flatMap((l): readonly Diagnostic[] => (l.ok ? [] : l.diagnostics));
  if (faults.length > 0) return refused(faults);
  const read = layers.flatMap((l): readonly DesignLayer[] => (l.ok ? [l.value] : []));
  const sums = checkedTotals(file.totals, read);
  if (!sums.ok) return sums;
  const { area, ...limits } = file.limits;
  return parsed({
    name: file.name,
    machine: machine.value,
    technology: technology.value,
    conventions,
    goal: { objective: file.objective, limits: Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined)) },
    areaLimit: area ?? null,
    layers: read,
    totals: sums.value,
    provenance: file.provenance,
  });
}

/** Only the machine and its technology: a design whose mappings are out of date still says what to map on. */
export function parseDesignBase(data: unknown): Parsed<{ readonly machine: Machinery; readonly technology: Technology }> {
  const known = checkVersion(data);
  if (!known.ok) return known;
  const file = data as { machine?: unknown; technology?: unknown };
  const machine = parseDesignMachine(file.machine);
  const technology = under('technology', parseTechnology(file.technology));
  if (!machine.ok || !technology.ok) return refused([machine, technology].flatMap((r) => (r.ok ? [] : r.diagnostics)));
  return parsed({ machine: machine.value, technology: technology.value });
}

const parseDesignMachine = (data: unknown) => under('machine', parseMachinery(data, 'machine'));

const under = <T>(key: string, result: Parsed<T>): Parsed<T> => (result.ok ? result : refused(result.diagnostics.map((d) => ({ ...d, path: [key, ...d.path] }))));

function checkVersion(data: unknown): Parsed<undefined> {
  const given = schemaOf(data);
  if (given === designSchema) return parsed(undefined);
  if (looksLikeDesign(data)) return refuse('other-version', ['schema'], `${String(given)}: this magnet reads ${designSchema}; map again with "magnet map --design", or use the magnet that wrote it`);
  const instead = typeof given === 'string' ? `, got "${given}"` : '';
  return refuse('malformed', [], `expected a design, which "magnet map --design FILE" writes: {"schema": "${designSchema}", ...}${instead}`);
}

/** What `parseDesign` reads back as the same design: a line per constant, layer figure and level, the same bytes for the same design. */
export function printDesign(design: Design): string {
  const { name, machine, technology, conventions, goal, areaLimit, layers, totals: sums, provenance } = design;
  return `${printJson({
    schema: designSchema,
    name,
    machine: machineFile(machine),
    technology,
    conventions: conventions.name,
    objective: goal.objective,
    limits: { ...goal.limits, ...(areaLimit !== null && { area: areaLimit }) },
    layers: layers.map(layerFile),
    totals: sums,
    provenance,
  })}\n`;
}

/** As the machine's own file says it, as data. */
function machineFile(machine: Machinery): unknown {
  if (machine.kind === 'hierarchy') return hierarchyFile(machine.architecture);
  const file = parseDocument(new TextEncoder().encode(printMachinery(machine)), 'yaml');
  invariant(file.ok, 'a printed machine cannot be read');
  return file.value;
}

const layerFile = ({ layer: l, count, status, objective, bound, gap, energy, cycles, mapping }: DesignLayer) => ({
  name: l.name,
  count,
  layer: shapeFile(l),
  status,
  objective,
  bound,
  gap,
  energy,
  cycles,
  mapping: mapping && printMappingFile(mapping),
});

const shapeFile = ({ name: _, ...shape }: Layer) => shape;
