// Case files: an architecture, a layer and (for `evaluate`) a mapping in one file, the golden cases' format.

import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { Architecture } from '../model/architecture.js';
import type { Layer } from '../model/layer.js';
import { dimensions, macs, makeLayer, tensors } from '../model/layer.js';
import type { LevelMapping, Mapping } from '../model/mapping.js';
import { parseHierarchy } from './hierarchy.js';
import { check, oneOf, record, setOf, text, whole } from './schema.js';

export interface Case {
  readonly id: string;
  readonly architecture: Architecture;
  readonly layer: Layer;
  /** Absent in files that are only to be mapped. */
  readonly mapping: Mapping | undefined;
}

/** Counts stay exact integers in a double while they are below this. */
export const mostMacs = 2 ** 50;

const steps = { strideW: whole(1).optional(), strideH: whole(1).optional(), dilationW: whole(1).optional(), dilationH: whole(1).optional() };
const sizes = Object.fromEntries(dimensions.map((d) => [d, whole(1).optional()])) as Record<(typeof dimensions)[number], z.ZodOptional<ReturnType<typeof whole>>>;
const problem = record('a problem', { name: text().optional(), ...sizes, ...steps });

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
  if (macs(layer) > mostMacs) {
    return refuse('too-large', at, `${layer.name} has ${macs(layer).toExponential(2)} MACs; counts are exact up to 2^50 (1.1e15), so split the layer`);
  }
  return parsed(layer);
}

const loop = { dim: oneOf('dimension', dimensions), factor: whole(1) };
const mappingFile = z.object(
  {
    levels: z.array(
      z.object({
        name: text(),
        keep: setOf('tensor', tensors).optional(),
        bypass: setOf('tensor', tensors).optional(),
        temporal: z.array(record('a loop', loop)).optional(),
        spatial: z.array(record('a spatial loop', { ...loop, axis: text().optional() })).optional(),
      }),
    ),
  },
  { error: 'expected a mapping: {levels: [{name, keep, temporal, spatial}]}' },
);

/** Reads a mapping for an architecture: levels by name, in order; axes by label. Legality is the model's question. */
export function parseMapping(data: unknown, a: Architecture, at: readonly (string | number)[] = []): Parsed<Mapping> {
  const checked = check(mappingFile, data, at);
  if (!checked.ok) return checked;
  const file = checked.value.levels;
  const diagnostics: Diagnostic[] = [];
  const known = a.levels.map((l) => l.name);
  if (file.length !== known.length || file.some((l, i) => l.name !== known[i])) {
    return refuse('other-machine', [...at, 'levels'], `the mapping is for levels ${file.map((l) => l.name).join(', ')}, but ${a.name} has ${known.join(', ')}`);
  }
  const levels = file.map((l, i): LevelMapping => {
    const level = a.levels[i]!;
    const spatial = (l.spatial ?? []).flatMap((s, j) => {
      if (s.factor === 1) return [];
      const axis = s.axis ?? level.axes[0]?.label ?? '';
      if (!level.axes.some((x) => x.label === axis)) {
        const message = level.axes.length === 0 ? `${l.name} has no fan-out` : `${l.name} has no axis ${axis}; it has ${level.axes.map((x) => x.label).join(', ')}`;
        diagnostics.push({ code: 'no-axis', path: [...at, 'levels', i, 'spatial', j], message });
      }
      return [{ dim: s.dim, factor: s.factor, axis }];
    });
    return { name: l.name, keep: l.keep ?? level.keeps, temporal: (l.temporal ?? []).filter((t) => t.factor > 1), spatial };
  });
  for (const t of tensors) {
    if (!levels.some((l) => l.keep.includes(t))) diagnostics.push({ code: 'not-kept', path: [...at, 'levels'], message: `no level keeps ${t}` });
  }
  levels.forEach((l, i) => {
    for (const t of l.keep) {
      if (!a.levels[i]!.stores[t]) diagnostics.push({ code: 'cannot-keep', path: [...at, 'levels', i, 'keep'], message: `${l.name} cannot store ${t}` });
    }
  });
  return diagnostics.length > 0 ? refused(diagnostics) : parsed({ levels });
}

/** Whether some data looks like a case: it has an architecture and a problem in one. */
export const looksLikeCase = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && 'architecture' in data && 'problem' in data;

/** Reads a case file; a mapping's faults are those of the mapping, the rest stands without it. */
export function parseCase(data: unknown): Parsed<Case> {
  if (!looksLikeCase(data)) return refuse('malformed', [], 'expected a case: {architecture, problem, mapping}');
  const file = data as { id?: unknown; architecture: unknown; problem: unknown; mapping?: unknown };
  const architecture = parseHierarchy(file.architecture, ['architecture']);
  const layer = parseProblem(file.problem, ['problem']);
  const mapping = architecture.ok && file.mapping !== undefined ? parseMapping(file.mapping, architecture.value, ['mapping']) : parsed(undefined);
  if (!architecture.ok || !layer.ok || !mapping.ok) {
    return refused([architecture, layer, mapping].flatMap((x) => (x.ok ? [] : x.diagnostics)));
  }
  const id = typeof file.id === 'string' ? file.id : layer.value.name;
  return parsed({ id, architecture: architecture.value, layer: layer.value, mapping: mapping.value });
}
