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

/**
 * A machine from the text of a file or its data: `{template: {...}}`, a hierarchy, or the `architecture` of a case. `name` is
 * taken where the file gives none. Diagnostics list all faults.
 */
export const parseMachinery = reading(architecture.parseMachinery);
/**
 * A design space from the text of a file or its data, `{space: {...}}`; `name` is taken where the file gives none. Diagnostics
 * list all faults.
 */
export const parseSpace = reading(space.parseSpace);
/** A technology from the text of a file or its data; what it leaves out is that of its `base`. Diagnostics list all faults. */
export const parseTechnology = reading(technology.parseTechnology);
/** An architecture, a layer and perhaps a mapping from the text of one case file or its data. Diagnostics list all faults. */
export const parseCase = reading(cases.parseCase);
/**
 * A mapping from the text of a file or its data, for an architecture whose levels it names in order. Whether it is legal,
 * `breaches` says.
 */
export const parseMapping = reading(mapping.parseMapping);
/** What `map --json` wrote, from its text or its data; files of the first schema are read too. */
export const parseMapResult = reading(mapResult.parseMapResult);
