// A file's bytes to plain data: YAML or JSON, each fault with its line and column.

import { defined, nth } from '../base/invariant.js';
import type { Document } from 'yaml';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument as parseYaml, visit } from 'yaml';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { TextFault } from './json.js';
import { jsonFaults } from './json.js';
import { timeloopTags } from './timeloop/tags.js';

export type Format = 'yaml' | 'json';

/** How often YAML anchors may be repeated in all: enough for tables, too little for "billion laughs". */
const maxAliases = 100;
/** A broken file can have a fault a line; beyond these the rest is only counted. */
const maxFaults = 10;

/**
 * The data of a YAML or JSON file, from its UTF-8 bytes. Keys that stand twice are faults; YAML merge keys (`<<`) work. Never
 * throws for a bad file.
 */
export function parseDocument(bytes: Uint8Array, format: Format): Parsed<unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('malformed', [], `expected ${format.toUpperCase()} text in UTF-8, got other bytes`);
  }
  if (text.trim() === '') return refuse('malformed', [], `the file is empty; expected ${format.toUpperCase()}`);
  return format === 'json' ? readJson(text) : readYaml(text);
}

/** Data, and on which line each of it stands. */
export interface Located {
  readonly data: unknown;
  /** From 1; of what is not there, the line of what is nearest around it. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
}

export function parseLocated(bytes: Uint8Array, format: Format): Parsed<Located> {
  const data = parseDocument(bytes, format);
  if (!data.ok) return data;
  // JSON is YAML; only one of the two readers knows places.
  const lines = new LineCounter();
  const document = parseYaml(new TextDecoder().decode(bytes), {
    lineCounter: lines,
    merge: true,
    stringKeys: true,
    customTags: timeloopTags,
  });
  return parsed({ data: data.value, lineOf: (path) => lines.linePos(offsetOf(document, path)).line });
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) node = node.items[Number(step)];
    else {
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === String(step)) : undefined;
      if (isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair?.value;
    }
    if (node === undefined || node === null) break;
    if (typeof step === 'number') offset = (node as { range?: readonly number[] | null }).range?.[0] ?? offset;
  }
  return offset;
}

function readJson(text: string): Parsed<unknown> {
  const faults = jsonFaults(text);
  return faults.length > 0 ? refuseFaults(faults, positionIn(text)) : parsed(JSON.parse(text));
}

function readYaml(text: string): Parsed<unknown> {
  const lines = new LineCounter();
  try {
    const document = parseYaml(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: true,
      stringKeys: true,
      customTags: timeloopTags,
    });
    const said = [...document.errors, ...document.warnings].map(({ code, message, pos }): TextFault => ({
      offset: pos[0],
      message:
        code === 'DUPLICATE_KEY'
          ? `the key ${/^[^\s:,{}[\]]+/.exec(text.slice(pos[0]))?.[0] ?? ''} is given twice; keep one of them`
          : code === 'MULTIPLE_DOCS'
            ? 'a second YAML document begins; give each a file of its own, or remove the --- between them'
            : firstLine(message),
    }));
    const faults = said.length > 0 ? said : circles(document);
    // Faults of a template are none of the file that it makes.
    const template = /\{\{|\{%/.exec(text);
    if (faults.length > 0) {
      const first: readonly TextFault[] = template
        ? [
            {
              offset: template.index,
              message:
                'a Jinja template is not rendered here; for Timeloop its front end does it: docs/timeloop.md says how',
            },
          ]
        : [];
      return refuseFaults([...first, ...faults], (offset) => {
        const { line, col } = lines.linePos(offset);
        return `line ${line}, column ${col}`;
      });
    }
    return parsed(document.toJS({ maxAliasCount: maxAliases }));
  } catch (error) {
    // The library throws where nesting exhausts the stack and where aliases multiply or point nowhere.
    return refuse(
      'malformed',
      [],
      `the YAML cannot be read: ${error instanceof Error ? firstLine(error.message) : String(error)}`,
    );
  }
}

/**
 * Aliases inside what they stand for, which has no end. An anchor counts from where it
 * stands until the next of its name.
 */
function circles(document: Document): readonly TextFault[] {
  const anchored = new Map<string, unknown>();
  const faults: TextFault[] = [];
  visit(document, (_, node, path) => {
    if (isAlias(node)) {
      if ((path as readonly unknown[]).includes(anchored.get(node.source)))
        faults.push({
          offset: node.range?.[0] ?? 0,
          message: `the alias *${node.source} refers to itself; write out what is meant`,
        });
    } else if (isNode(node) && node.anchor !== undefined) anchored.set(node.anchor, node);
  });
  return faults;
}

const firstLine = (message: string) => nth(message.split('\n'), 0);

const positionIn = (text: string) => (offset: number) => {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${defined(before.at(-1)).length + 1}`;
};

function refuseFaults(faults: readonly TextFault[], position: (offset: number) => string): Parsed<never> {
  const shown = faults
    .slice(0, maxFaults)
    .map(({ offset, message }) => ({ code: 'malformed', path: [], message: `${position(offset)}: ${message}` }));
  const more = faults.length - shown.length;
  return refused(
    more > 0 ? [...shown, { code: 'malformed', path: [], message: `and ${more} more faults of the same file` }] : shown,
  );
}
