// The output file of a batch: read again after any end, appended to as jobs end, put in order when all are done.

import { got } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { BatchHeader, JobLine, PartLine } from '../results/batch-result.js';
import { parseHeader, parseLine, printLine } from '../results/batch-result.js';
import type { Disk } from './batch-disk.js';
import type { JobOutcome, Plan, Summary } from './batch-job.js';

/** Where a line stands, in bytes, its end included. */
export interface Place {
  readonly at: number;
  readonly bytes: number;
}

export interface Scanned {
  readonly header: BatchHeader;
  /** The last line of each job: one that is asked again answers again. */
  readonly jobs: ReadonlyMap<number, Place & { readonly summary: Summary }>;
  /** Bytes up to the last line that is whole. */
  readonly end: number;
  /** Whether something stands behind that: a line whose writer was killed. */
  readonly torn: boolean;
  /** Nothing but the jobs, in order. */
  readonly orderly: boolean;
}

/** One line at a time: files of any size. `part` hears of every answer of a part. */
export function scan(disk: Disk, path: string, part: (line: PartLine) => void = () => {}): Parsed<Scanned> {
  const headers: Parsed<BatchHeader>[] = [];
  const jobs = new Map<number, Place & { readonly summary: Summary }>();
  let [number, damaged, end, last] = [0, 0, 0, -1];
  let [torn, orderly] = [false, true];
  disk.lines(path, (line, at, bytes, whole) => {
    number++;
    if (damaged > 0 || headers[0]?.ok === false) return;
    if (number === 1) {
      // A header is written whole: one without an end is not ours.
      headers.push(parseHeader(whole ? line : ''));
      end = at + bytes;
      return;
    }
    const read = whole ? parseLine(line) : undefined;
    if (!whole) torn = true;
    if (whole && !read) damaged = number;
    if (!read) return;
    end = at + bytes;
    if ('part' in read) part(read);
    else jobs.set(read.job, { at, bytes, summary: summaryOf(read.job, read) });
    orderly &&= 'job' in read && read.job > last;
    last = 'job' in read ? read.job : last;
  });
  const [header] = headers;
  if (!header) return refuse('malformed', [], `${path}: the file is empty`);
  if (!header.ok) return refuse('malformed', [], `${path}: ${header.diagnostics.map((d) => d.message).join('; ')}`);
  if (damaged > 0)
    return refuse('malformed', [], `${path}: line ${damaged} is damaged; delete that line, and its job is done again`);
  return parsed({ header: header.value, jobs, end, torn, orderly });
}

export interface Journal {
  /** Jobs that have ended, in this run or before. */
  readonly ended: ReadonlyMap<number, Summary>;
  /** Whether a torn line was cut off. */
  readonly mended: boolean;
  readonly part: (key: string, answer: unknown) => void;
  readonly job: (plan: Plan, outcome: JobOutcome) => void;
  /** Once every job has its line: they alone, in the order of the job file. */
  readonly complete: () => void;
  readonly close: () => void;
}

/** A file that is not there, or is empty, is begun. `again` tells which jobs are to be asked again. */
export function openJournal(
  disk: Disk,
  path: string,
  header: BatchHeader,
  part: (line: PartLine) => void,
  again: (summary: Summary) => boolean,
): Parsed<Journal> {
  if ((disk.size(path) ?? 0) === 0) disk.replace(path, [printLine(header)]);
  const scanned = scan(disk, path, part);
  if (!scanned.ok) return scanned;
  const other = whyOther(scanned.value.header, header);
  if (other !== undefined)
    return refuse('other-batch', [], `${path} belongs to another batch: ${other}; name another --out`);
  if (scanned.value.torn) disk.cut(path, scanned.value.end);
  let { end, orderly } = scanned.value;
  const places = new Map<number, Place>();
  const ended = new Map<number, Summary>();
  for (const [index, { summary, ...place }] of scanned.value.jobs) {
    if (again(summary)) continue;
    places.set(index, place);
    ended.set(index, summary);
  }
  const file = disk.append(path);
  const append = (line: JobLine | PartLine, durable: boolean): Place => {
    const text = printLine(line);
    const place = { at: end, bytes: new TextEncoder().encode(text).length };
    file.write(text, durable);
    end += place.bytes;
    orderly = false;
    return place;
  };
  return parsed({
    ended,
    mended: scanned.value.torn,
    part: (key, answer) => void append({ part: key, answer }, false),
    job({ index, key, label, kind }, outcome) {
      places.set(index, append({ job: index, key, label, kind, ...outcome }, true));
      ended.set(index, summaryOf(index, { label, kind, ...outcome }));
    },
    complete() {
      if (orderly || header.asked.some(({ job }) => !places.has(job))) return;
      disk.replace(
        path,
        inOrder(header, (job) => ({ path, ...got(places, job) }), disk),
      );
    },
    close: file.close,
  });
}

/** The header and a line per job that it asks for, one at a time. */
export function* inOrder(
  header: BatchHeader,
  placeOf: (job: number) => Place & { readonly path: string },
  disk: Disk,
): Iterable<string> {
  yield printLine(header);
  for (const { job } of header.asked) {
    const { path, at, bytes } = placeOf(job);
    yield disk.read(path, at, bytes);
  }
}

const summaryOf = (
  index: number,
  { label, kind, status, settled, objective, bound, gap, seconds, reason }: Omit<Summary, 'index'>,
): Summary => ({ index, label, kind, status, settled, objective, bound, gap, seconds, reason });

/** What tells two batches apart, for people; undefined where they are one. */
export function whyOther(there: BatchHeader, here: BatchHeader): string | undefined {
  const shard = ({ shard: s }: BatchHeader) => (s ? `shard ${s.number}/${s.of}` : 'the whole');
  if (there.magnet !== here.magnet) return `it was begun by magnet ${there.magnet}, this is ${here.magnet}`;
  if (there.digest !== here.digest) return 'its jobs, or files that they name, are not those of this job file';
  return shard(there) === shard(here) ? undefined : `it is ${shard(there)}, not ${shard(here)}`;
}
