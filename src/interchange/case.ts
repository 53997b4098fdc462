// Case files: an architecture, a layer and (for `evaluate`) a mapping in one file, the golden cases' format.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import type { Architecture } from '../model/machine/architecture.js';
import type { Conventions } from '../model/cost/conventions.js';
import { timeloopConventions } from '../model/cost/conventions.js';
import type { Layer } from '../model/workload/layer.js';
import { dimensions, macs, makeLayer, maxMacs } from '../model/workload/layer.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { hierarchyForm, parseHierarchy } from './hierarchy.js';
import { mappingSchema, parseMapping } from './mapping-file.js';
import { check, record, text, whole } from './schema.js';

export interface Case {
  readonly id: string;
  readonly architecture: Architecture;
  readonly layer: Layer;
  /** Absent in files that are only to be mapped. */
  readonly mapping: Mapping | undefined;
  /** Whose results the file records: the rules to count by unless a user asks for others. */
  readonly conventions: Conventions | undefined;
}

const steps = {
  strideW: whole(1).optional(),
  strideH: whole(1).optional(),
  dilationW: whole(1).optional(),
  dilationH: whole(1).optional(),
};
const sizes = Object.fromEntries(dimensions.map((d) => [d, whole(1).optional()])) as Record<
  (typeof dimensions)[number],
  z.ZodOptional<ReturnType<typeof whole>>
>;
const problem = record('a problem', { name: text().optional(), ...sizes, ...steps });

/** As editors see it; results and notes may stand beside. */
export const caseForm = z.looseObject({
  architecture: hierarchyForm,
  problem,
  mapping: mappingSchema.optional(),
});

/** Reads a golden `problem`: bounds, W strides and dilations along P and R, H ones along Q and S. */
export function parseProblem(data: unknown, at: readonly (string | number)[] = []): Parsed<Layer> {
  const checked = check(problem, data, at);
  if (!checked.ok) return checked;
  const p = checked.value;
  const bounds = Object.fromEntries(dimensions.map((d) => [d, p[d] ?? 1]));
  const layer = makeLayer(p.name ?? 'layer', bounds, {
    stride: [p.strideW ?? 1, p.strideH ?? 1],
    dilation: [p.dilationW ?? 1, p.dilationH ?? 1],
  });
  if (macs(layer) > maxMacs) {
    return refuse(
      'too-large',
      at,
      `${layer.name} has ${macs(layer).toExponential(2)} MACs; counts are exact up to 2^50 (1.1e15), ` +
        'so split the layer',
    );
  }
  return parsed(layer);
}

/** Whether some data looks like a case: it has an architecture and a problem in one. */
export const looksLikeCase = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'architecture' in data && 'problem' in data;

/** Reads a case file; a mapping's faults are those of the mapping, the rest stands without it. */
export function parseCase(data: unknown): Parsed<Case> {
  if (!looksLikeCase(data)) return refuse('malformed', [], 'expected a case: {architecture, problem, mapping}');
  const file = data as { schema?: unknown; id?: unknown; architecture: unknown; problem: unknown; mapping?: unknown };
  const architecture = parseHierarchy(file.architecture, ['architecture']);
  const layer = parseProblem(file.problem, ['problem']);
  const mapping =
    architecture.ok && file.mapping !== undefined
      ? parseMapping(file.mapping, architecture.value, ['mapping'])
      : parsed(undefined);
  if (!architecture.ok || !layer.ok || !mapping.ok) {
    return refused(faultsOf(architecture, layer, mapping));
  }
  const id = typeof file.id === 'string' ? file.id : layer.value.name;
  const conventions =
    typeof file.schema === 'string' && file.schema.startsWith('timeloop-golden/') ? timeloopConventions : undefined;
  return parsed({ id, architecture: architecture.value, layer: layer.value, mapping: mapping.value, conventions });
}
