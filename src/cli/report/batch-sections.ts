// The results of a batch in a report: a table of its jobs, and a section for each result.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import type { JobLine } from '../../interchange/batch-file.js';
import { parseHeader, parseLine } from '../../interchange/batch-file.js';
import type { ResultFile } from '../../interchange/result-file.js';
import { parseResultFile } from '../../interchange/result-file.js';
import type { Section } from '../../report/page/blocks.js';
import { tableOf } from '../../report/page/blocks.js';
import { grouped, magnitude, percent, secondsText } from '../../report/quantities.js';
import { orNone } from './layers.js';
import { counted, listed } from './summary.js';

/** Lines of a batch file; a damaged last line is one that was being written. */
export function batchSections(file: string, content: string, sections: (name: string, result: ResultFile) => Parsed<readonly Section[]>): Parsed<readonly Section[]> {
  const [first = '', ...rest] = content.split('\n').filter((l) => l.trim() !== '');
  const header = parseHeader(first);
  if (!header.ok) return header;
  const lines = rest.map(parseLine);
  const broken = lines.slice(0, -1).findIndex((l) => l === undefined);
  if (broken >= 0) return refused([{ code: 'malformed', path: [], message: `line ${broken + 2}: expected the result of a job` }]);
  // Of a job that was done again the last line counts.
  const jobs = [...new Map(lines.flatMap((l) => (l !== undefined && 'job' in l ? [[l.job, l] as const] : []))).values()];
  const results = jobs.flatMap((j): readonly Parsed<readonly Section[]>[] => {
    if (j.result === null || j.result === undefined) return [];
    const result = parseResultFile(j.result);
    const read = result.ok ? sections(file, result.value) : result;
    // Several jobs may be about one network on one machine: the label tells them apart.
    return [read.ok ? parsed(read.value.map((s) => ({ ...s, title: `${j.kind}: ${j.label}` }))) : refused(read.diagnostics.map((d) => ({ ...d, path: [`job ${j.label}`, ...d.path] })))];
  });
  const faults = faultsOf(...results);
  return faults.length > 0 ? refused(faults) : parsed([overview(file, header.value.asked.length, jobs), ...results.flatMap((r) => (r.ok ? r.value : []))]);
}

function overview(file: string, asked: number, jobs: readonly JobLine[]): Section {
  const settled = jobs.filter((j) => j.settled).length;
  const rows = jobs.map((j) => [j.label, j.kind, j.status, orNone(j.objective, magnitude), orNone(j.bound, magnitude), orNone(j.gap, percent), secondsText(j.seconds), j.reason]);
  return {
    title: `Batch of ${grouped(asked)} ${asked === 1 ? 'job' : 'jobs'}`,
    source: `Batch, read from ${file}.`,
    summary: jobs.length === 0 ? 'No job is done yet.' : `${grouped(jobs.length)} of ${counted(asked, 'job')} done: ${statusCounts(jobs)}.`,
    status: settled === asked ? { text: 'all settled', mood: 'good' } : { text: `${settled} of ${asked} settled`, mood: 'open' },
    blocks: rows.length === 0 ? [] : [tableOf('Jobs', ['job', 'kind', 'status', '>objective', '>lower bound', '>gap', '>time', 'note'], rows)],
  };
}

/** `3 optimal and 1 failed`. */
function statusCounts(jobs: readonly JobLine[]): string {
  const statuses = [...new Set(jobs.map((j) => j.status))];
  return listed(statuses.map((status) => `${grouped(jobs.filter((j) => j.status === status).length)} ${status}`));
}
