// A file that is quantized has its words: what could be asked of quantizing says nothing of it.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import type { OptionTable } from '../../options/option.js';
import { typed } from '../../options/option.js';

/** Refused where one of these options is given as something else than its default. */
export function nothingAsked(
  network: string,
  table: OptionTable,
  given: Readonly<Record<string, unknown>>,
): Parsed<undefined> {
  const said = Object.entries(table).flatMap(([name, option]) =>
    given[name] === undefined || given[name] === option.default ? [] : [typed(name, option)],
  );
  return said.length === 0
    ? parsed(undefined)
    : refuse(
        'no-effect',
        [],
        `${said.join(', ')} ${said.length === 1 ? 'says' : 'say'} nothing of ${network}, which is quantized and has its own words; ` +
          `leave ${said.length === 1 ? 'it' : 'them'} out, or give the network in real numbers`,
      );
}
