// What a file of the user's is, by its content; and what can be shown of it at once.

import { check, parseDesign, parseDocument, printDiagnostic, recogniseData } from 'magnet-accelerator';
import { areaFact, totalsIn } from './answer/found.js';
import { sectionOf, sound } from './answer/answer.js';
import { bytesIn } from './bytes-in.js';
import type { DroppedFile } from './question.js';
import { firstQuestion } from './question.js';
import type { Answer } from './question.js';

/** Where a file can be chosen. */
export type FileRole = 'network' | 'machine' | 'space' | 'technology';

export interface Looked {
  /** `a design space`. */
  readonly what: string;
  readonly role: FileRole | undefined;
  /** Of designs and results: shown as an answer is. */
  readonly answer: Answer | undefined;
  /** Of a certificate: what was checked of it, in a few lines. */
  readonly checked: { readonly holds: boolean; readonly lines: readonly string[] } | undefined;
}

export async function look(file: File): Promise<Looked> {
  const [read] = await bytesIn([file]);
  if (!read) throw new Error('no file is given');
  const nothing = { role: undefined, answer: undefined, checked: undefined };
  if (/\.onnx$/i.test(read.name)) return { ...nothing, what: 'a network', role: 'network' };
  if (!/\.(ya?ml|json)$/i.test(read.name))
    throw new Error(`${read.name}: expected an .onnx file, or one of magnet's own as .yaml or .json`);
  const data = sound(parseDocument(read.bytes, /\.json$/i.test(read.name) ? 'json' : 'yaml'));
  const text = new TextDecoder().decode(read.bytes);
  if (/^magnet-certificate\//.test(schemaOf(data)))
    return { ...nothing, what: 'a certificate', checked: checkedOf(text) };
  const found = recogniseData(data);
  if (!found) return { ...nothing, what: 'a layer table', role: 'network' };
  switch (found.kind) {
    case 'workload':
      return { ...nothing, what: 'a layer table', role: 'network' };
    case 'machine':
    case 'space':
    case 'technology':
      return { ...nothing, what: found.what, role: found.kind };
    case 'design':
      return { ...nothing, what: found.what, role: 'machine', answer: designAnswer(read, text) };
    case 'result':
      return { ...nothing, what: found.what, answer: shownAs(read.name, text) };
    default:
      throw new Error(`${read.name} is ${found.what}: ${found.way(read.name)}`);
  }
}

const schemaOf = (data: unknown): string =>
  typeof data === 'object' && data !== null && 'schema' in data ? String(data.schema) : '';

const shownAs = (name: string, text: string): Answer => ({
  question: firstQuestion,
  title: name,
  status: 'feasible',
  reason: '',
  command: `magnet report ${name}`,
  seconds: 0,
  facts: {},
  design: undefined,
  result: text,
  machine: undefined,
  section: sectionOf(text),
});

function designAnswer({ name }: DroppedFile, text: string): Answer {
  const design = sound(parseDesign(text, name));
  return {
    ...shownAs(name, text),
    command: design.provenance.command,
    facts: { ...totalsIn(design), ...areaFact(design.machine, design.technology) },
    design: text,
  };
}

function checkedOf(text: string): Looked['checked'] {
  const read = check(text);
  if (!read.ok) return { holds: false, lines: read.diagnostics.map(printDiagnostic) };
  const { holds, faults } = read.value;
  return { holds, lines: [...read.value.text.split('\n'), ...faults] };
}
