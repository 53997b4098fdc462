// The results of a batch in a report: a table of its jobs, and a section for each result.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import type { JobLine } from '../../interchange/batch-file.js';
import { parseHeader, parseLine } from '../../interchange/batch-file.js';
import type { ResultFile } from '../../interchange/result-file.js';
import { parseResultFile } from '../../interchange/result-file.js';
import type { Section } from '../../report/page/blocks.js';
import { tableOf, text } from '../../report/page/blocks.js';
import { grouped, magnitude, percent, secondsText } from '../../report/quantities.js';
import { orNone } from './layers.js';

/** Lines of a batch file; a damaged last line is one that was being written. */
export function batchSections(file: string, content: string, sections: (name: string, result: ResultFile) => Parsed<readonly Section[]>): Parsed<readonly Section[]> {
  const [first = '', ...rest] = content.split('\n').filter((l) => l.trim() !== '');
  const header = parseHeader(first);
  if (!header.ok) return header;
  const lines = rest.map(parseLine);
  const broken = lines.slice(0, -1).findIndex((l) => l === undefined);
  if (broken >= 0) return refused([{ code: 'malformed', path: [], message: `line ${broken + 2}: expected the result of a job` }]);
  const jobs = lines.flatMap((l): readonly JobLine[] => (l !== undefined && 'job' in l ? [l] : []));
  const read = jobs.flatMap((j): readonly Parsed<readonly Section[]>[] => {
    if (j.result === null || j.result === undefined) return [];
    const result = parseResultFile(j.result);
    return [result.ok ? sections(`${file}, job ${j.label}`, result.value) : refused(result.diagnostics.map((d) => ({ ...d, path: [`job ${j.label}`, ...d.path] })))];
  });
  const faults = read.flatMap((r): readonly Diagnostic[] => (r.ok ? [] : r.diagnostics));
  return faults.length > 0 ? refused(faults) : parsed([overview(file, header.value.asked.length, jobs), ...read.flatMap((r) => (r.ok ? r.value : []))]);
}

function overview(file: string, asked: number, jobs: readonly JobLine[]): Section {
  const settled = jobs.filter((j) => j.settled).length;
  const rows = jobs.map((j) => [j.label, j.kind, j.status, orNone(j.objective, magnitude), orNone(j.bound, magnitude), orNone(j.gap, percent), secondsText(j.seconds), j.reason]);
  return {
    title: `Batch of ${grouped(asked)} ${asked === 1 ? 'job' : 'jobs'}`,
    source: `Batch, read from ${file}.`,
    status: settled === asked ? { text: 'all settled', mood: 'good' } : { text: `${settled} of ${asked} settled`, mood: 'open' },
    blocks: rows.length === 0 ? [text('No job is done yet.')] : [tableOf('Jobs', ['job', 'kind', 'status', '>objective', '>lower bound', '>gap', '>time', 'note'], rows)],
  };
}
