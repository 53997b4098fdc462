// Timeloop files read in a test, as the command line reads them.

import type { Diagnostic, Parsed } from '../../src/base/diagnostics.js';
import { printDiagnostic } from '../../src/base/diagnostics.js';
import { parseDocument } from '../../src/interchange/document.js';
import type { TimeloopInput } from '../../src/interchange/timeloop/read.js';
import { readTimeloop } from '../../src/interchange/timeloop/read.js';
import { gather } from '../../src/interchange/timeloop/sections.js';

export const yaml = (text: string): unknown => {
  const data = parseDocument(new TextEncoder().encode(text), 'yaml');
  if (!data.ok) throw new Error(data.diagnostics.map(printDiagnostic).join('\n'));
  return data.value;
};

export function read(...texts: readonly string[]): Parsed<TimeloopInput> {
  const sections = gather(texts.map((text, i) => ({ name: `${i}.yaml`, data: yaml(text) })));
  return sections.ok ? readTimeloop(sections.value, { layer: 'layer', machine: 'machine' }) : sections;
}

/** The value, or a failing test that says why. */
export function must<T>(result: Parsed<T>): T {
  if (!result.ok) throw new Error(faultsOf(result.diagnostics).join('\n'));
  return result.value;
}

export const faultsOf = (diagnostics: readonly Diagnostic[]): readonly string[] => diagnostics.map(printDiagnostic);
export const faults = (...texts: readonly string[]): readonly string[] => {
  const result = read(...texts);
  return result.ok ? [] : faultsOf(result.diagnostics);
};
export const notes = (...texts: readonly string[]): readonly string[] => faultsOf(must(read(...texts)).notes);
