// The design file: a machine and a mapping per layer in one versioned document, which the generator and the simulators read.

import { defined } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import { conventionsByName } from '../model/cost/conventions.js';
import type { Design, DesignLayer } from '../model/space/design.js';
import { coverageFile, coverageIn } from './coverage-fields.js';
import { checkedLayer, checkedTotals } from './design-check.js';
import { designFile, designSchema } from './design-schema.js';
import { parseDocument } from '../interchange/document.js';
import type { Hardware } from '../interchange/hardware-file.js';
import { hardwareFile, parseHardware } from '../interchange/hardware-file.js';
import { printJson } from '../interchange/json-print.js';
import { printMappingFile } from '../interchange/mapping-file.js';
import { fromFirst } from './older-files.js';
import { shapeFile } from '../interchange/layer-shape.js';
import { check, isOfSchema } from '../interchange/schema.js';

const schemaOf = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;

export const looksLikeDesign = (data: unknown): boolean => isOfSchema(data, 'magnet-design/');

/**
 * A design from the text of its file: JSON, or YAML where the name ends so. Every fault is listed. Figures are taken as they
 * stand: `designDrift` holds them against the cost model.
 */
export function parseDesign(content: string, name: string): Parsed<Design> {
  const data = parseDocument(new TextEncoder().encode(content), /\.ya?ml$/i.test(name) ? 'yaml' : 'json');
  return data.ok ? parseDesignData(data.value) : data;
}

/** The same from the parsed document. */
export function parseDesignData(content: unknown): Parsed<Design> {
  const data = looksLikeDesign(content) ? fromFirst(content) : content;
  const known = checkVersion(data);
  if (!known.ok) return known;
  const checked = check(designFile, data);
  const hardware = parseHardware(data);
  if (!checked.ok || !hardware.ok) return refused(faultsOf(checked, hardware));
  const { machine, technology } = hardware.value;
  const file = checked.value;
  const conventions = defined(conventionsByName.find((c) => c.name === file.conventions));
  const layers = file.layers.map((l, i) => checkedLayer(l, machine, technology, conventions, ['layers', i]));
  const faults = faultsOf(...layers);
  if (faults.length > 0) return refused(faults);
  const read = layers.flatMap((l): readonly DesignLayer[] => (l.ok ? [l.value] : []));
  const { area, ...each } = file.limits;
  const limits = Object.fromEntries(Object.entries(each).filter(([, limit]) => limit !== undefined));
  const goal = { objective: file.objective, limits };
  const sums = checkedTotals(file.totals, goal, read);
  if (!sums.ok) return sums;
  const coverage = coverageIn(file);
  const { schedules } = file;
  const beyond = schedules?.find(({ runs }) => runs.some((i) => i >= read.length));
  if (beyond)
    return refuse(
      'out-of-range',
      ['schedules'],
      `${beyond.network}: runs are numbers of the ${read.length} layers, from 0; got ${Math.max(...beyond.runs)}`,
    );
  return parsed({
    name: file.name,
    machine,
    technology,
    conventions,
    goal,
    areaLimit: area ?? null,
    layers: read,
    totals: sums.value,
    provenance: file.provenance,
    ...(coverage && { coverage }),
    ...(file.machineProof && { machineProof: file.machineProof }),
    ...(schedules && { schedules }),
  });
}

/** The machine and the technology of a design, from its data: where its mappings are out of date it still says what to map on. */
export function parseDesignBase(content: unknown): Parsed<Hardware> {
  const data = looksLikeDesign(content) ? fromFirst(content) : content;
  const known = checkVersion(data);
  return known.ok ? parseHardware(data) : known;
}

function checkVersion(data: unknown): Parsed<undefined> {
  const given = schemaOf(data);
  if (given === designSchema) return parsed(undefined);
  if (looksLikeDesign(data))
    return refuse(
      'other-version',
      ['schema'],
      `${String(given)}: this magnet reads ${designSchema}; map again with "magnet map --design", or use the magnet that wrote it`,
    );
  const instead = typeof given === 'string' ? `, got "${given}"` : '';
  return refuse(
    'malformed',
    [],
    `expected a design, which "magnet map --design FILE" writes: {"schema": "${designSchema}", ...}${instead}`,
  );
}

/**
 * The text of a file that `parseDesign` reads back as the same design: a line per constant, layer figure and level, the same
 * bytes for the same design.
 */
export function printDesign(design: Design): string {
  const {
    name,
    machine,
    technology,
    conventions,
    goal,
    areaLimit,
    layers,
    totals: sums,
    provenance,
    coverage,
    machineProof,
    schedules,
  } = design;
  return `${printJson({
    schema: designSchema,
    name,
    ...hardwareFile({ machine, technology }),
    conventions: conventions.name,
    objective: goal.objective,
    limits: { ...goal.limits, ...(areaLimit !== null && { area: areaLimit }) },
    ...(machineProof && { machineProof }),
    layers: layers.map(layerFile),
    ...(schedules && { schedules }),
    totals: sums,
    ...(coverage && coverageFile(coverage)),
    provenance,
  })}\n`;
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
