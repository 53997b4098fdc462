// `magnet report`: results of any kind as one page that stands alone, and as Markdown.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed } from '../../base/diagnostics.js';
import { parseResultFile } from '../../interchange/result-file.js';
import type { ResultFile } from '../../interchange/result-file.js';
import type { Report, Section } from '../../report/page/blocks.js';
import { shareBlocks } from '../../report/page/share.js';
import { printHtml } from '../../report/page/html.js';
import { printMarkdown } from '../../report/page/markdown.js';
import { checkTargets, complain, located, readBytes, readData, writeText } from '../files.js';
import type { ExitCode, Io } from '../io.js';
import { exit } from '../io.js';
import type { ReportOptions } from './report-options.js';
import { batchSections } from './batch-sections.js';
import { codesignSection } from './codesign-section.js';
import { compareSection } from './compare-section.js';
import { designSection } from './design-section.js';
import { frontSection } from './front-section.js';
import { mapSection } from './map-section.js';
import { proveSection } from './prove-section.js';

export function report(io: Io, files: readonly string[], options: ReportOptions): ExitCode {
  const output = options.output ?? (options.markdown === undefined ? 'report.html' : undefined);
  const targets = checkTargets(io, { '--output': output, '--markdown': options.markdown }, files);
  if (!targets.ok) return complain(io, targets.diagnostics);
  // Every file is looked at, so that all faults are known at once.
  const read = files.map((file) => readSection(io, file));
  const faults = faultsOf(...read);
  if (faults.length > 0) return complain(io, faults);
  const results = read.flatMap((r) => (r.ok ? r.value : []));
  const sections = shareBlocks(results);
  const count = results.filter((s) => !s.aside).length;
  const made: Report = {
    title:
      options.title ??
      (results.length === 1 || results.slice(1).every((s) => s.closed) ? nth(results, 0).title : 'Results of magnet'),
    version: io.version,
    sections,
  };
  for (const [path, print] of [
    [output, printHtml],
    [options.markdown, printMarkdown],
  ] as const) {
    if (path === undefined) continue;
    const done = writeText(io, path, print(made));
    if (!done.ok) return complain(io, done.diagnostics);
    if (path !== '-') io.err(`wrote ${path}: ${count === 1 ? 'one result' : `${count} results`}\n`);
  }
  return exit.done;
}

function readSection(io: Io, file: string): Parsed<readonly Section[]> {
  if (/\.jsonl$/i.test(file)) {
    const bytes = readBytes(io, file);
    return bytes.ok ? located(file, batchSections(file, new TextDecoder().decode(bytes.value), sectionsOf)) : bytes;
  }
  const data = readData(io, file, 'a result');
  if (!data.ok) return data;
  const result = located(file, parseResultFile(data.value));
  return result.ok ? located(file, sectionsOf(file, result.value)) : result;
}

function sectionsOf(file: string, r: ResultFile): Parsed<readonly Section[]> {
  const section = sectionOf(file, r);
  return section.ok ? parsed([section.value]) : section;
}

function sectionOf(file: string, r: ResultFile): Parsed<Section> {
  switch (r.kind) {
    case 'map':
      return mapSection(file, r.result);
    case 'design':
      return parsed(designSection(file, r.result));
    case 'codesign':
      return codesignSection(file, r.result);
    case 'front':
      return frontSection(file, r.result);
    case 'prove':
      return proveSection(file, r.result);
    case 'compare':
      return parsed(compareSection(file, r.result));
  }
}
