// Results as pages that stand alone, as `magnet report` prints them.

import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refused } from '../base/diagnostics.js';
import { version } from '../base/version.js';
import type { Design } from '../model/space/design.js';
import { htmlParts } from '../report/page/html.js';
import { markdownParts } from '../report/page/markdown.js';
import { reportOf, sectionsOf } from '../report/page/report-of.js';
import type { ResultFile } from '../results/result-file.js';
import { parseResultFile } from '../results/result-file.js';
import { documentOf } from './documents.js';

/** A report as two texts; both stand alone. */
export interface Pages {
  /** One page with everything in it. */
  readonly html: string;
  readonly markdown: string;
}

/**
 * A page of designs and of results of any verb: their text, their data, or what the call of the verb gave. Faults say which of
 * them, counted from 1.
 */
export function report(results: readonly unknown[], { title }: { readonly title?: string } = {}): Parsed<Pages> {
  const read = results.map((given, i) => {
    const from = `result ${i + 1}`;
    const result = resultOf(given);
    const sections = result.ok ? sectionsOf(from, result.value) : result;
    return sections.ok
      ? sections
      : refused(sections.diagnostics.map((d) => ({ ...d, message: `${from}: ${d.message}` })));
  });
  const faults = faultsOf(...read);
  if (faults.length > 0) return refused(faults);
  const made = reportOf(
    read.flatMap((r) => (r.ok ? r.value : [])),
    version,
    title ?? (results.length === 0 ? 'Results of magnet' : undefined),
  );
  const print = (parts: readonly (() => string)[]) => parts.map((part) => part()).join('');
  return parsed({ html: print(htmlParts(made)), markdown: print(markdownParts(made)) });
}

function resultOf(given: unknown): Parsed<ResultFile> {
  if (isDesign(given)) return parsed({ kind: 'design', result: given });
  const data = documentOf(isAnswer(given) ? given.result : given);
  return data.ok ? parseResultFile(data.value) : data;
}

/** As `map` gives it and `parseDesign` reads it: without the schema that a file has. */
const isDesign = (given: unknown): given is Design =>
  typeof given === 'object' && given !== null && !('schema' in given) && 'provenance' in given && 'layers' in given;

/** What `map`, `codesign`, `prove` and `compare` give holds the result that their verb writes. */
const isAnswer = (given: unknown): given is { readonly result: object } =>
  typeof given === 'object' &&
  given !== null &&
  !('schema' in given) &&
  'result' in given &&
  typeof given.result === 'object';
