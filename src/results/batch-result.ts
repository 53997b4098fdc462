// The results of a batch, a line of JSON each: a header, answers of parts while it runs, and a line per job.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { refuse } from '../base/diagnostics.js';
import { check, nonNegative, oneOf, record, text, whole } from '../interchange/schema.js';

export const batchSchema = 'magnet-batch/2';
/** Its results call `edp` what is `layer-edp` now; each has a schema of its own, and is read by it. */
const firstBatchSchema = 'magnet-batch/1';

export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
}

export interface AskedJob {
  /** Its place in the job file, from 0. */
  readonly job: number;
  readonly key: string;
  readonly label: string;
}

export interface BatchHeader {
  readonly schema: typeof batchSchema | typeof firstBatchSchema;
  /** Version. */
  readonly magnet: string;
  /** Of all jobs of the job file, with everything that they name. */
  readonly digest: string;
  /** How many jobs the job file has. */
  readonly jobs: number;
  /** Null where the whole is. */
  readonly shard: Shard | null;
  /** The jobs that this file is to have, in the order of the job file. */
  readonly asked: readonly AskedJob[];
}

export const jobStatuses = ['optimal', 'feasible', 'infeasible', 'unknown', 'failed'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** What came of a job; figures are null where its kind has none, or nothing is known. */
export interface Figures {
  readonly status: JobStatus;
  /** Whether the question is answered for good: proved, one way or the other. */
  readonly settled: boolean;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly gap: number | null;
  /** What its parts took, wherever they were solved. */
  readonly seconds: number;
  /** Why it is not settled, where that is known; empty otherwise. */
  readonly reason: string;
}

export interface JobLine extends Figures {
  readonly job: number;
  readonly key: string;
  readonly label: string;
  readonly kind: string;
  /** What the verb of its kind writes as JSON; null where the job failed. */
  readonly result: unknown;
}

/** The answer of a part that others may ask for; gone once the batch is complete. */
export interface PartLine {
  readonly part: string;
  readonly answer: unknown;
}

const header = record('the header of a batch', {
  schema: oneOf('schema', [batchSchema, firstBatchSchema] as const),
  magnet: text(),
  digest: text(),
  jobs: whole(1),
  shard: record('a shard', { number: whole(1), of: whole(1) }).nullable(),
  asked: z.array(record('a job', { job: whole(0), key: text(), label: text() }), {
    error: 'expected the list of jobs',
  }),
});

const figure = () => z.number().nullable();
const jobLine = record('a result', {
  job: whole(0),
  key: text(),
  label: text(),
  kind: text(),
  status: oneOf('status', jobStatuses),
  settled: z.boolean(),
  objective: figure(),
  bound: figure(),
  gap: figure(),
  seconds: nonNegative(),
  reason: z.string(),
  result: z.unknown(),
});
const partLine = record('the answer of a part', { part: text(), answer: z.unknown() });
/** Of any line. */
export const batchForm = z.union([header, jobLine, partLine]);

export const printLine = (line: BatchHeader | JobLine | PartLine): string => `${JSON.stringify(line)}\n`;

export function parseHeader(line: string): Parsed<BatchHeader> {
  const data = dataOf(line) as { readonly schema?: unknown } | null | undefined;
  const schema = typeof data === 'object' ? data?.schema : undefined;
  if (schema === batchSchema || schema === firstBatchSchema) return check(header, data);
  const known = typeof schema === 'string' && schema.startsWith('magnet-batch/');
  return refuse(
    'malformed',
    [],
    known ? `${schema}: this magnet reads ${batchSchema}` : 'expected results of "magnet batch"; name another file',
  );
}

/** Undefined where the line is neither: it is damaged. */
export function parseLine(line: string): JobLine | PartLine | undefined {
  const data = dataOf(line);
  const read = check<JobLine | PartLine>(
    (typeof data === 'object' && data !== null && 'part' in data ? partLine : jobLine) as z.ZodType<JobLine | PartLine>,
    data,
  );
  return read.ok ? read.value : undefined;
}

function dataOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
