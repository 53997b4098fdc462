// A job file as plans: every job prepared once to find all faults, each with its line, before anything is begun.

import { defined, entry } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { OpenJob, Plan } from '../../batch/batch-job.js';
import { parseLocated } from '../../interchange/document.js';
import type { JobFile, JobSpec } from '../../interchange/job-file.js';
import { atLine, inLineOrder, parseJobFile } from '../../interchange/job-file.js';
import { batchSchema } from '../../results/batch-result.js';
import { stamped } from '../../results/stamp.js';
import type { MissingSolvers } from '../../tuner/compare/contestants.js';
import { missingSolvers } from '../../tuner/compare/contestants.js';
import type { SolverName } from '../../tuner/solver-names.js';
import { codesignJobs } from './codesign-jobs.js';
import { compareJobs } from './compare-jobs.js';
import { mapJobs } from './map-jobs.js';
import { proveJobs } from './prove-jobs.js';
import { brokenRules } from '../../options/check-rules.js';
import { dashed, optionsNamed } from '../../options/option.js';
import { remembering } from './remembering.js';
import { formatIn, located, readUnpacked } from '../files.js';
import type { Io } from '../io.js';
import type { JobKind, Prepared, Workers } from './kind.js';

/** The kinds of jobs that a batch may hold. */
const jobKinds: readonly JobKind[] = [mapJobs, proveJobs, codesignJobs, compareJobs];

export interface BatchPlan {
  readonly plans: readonly Plan[];
  /** Of all plans, in order. */
  readonly digest: string;
  /** Jobs that ask what another one asks, and are left out. */
  readonly repeated: number;
  /** How limits were understood, each with the line of the first job that has it. */
  readonly understood: readonly string[];
}

/** The engine works when jobs are worked on. */
export async function planBatch(io: Io, path: string, engine: Workers): Promise<Parsed<BatchPlan>> {
  const bytes = readUnpacked(io, path);
  if (!bytes.ok) return bytes;
  const format = formatIn(io, path, bytes.value);
  if (format === undefined)
    return refused([
      { code: 'unknown-format', path: [], message: `${path}: expected a job file as .yaml, .yml or .json` },
    ]);
  const document = located(path, parseLocated(bytes.value, format));
  if (!document.ok) return document;
  const file = parseJobFile(document.value, jobKinds);
  // To see whether a solver is there is to load it: only those that may be asked.
  const asked = file.specs.some((s) => s.kind === 'compare')
    ? undefined
    : [...new Set(file.specs.flatMap((s) => ('solver' in s.values ? [s.values['solver'] as SolverName] : [])))];
  return located(path, planJobs(remembering(io), file, engine, await missingSolvers(asked)));
}

function planJobs(
  io: Io,
  { specs, understood: plain, faults: unreadable }: JobFile,
  engine: Workers,
  missing: MissingSolvers,
): Parsed<BatchPlan> {
  const faults = new Map(unreadable.map((f) => [f.diagnostic.message, f]));
  const plans = new Map<string, Plan>();
  const understood = new Set(plain);
  const complain = (spec: JobSpec, d: Diagnostic) => {
    const found = atLine(lineFor(spec, d.message), { ...d, message: worded(d.message) });
    faults.set(found.diagnostic.message, found);
  };
  for (const spec of specs) {
    const kind = defined(jobKinds.find((k) => k.kind === spec.kind));
    const unavailable = missing.get(spec.values['solver'] as SolverName);
    if (unavailable !== undefined) complain(spec, { code: 'no-solver', path: [], message: unavailable });
    const broken = brokenRules(kind.verb, spec.values);
    for (const d of broken) complain(spec, d);
    if (broken.length > 0) continue;
    const prepare = () => kind.prepare(io, spec, missing);
    const prepared = prepare();
    if (!prepared.ok) for (const d of prepared.diagnostics) complain(spec, d);
    else if (faults.size === 0) {
      for (const line of prepared.value.understood)
        understood.add(`note: line ${lineFor(spec, line)}: ${worded(line.replace(/^note: /, ''))}`);
      const plan = planOf(io.version, kind.kind, prepared.value, plans.size, () =>
        opened(prepare(), engine, io.version),
      );
      if (!plans.has(plan.key)) plans.set(plan.key, plan);
    }
  }
  if (faults.size > 0) return refused(inLineOrder([...faults.values()]));
  return parsed({
    plans: [...plans.values()],
    digest: digest([...plans.keys()].join(' ')),
    repeated: specs.length - plans.size,
    understood: [...understood],
  });
}

function planOf(
  version: string,
  kind: string,
  { label, content, parts }: Prepared,
  index: number,
  open: () => OpenJob,
): Plan {
  // Words of a question mean what the schema of its results says.
  const keyOf = (text: string) => digest(`${version} ${batchSchema} ${kind} ${text}`);
  return { index, key: keyOf(content), label, kind, parts: parts.map(keyOf), open };
}

function opened(again: Parsed<Prepared>, engine: Workers, version: string): OpenJob {
  if (!again.ok) throw new Error(`a job of the batch cannot be read a second time: ${again.diagnostics[0]?.message}`);
  const { parts, conclude } = again.value.open(engine);
  return {
    parts,
    conclude(answers) {
      const outcome = conclude(answers);
      return outcome.result === null
        ? outcome
        : { ...outcome, result: stamped(outcome.result as { readonly schema: string }, version) };
    },
  };
}

/** The line of the value that a sentence is about; of the entry where that is not plain. */
function lineFor({ line, values, lines }: JobSpec, message: string): number {
  const named = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(named) : typeof value === 'string' && value !== '' && message.includes(value);
  const order = ['limit', ...Object.keys(values).filter((name) => name !== 'limit')];
  const field =
    order.find((name) => Object.hasOwn(values, name) && named(values[name])) ??
    order.find((name) => Object.hasOwn(values, name) && message.includes(`--${dashed(name)}`));
  return field === undefined ? line : entry(lines, field);
}

/** Sentences of the verbs speak of options, job files have fields. */
const worded = (message: string): string => optionsNamed(message, (option, placeholder) => `${option}${placeholder}`);
