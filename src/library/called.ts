// How a file came about that a call of the library made: the call, as it could be written again.

import { version } from '../base/version.js';
import type { Machinery } from '../model/machine/presets.js';
import { machineryName } from '../model/machine/presets.js';
import type { Template } from '../model/machine/template.js';
import type { Called } from '../model/space/design.js';

/** `simba`, or what a file of a machine holds. */
export const machineryOf = (machine: Template | Machinery): Machinery =>
  'kind' in machine ? machine : { kind: 'template', template: machine };

export const nameOf = (machine: Machinery): string => JSON.stringify(machineryName(machine));

/** Who is in the way of an answer is not what is asked. */
const ofTheRun = ['signal', 'transport', 'progress', 'checkpoint', 'resume'];

/** `map("pilotnet", "simba", {"seed":2})`: names for networks and machines, and the options that were given. */
export function callText(verb: string, names: readonly string[], options: object): string {
  const given = Object.entries(options).filter(([key, value]) => value !== undefined && !ofTheRun.includes(key));
  // Technologies and conventions are data: their names tell which they are.
  const short = given.map(([key, value]: [string, unknown]) => [
    key,
    ['technology', 'conventions'].includes(key) ? named(value) : value,
  ]);
  return `${verb}(${[...names, ...(given.length > 0 ? [JSON.stringify(Object.fromEntries(short))] : [])].join(', ')})`;
}

const named = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'name' in value ? value.name : value;

/** A browser and Node from 21 on say what they are. */
const host = (): string => (typeof navigator === 'undefined' ? 'a host without a name' : navigator.userAgent);

export const calledBy = (command: string): Called => ({
  magnet: version,
  node: host(),
  command,
});
