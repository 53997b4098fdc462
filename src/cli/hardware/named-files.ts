// Files for tensors by name: `name=file` as often as there are tensors, or a file alone where only one can be meant.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refused } from '../../base/diagnostics.js';
import { nth } from '../../base/invariant.js';

export interface NamesAsked {
  readonly network: string;
  /** As it is typed, `--input`. */
  readonly option: string;
  /** What the tensors are: `input`. */
  readonly what: string;
  /** Those that a file alone can stand for, and all that can be named. */
  readonly plain: readonly string[];
  readonly all: readonly string[];
}

/** Paths by the names of tensors, in the order given. */
export function filesByName(given: readonly string[], asked: NamesAsked): Parsed<ReadonlyMap<string, string>> {
  const { network, option, what, plain, all } = asked;
  const faults: Diagnostic[] = [];
  const found = new Map<string, string>();
  const say = (code: string, message: string) => void faults.push({ code, path: [], message });
  const put = (name: string, path: string) => {
    const before = found.get(name);
    if (before !== undefined) say('conflict', `${option} is given twice for ${name}: ${before} and ${path}`);
    else found.set(name, path);
  };
  for (const text of given) {
    const name = all.find((n) => text.startsWith(`${n}=`));
    const unknown = /^([^/\\=]+)=/.exec(text)?.[1];
    if (name !== undefined) put(name, text.slice(name.length + 1));
    else if (unknown !== undefined)
      say('unknown-name', `${option} ${text}: ${network} has no ${what} ${unknown}; ${listed(plain, what)}`);
    else if (plain.length === 1) put(nth(plain, 0), text);
    else
      say(
        'missing',
        `${option} ${text}: ${listed(plain, what)} of ${network}; say for which one it is, ` +
          `${option} ${nth(plain, 0)}=${text}`,
      );
  }
  return faults.length > 0 ? refused(faults) : parsed(found);
}

const listed = (names: readonly string[], what: string): string =>
  names.length === 1 ? `its ${what} is ${names[0]}` : `there are the ${what}s ${names.slice(0, 12).join(', ')}`;
