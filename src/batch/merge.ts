// Parts of one batch put together: each job once, in the order of the job file, or a list of what stands in the way.

import { counted } from '../base/text.js';
import { defined, got, nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { AskedJob, BatchHeader } from '../results/batch-result.js';
import type { Disk } from './batch-disk.js';
import type { Summary } from './batch-job.js';
import type { Place, Scanned } from './journal.js';
import { inOrder, scan, whyOther } from './journal.js';

/** Beyond these, missing jobs are only counted. */
const maxNamed = 10;

type Part = Scanned & { readonly path: string };

/** Writes nothing where anything is wrong; otherwise gives what it wrote of, in order. */
export function mergeParts(disk: Disk, out: string, paths: readonly string[]): Parsed<readonly Summary[]> {
  const faults: Diagnostic[] = [];
  const fault = (code: string, message: string) => faults.push({ code, path: [], message });
  const parts: Part[] = [];
  for (const path of paths) {
    if (disk.size(path) === undefined) fault('unreadable', `cannot read ${path}: there is no such file`);
    else if (disk.locate(path) === disk.locate(out))
      fault('conflict', `${path} is a part and the output; name another output`);
    else {
      const scanned = scan(disk, path);
      if (scanned.ok) parts.push({ ...scanned.value, path });
      else faults.push(...scanned.diagnostics);
    }
  }
  const [first] = parts;
  for (const { path, header } of parts.slice(1)) {
    const why = whyOther({ ...header, shard: null }, { ...defined(first).header, shard: null });
    if (why !== undefined)
      fault(
        'other-batch',
        `${path} and ${defined(first).path} are not parts of one ` +
          `batch: ${why.replace('this is', `${defined(first).path} by`)}`,
      );
  }
  if (faults.length > 0 || !first) return refused(faults);

  const places = new Map<number, Place & { readonly path: string; readonly summary: Summary }>();
  const asked = new Map<number, AskedJob>();
  for (const { path, header, jobs } of parts) {
    for (const a of header.asked) asked.set(a.job, a);
    for (const [job, place] of jobs) {
      const before = places.get(job);
      if (before)
        fault(
          'duplicate',
          `${place.summary.label} (job ${job}) is in ${before.path} and in ${path}; give each part once`,
        );
      else places.set(job, { ...place, path });
    }
  }
  for (const {
    path,
    header: { asked: wanted },
    jobs,
  } of parts) {
    const missing = wanted.filter(({ job }) => !jobs.has(job));
    if (missing.length > 0) fault('missing', `${path} is not complete: ${named(missing)}; run its command again`);
  }
  const absent = absentShards(parts);
  if (absent !== '') fault('missing', absent);
  if (faults.length > 0) return refused(faults);

  const header: BatchHeader = {
    ...first.header,
    shard: null,
    asked: [...asked.values()].sort((a, b) => a.job - b.job),
  };
  const why = whyNotReplaced(disk, out, header);
  if (why !== undefined) return refuse('conflict', [], why);
  disk.replace(
    out,
    inOrder(header, (job) => got(places, job), disk),
  );
  return parsed(header.asked.map(({ job }) => got(places, job).summary));
}

/** What stands at the output may be an earlier merge of the same batch, and nothing else. */
function whyNotReplaced(disk: Disk, out: string, header: BatchHeader): string | undefined {
  if ((disk.size(out) ?? 0) === 0) return undefined;
  const there = scan(disk, out);
  if (there.ok && whyOther(there.value.header, header) === undefined) return undefined;
  return (
    `${out} is there already and ` +
    (there.ok ? 'holds another batch' : 'holds no batch') +
    '; name another output, or move it away'
  );
}

const named = (jobs: readonly AskedJob[]): string => {
  const shown = jobs
    .slice(0, maxNamed)
    .map(({ job, label }) => `${label} (job ${job})`)
    .join(', ');
  return (
    shown +
    (jobs.length > maxNamed ? ` and ${jobs.length - maxNamed} more` : '') +
    ` ${jobs.length > 1 ? 'are' : 'is'} missing`
  );
};

/** Jobs that no part was to have belong to shards that were not given. */
function absentShards(parts: readonly Part[]): string {
  const { header } = nth(parts, 0);
  const covered = new Set(parts.flatMap((p) => p.header.asked.map((a) => a.job)));
  if (covered.size === header.jobs) return '';
  const count = header.shard?.of ?? 0;
  const given = parts.flatMap((p) => (p.header.shard?.of === count ? [p.header.shard.number] : []));
  const shards = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !given.includes(n));
  return (
    `${header.jobs - covered.size} of ${counted(header.jobs, 'job')} are in no part that was given` +
    (shards.length > 0 ? `: shard ${shards.map((n) => `${n}/${count}`).join(', ')} is missing` : '')
  );
}
