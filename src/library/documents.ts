// Files of users, from their text or from what a parser made of it: what is printed can be parsed.

import type { Parsed } from '../base/diagnostics.js';
import { parsed } from '../base/diagnostics.js';
import * as architecture from '../interchange/architecture-file.js';
import * as cases from '../interchange/case.js';
import { parseDocument } from '../interchange/document.js';
import * as mapping from '../interchange/mapping-file.js';
import * as space from '../interchange/space-file.js';
import * as technology from '../interchange/technology-file.js';
import * as mapResult from '../results/map-result.js';

/** JSON or YAML; whatever is no text is taken for its data. */
export function documentOf(given: unknown): Parsed<unknown> {
  if (typeof given !== 'string') return parsed(given);
  return parseDocument(new TextEncoder().encode(given), given.trimStart().startsWith('{') ? 'json' : 'yaml');
}

type Rest<F> = F extends (data: unknown, ...rest: infer R) => unknown ? R : never;
type Value<F> = F extends (...args: never[]) => Parsed<infer T> ? T : never;

/** `name` and what else the reader wants follow. */
const reading =
  <F extends (data: unknown, ...rest: never[]) => Parsed<unknown>>(read: F) =>
  (content: unknown, ...rest: Rest<F>): Parsed<Value<F>> => {
    const data = documentOf(content);
    return data.ok ? (read(data.value, ...(rest as never[])) as Parsed<Value<F>>) : data;
  };

export const parseMachinery = reading(architecture.parseMachinery);
export const parseSpace = reading(space.parseSpace);
export const parseTechnology = reading(technology.parseTechnology);
export const parseCase = reading(cases.parseCase);
export const parseMapping = reading(mapping.parseMapping);
export const parseMapResult = reading(mapResult.parseMapResult);
