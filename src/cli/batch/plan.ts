// A job file as plans: every job prepared once to find all faults, each with its line, before anything is begun.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { Plan } from '../../batch/job.js';
import { parseLocated } from '../../interchange/document.js';
import type { JobSpec } from '../../interchange/job-file.js';
import { atLine, parseJobFile } from '../../interchange/job-file.js';
import { whyUnavailable } from '../../tuner/map-layer.js';
import type { SolverName } from '../../tuner/map-layer.js';
import type { BatchTask } from './engine.js';
import type { JobKind, Prepared } from './kind.js';
import { jobKinds } from './kinds.js';
import { formatOf, located, readBytes } from '../files.js';
import type { Io } from '../io.js';

export interface BatchPlan {
  readonly plans: readonly Plan[];
  /** Of all plans, in order. */
  readonly digest: string;
  /** Jobs that ask what another one asks, and are left out. */
  readonly repeated: number;
}

/** `run` is called when jobs are worked on. */
export async function planBatch(io: Io, path: string, run: (task: BatchTask) => Promise<unknown>): Promise<Parsed<BatchPlan>> {
  const format = formatOf(path);
  if (format === undefined) return refused([{ code: 'unknown-format', path: [], message: `${path}: expected a job file as .yaml, .yml or .json` }]);
  const bytes = readBytes(io, path);
  if (!bytes.ok) return bytes;
  const document = located(path, parseLocated(bytes.value, format));
  if (!document.ok) return document;
  const specs = located(path, parseJobFile(document.value, jobKinds));
  return specs.ok ? located(path, await planJobs(remembering(io), specs.value, run)) : specs;
}

async function planJobs(io: Io, specs: readonly JobSpec[], run: (task: BatchTask) => Promise<unknown>): Promise<Parsed<BatchPlan>> {
  const faults = new Map<string, { readonly line: number; readonly d: Diagnostic }>();
  const plans = new Map<string, Plan>();
  const complain = (spec: JobSpec, d: Diagnostic) => {
    const line = lineFor(spec, d.message);
    const shown = atLine(line, { ...d, message: worded(d.message) });
    faults.set(shown.message, { line, d: shown });
  };
  for (const spec of specs) {
    const kind = jobKinds.find((k) => k.kind === spec.kind)!;
    const prepared = kind.prepare(io, spec);
    if (!prepared.ok) for (const d of prepared.diagnostics) complain(spec, d);
    else if (faults.size === 0) {
      const plan = planOf(io, kind, spec, prepared.value, plans.size, run);
      if (!plans.has(plan.key)) plans.set(plan.key, plan);
    }
  }
  for (const solver of new Set(specs.map((s) => s.values['solver']))) {
    const unavailable = solver === undefined ? undefined : await whyUnavailable(solver as SolverName);
    if (unavailable !== undefined) complain(specs.find((s) => s.values['solver'] === solver)!, { code: 'no-solver', path: [], message: unavailable });
  }
  if (faults.size > 0) return refused([...faults.values()].sort((a, b) => a.line - b.line).map((f) => f.d));
  return parsed({ plans: [...plans.values()], digest: digest([...plans.keys()].join(' ')), repeated: specs.length - plans.size });
}

function planOf(io: Io, { kind, prepare }: JobKind, spec: JobSpec, { label, content, parts }: Prepared, index: number, run: (task: BatchTask) => Promise<unknown>): Plan {
  const keyOf = (text: string) => digest(`${io.version} ${kind} ${text}`);
  return {
    index,
    key: keyOf(content),
    label,
    kind,
    parts: parts.map(keyOf),
    open() {
      const again = prepare(io, spec);
      if (!again.ok) throw new Error(`a job of the batch cannot be read a second time: ${again.diagnostics[0]?.message}`);
      return again.value.open(run);
    },
  };
}

/** Files are read once: jobs that are opened later see what was checked. */
function remembering(io: Io): Io {
  const files = new Map<string, Uint8Array>();
  return {
    ...io,
    read(path) {
      const known = files.get(path) ?? io.read(path);
      files.set(path, known);
      return known;
    },
  };
}

/** The line of the value that a sentence is about; of the entry where that is not plain. */
function lineFor({ line, values, lines }: JobSpec, message: string): number {
  const named = (value: unknown): boolean => (Array.isArray(value) ? value.some(named) : typeof value === 'string' && value !== '' && message.includes(value));
  const order = ['limit', ...Object.keys(values).filter((name) => name !== 'limit')];
  const field = order.find((name) => Object.hasOwn(values, name) && named(values[name])) ?? order.find((name) => Object.hasOwn(values, name) && message.includes(optionOf(name)));
  return field === undefined ? line : lines[field]!;
}

const optionOf = (field: string): string => `--${field.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

/** Sentences of the verbs speak of options, job files have fields. */
const worded = (message: string): string => message.replace(/--([a-z][a-z-]*)/g, (_, name: string) => name.replace(/-([a-z])/g, (__, c: string) => c.toUpperCase()));
