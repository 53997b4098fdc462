// `magnet report`: results of any kind as one page that stands alone, and as Markdown.

import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../../base/diagnostics.js';
import type { ResultFile } from '../../results/result-file.js';
import { parseResultFile } from '../../results/result-file.js';
import { noteOnFirst } from '../../results/older-files.js';
import type { Section } from '../../report/page/blocks.js';
import { grouped } from '../../report/tables/quantities.js';
import { acrossResults, reportOf, sectionsOf } from '../../report/page/report-of.js';
import { htmlParts } from '../../report/page/html.js';
import { markdownParts } from '../../report/page/markdown.js';
import { checkTargets, complain, located, readBytes, readData, writeText } from '../files.js';
import { inTurns, listen } from '../interruption.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import type { Live } from '../live.js';
import { makeLive } from '../live.js';
import type { ReportOptions } from '../../options/batch-tables.js';
import { batchSections } from '../../report/page/sections/batch-sections.js';

export async function report(io: Io, files: readonly string[], options: ReportOptions): Promise<ExitCode> {
  const output = options.output ?? (options.markdown === undefined ? 'report.html' : undefined);
  const targets = checkTargets(io, { '--output': output, '--markdown': options.markdown }, files);
  if (!targets.ok) return complain(io, targets.diagnostics);
  const interruption = listen(io);
  try {
    const made = await inTurns(makePages(io, files, output, options), interruption.happened);
    if (!made) {
      io.err('interrupted: nothing was written\n');
      return exit.interrupted;
    }
    if (!made.ok) return complain(io, made.diagnostics);
    const { pages, count } = made.value;
    for (const { path, text } of pages) {
      const done = writeText(io, path, text);
      if (!done.ok) return complain(io, done.diagnostics);
      if (path !== '-') io.err(`wrote ${path}: ${count === 1 ? 'one result' : `${count} results`}\n`);
    }
    return exit.done;
  } finally {
    interruption.release();
  }
}

interface Pages {
  readonly pages: readonly { readonly path: string; readonly text: string }[];
  /** Of results. */
  readonly count: number;
}

/** All that is to be written, before anything of it is. */
function* makePages(
  io: Io,
  files: readonly string[],
  output: string | undefined,
  { markdown, title, quiet = false }: ReportOptions,
): Generator<undefined, Parsed<Pages>> {
  const alone: ReadFile[] = [];
  const read = yield* readSections(io, files, makeLive(io, files.length, 'files', quiet), alone);
  const results = [...acrossResults(alone), ...read.flatMap((r) => (r.ok ? r.value : []))];
  const faults = faultsOf(...read);
  if (faults.length > 0) return refused(faults);
  const made = reportOf(results, io.version, title);
  const printed = [
    ...(output === undefined ? [] : [{ path: output, parts: htmlParts(made) }]),
    ...(markdown === undefined ? [] : [{ path: markdown, parts: markdownParts(made) }]),
  ];
  const live = makeLive(
    io,
    printed.reduce((n, { parts }) => n + parts.length, 0),
    'parts of the page',
    quiet,
  );
  try {
    const pages: Pages['pages'][number][] = [];
    for (const { path, parts } of printed) {
      const texts: string[] = [];
      for (const [i, print] of parts.entries()) {
        yield;
        texts.push(print());
        live.finished(i);
      }
      pages.push({ path, text: texts.join('') });
    }
    return parsed({ pages, count: results.filter((s) => !s.aside).length });
  } finally {
    live.end();
  }
}

interface ReadFile {
  readonly file: string;
  readonly result: ResultFile;
}

/** Every file is looked at, so that all faults are known at once. */
function* readSections(
  io: Io,
  files: readonly string[],
  live: Live,
  alone: ReadFile[],
): Generator<undefined, readonly Parsed<readonly Section[]>[]> {
  const read: Parsed<readonly Section[]>[] = [];
  try {
    for (const [i, file] of files.entries()) {
      live.working(i, file, true);
      yield;
      read.push(
        yield* readSection(io, file, alone, (job, of) =>
          live.working(i, `${file}: ${grouped(job)} of ${grouped(of)} jobs`, true),
        ),
      );
      live.finished(i);
    }
    return read;
  } finally {
    live.end();
  }
}

function* readSection(
  io: Io,
  file: string,
  alone: ReadFile[],
  at: (job: number, of: number) => void,
): Generator<undefined, Parsed<readonly Section[]>> {
  if (/\.jsonl$/i.test(file)) {
    const bytes = readBytes(io, file);
    if (!bytes.ok) return bytes;
    return located(file, yield* batchSections(file, new TextDecoder().decode(bytes.value), sectionsOf, at));
  }
  const data = readData(io, file, 'a result');
  if (!data.ok) return data;
  const result = located(file, parseResultFile(data.value));
  const note = noteOnFirst(data.value);
  if (result.ok && note !== undefined) io.err(`note: ${file}: ${note}\n`);
  if (result.ok) alone.push({ file, result: result.value });
  return result.ok ? located(file, sectionsOf(file, result.value)) : result;
}
