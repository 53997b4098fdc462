// What a file of the user's is, by its content; and what can be shown of it at once.

import {
  check,
  npyFiles,
  parseDesign,
  parseDocument,
  parseSamples,
  printDiagnostic,
  recogniseData,
} from 'magnet-accelerator';
import { areaFact, totalsIn } from './answer/found.js';
import { sectionOf, sound } from './answer/answer.js';
import { located } from './ask/given.js';
import { bytesIn, readable, unpacked } from './bytes-in.js';
import type { DroppedFile } from './question.js';
import { firstQuestion } from './question.js';
import type { Answer } from './question.js';

/** Where a file can be chosen. */
export type FileRole = 'network' | 'machine' | 'space' | 'technology' | 'samples';

export interface Looked {
  /** `a design space`. */
  readonly what: string;
  readonly role: FileRole | undefined;
  /** What can be chosen of it, where that is not the file: arrays of a .npz file. */
  readonly parts?: readonly string[];
  /** Of designs and results: shown as an answer is. */
  readonly answer: Answer | undefined;
  /** Of a certificate: what was checked of it, in a few lines. */
  readonly checked: { readonly holds: boolean; readonly lines: readonly string[] } | undefined;
}

export async function look(file: File): Promise<Looked> {
  const nothing = { role: undefined, answer: undefined, checked: undefined };
  readable(file);
  // Unread: it may be large, and the question is checked with it at once.
  if (/\.onnx$/i.test(file.name)) return { ...nothing, what: 'a network', role: 'network' };
  const isSamples = sampled.test(file.name);
  if (!isSamples && !/\.(ya?ml|json)$/i.test(file.name))
    throw new Error(
      `${file.name}: expected an .onnx file, one of magnet's own as .yaml or .json, or samples as .npy, .npz, .csv or IDX`,
    );
  const [read] = await bytesIn([file]);
  if (!read) throw new Error('no file is given');
  if (isSamples) return { ...nothing, ...(await samples(read)), role: 'samples' };
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

const sampled = /\.(npy|npz|csv)(\.gz)?$|idx\d(-ubyte)?(\.gz)?$/i;

/** Read once, so that what is wrong is said when it is dropped. */
async function samples(file: DroppedFile): Promise<Pick<Looked, 'what' | 'parts'>> {
  const bytes = await unpacked(file);
  if (/\.npz$/i.test(file.name)) {
    const arrays = [...sound(located(file.name, await npyFiles(bytes))).keys()];
    return { what: `arrays of samples: ${arrays.join(', ')}`, parts: arrays.map((name) => `${file.name}#${name}`) };
  }
  const [count = 0, ...each] = sound(located(file.name, await parseSamples(bytes, 'samples'))).shape;
  return { what: `${count} samples of [${each.join(', ')}]` };
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
