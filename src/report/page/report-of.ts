// Results of any kind as a report: a section for each.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import type { ResultFile } from '../../results/result-file.js';
import type { Report, Section } from './blocks.js';
import { accuracySection } from './sections/accuracy-section.js';
import { accuracyAgainstBits } from './sections/accuracy-against-bits.js';
import { codesignSection } from './sections/codesign-section.js';
import { compareSection } from './sections/compare-section.js';
import { designSection } from './sections/design-section.js';
import { frontSection } from './sections/front-section.js';
import { graphSection } from './sections/graph-section.js';
import { mapSection } from './sections/map-section.js';
import { precisionFrontSection } from './sections/precision-front-section.js';
import { proveSection } from './sections/prove-section.js';
import { quantizeSection } from './sections/quantize-section.js';
import { scheduleSection } from './sections/schedule-section.js';
import { shareBlocks } from './share.js';

/** A single result gives the report its title, where none is given. */
export const reportOf = (sections: readonly Section[], version: string, title?: string): Report => ({
  title:
    title ??
    (sections.length === 1 || sections.slice(1).every((s) => s.closed) ? nth(sections, 0).title : 'Results of magnet'),
  version,
  sections: shareBlocks(sections),
});

/** What several results say together: one network at several bits. */
export const acrossResults = (
  read: readonly { readonly file: string; readonly result: ResultFile }[],
): readonly Section[] =>
  accuracyAgainstBits(
    read.flatMap(({ file, result }) => (result.kind === 'accuracy' ? [{ file, result: result.result }] : [])),
  );

/** `file` says where the result was read. */
export function sectionsOf(file: string, r: ResultFile): Parsed<readonly Section[]> {
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
    case 'precisions':
      return parsed(precisionFrontSection(file, r.result));
    case 'prove':
      return proveSection(file, r.result);
    case 'compare':
      return parsed(compareSection(file, r.result));
    case 'accuracy':
      return parsed(accuracySection(file, r.result));
    case 'quantize':
      return parsed(quantizeSection(file, r.result));
    case 'schedule':
      return parsed(scheduleSection(file, r.result));
    case 'graph':
      return parsed(graphSection(file, r.result));
  }
}
