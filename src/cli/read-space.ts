// SPACE: a built-in design space, or a file.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { nearest } from '../base/text.js';
import { uselessValues } from '../interchange/space-check.js';
import { oldNamesIn, parseSpace } from '../interchange/space-file.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { spaces } from '../model/space/built-in-spaces.js';
import { otherThan } from './content.js';
import { dataFormat, located, readData, stem } from './files.js';
import type { Io } from './io.js';

/** `dramBandwidth` (GB/s) takes the place of what the space says. */
export function readSpace(io: Io, given: string, dramBandwidth?: number): Parsed<DesignSpace> {
  const space = readNamed(io, given);
  if (!space.ok || dramBandwidth === undefined) return space;
  const { menus } = space.value;
  const made = { ...space.value, menus: { ...menus, dramBandwidth: [dramBandwidth] } };
  const faults = uselessValues(made, []).map((d) => ({ ...d, message: `--dram-bandwidth: ${d.message}` }));
  return faults.length > 0 ? refused(faults) : parsed(made);
}

function readNamed(io: Io, given: string): Parsed<DesignSpace> {
  const space = spaces.find((s) => s.name === given.toLowerCase());
  if (space) return parsed(space);
  if (dataFormat(io, given)) {
    const data = readData(io, given, 'a design space');
    if (!data.ok) return data;
    const other = otherThan(given, data.value, ['space'], 'a design space');
    if (other) return other;
    for (const [old, now] of oldNamesIn(data.value)) io.err(`note: ${given}: ${old} is called ${now} now\n`);
    return located(given, parseSpace(data.value, stem(given)));
  }
  const names = spaces.map((s) => s.name);
  const near = nearest(given, names);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return refuse(
    'unknown-name',
    [],
    `unknown design space: ${given}. ${meant}Built in: ${names.join(', ')}; a file must end in .yaml, .yml or .json`,
  );
}
