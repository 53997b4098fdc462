// The results of a batch in a report: a table of its jobs, and a section for each result.

import type { Parsed } from '../../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../../base/diagnostics.js';
import { parseHeader, parseLine } from '../../../results/batch-result.js';
import type { ResultFile } from '../../../results/result-file.js';
import { parseResultFile } from '../../../results/result-file.js';
import type { Block, Section } from '../blocks.js';
import type { ReadJob } from './batch-overview.js';
import { batchOverview } from './batch-overview.js';

/** Lines of a batch file; a damaged last line is one that was being written. A step is a job. */
export function* batchSections(
  file: string,
  content: string,
  sections: (name: string, result: ResultFile) => Parsed<readonly Section[]>,
  at: (job: number, of: number) => void,
): Generator<undefined, Parsed<readonly Section[]>> {
  const [first = '', ...rest] = content.split('\n').filter((l) => l.trim() !== '');
  const header = parseHeader(first);
  if (!header.ok) return header;
  const lines: ReturnType<typeof parseLine>[] = [];
  for (const line of rest) {
    lines.push(parseLine(line));
    yield;
  }
  const broken = lines.slice(0, -1).findIndex((l) => l === undefined);
  if (broken >= 0)
    return refused([{ code: 'malformed', path: [], message: `line ${broken + 2}: expected the result of a job` }]);
  // Of a job that was done again the last line counts.
  const jobs = [
    ...new Map(lines.flatMap((l) => (l !== undefined && 'job' in l ? [[l.job, l] as const] : []))).values(),
  ];
  const sectionOf = (line: (typeof jobs)[number], key: string): Parsed<ReadSection> => {
    if (line.result === null || line.result === undefined)
      return parsed({ job: { line, key, result: undefined }, sections: [] });
    const result = parseResultFile(line.result);
    const made = result.ok ? sections(file, result.value) : result;
    if (!result.ok || !made.ok)
      return refused(faultsOf(result, made).map((d) => ({ ...d, path: [`job ${line.label}`, ...d.path] })));
    // Several jobs may be about one network on one machine: the label tells them apart.
    const titled = made.value.map((s) => ({
      ...s,
      title: `${line.kind}: ${line.label}`,
      key,
      closed: jobs.length > maxOpen,
      blocks: jobs.length > maxDrawn ? undrawn(s.blocks) : s.blocks,
    }));
    return parsed({ job: { line, key, result: result.value }, sections: titled });
  };
  const read: Parsed<ReadSection>[] = [];
  for (const [i, line] of jobs.entries()) {
    at(i + 1, jobs.length);
    yield;
    read.push(sectionOf(line, `${file} ${i}`));
  }
  const faults = faultsOf(...read);
  if (faults.length > 0) return refused(faults);
  const done = read.flatMap((r) => (r.ok ? r.value : []));
  const remarks =
    jobs.length > maxDrawn
      ? [
          `With more than ${maxDrawn} jobs the figures of single jobs are left out, ` +
            'and their counts of every action: a report on fewer jobs has them.',
        ]
      : [];
  return parsed([
    batchOverview(
      file,
      header.value.asked.length,
      done.map((d) => d.job),
      remarks,
    ),
    ...done.flatMap((d) => d.sections),
  ]);
}

interface ReadSection {
  readonly job: ReadJob;
  readonly sections: readonly Section[];
}

/** Jobs whose sections stand open, and whose figures are drawn: pages are to be looked at, and to be sent. */
const [maxOpen, maxDrawn] = [3, 40];

/** What a page of many jobs has no room for: figures, and the longest tables, whose sums stand in others. */
const undrawn = (blocks: readonly Block[]): readonly Block[] =>
  blocks.flatMap((b): readonly Block[] => (b.kind === 'figure' || (b.kind === 'fold' && b.long) ? [] : [b]));
