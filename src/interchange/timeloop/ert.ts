// An energy reference table, as Accelergy writes it: pJ per action of each component.

import { defined, got } from '../../base/invariant.js';
import type { Picojoules } from '../../base/units.js';
import { picojoules } from '../../base/units.js';
import type { Action } from '../../model/machine/architecture.js';
import type { Findings } from './findings.js';
import { fault, fieldsOf, isEnergy, listOf, note, numberOf } from './findings.js';
import { checkKeys, slipOf } from './keys.js';
import type { Section } from './sections.js';

/** Per component the energy of each action by name. */
export type EnergyTable = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** `system.chip.PE[0..15].buffer[1..4]` is `buffer`. */
const plainName = (name: string): string =>
  defined(
    name
      .replace(/\[[^\]]*\]/g, '')
      .split('.')
      .at(-1),
  ).trim();

/**
 * Of actions that stand there several times, with different arguments, the dearest counts, as in Timeloop. Components
 * may have any actions; slips in those that are `used` are refused.
 */
export function readEnergies(f: Findings, section: Section | undefined, used: readonly string[]): EnergyTable {
  const table = new Map<string, Map<string, number>>();
  if (!section) return table;
  const data = fieldsOf(section.data);
  if (data) checkKeys(f, data, ['version', 'tables'], section.path);
  const rows = listOf(data?.tables);
  if (!rows)
    fault(
      f,
      'malformed',
      section.path,
      'expected an energy reference table: {tables: [{name, actions: [{name, energy}]}]}',
    );
  rows?.forEach((row, i) => {
    const path = [...section.path, 'tables', i];
    const fields = fieldsOf(row);
    if (fields) checkKeys(f, fields, ['name', 'actions'], path);
    const actions = listOf(fields?.actions);
    if (typeof fields?.name !== 'string' || !actions)
      return fault(f, 'malformed', path, 'expected {name, actions: [{name, energy}]}');
    const name = plainName(fields.name);
    const own = table.get(name) ?? new Map<string, number>();
    table.set(name, own);
    actions.forEach((a, j) => {
      const action = fieldsOf(a);
      const energy = numberOf(action?.energy);
      if (typeof action?.name !== 'string' || !isEnergy(energy))
        return fault(
          f,
          'invalid-value',
          [...path, 'actions', j],
          'expected {name, energy} with an energy of at least 0 pJ',
        );
      checkKeys(f, action, ['name', 'arguments', 'energy'], [...path, 'actions', j]);
      const meant =
        used.includes(name) && !knownActions.includes(action.name) ? slipOf(action.name, knownActions) : undefined;
      if (meant !== undefined)
        fault(
          f,
          'unknown-name',
          [...path, 'actions', j],
          `${name} has no action ${action.name}; did you mean ${meant}?`,
        );
      own.set(action.name, Math.max(energy, own.get(action.name) ?? 0));
    });
    if ((own.get('leak') ?? 0) > 0)
      note(f, path, `the leakage of ${name} is left out; magnet has static energy for the whole machine only`);
  });
  return table;
}

/** Names under which Timeloop looks an action up, the first that is there counts. */
const actionNames: Readonly<Record<Action | 'compute', readonly string[]>> = {
  read: ['random_read', 'read'],
  fill: ['random_fill', 'random_write', 'fill', 'write'],
  update: ['random_update', 'random_write', 'update', 'write'],
  compute: ['mac_random', 'mult_random', 'mac', 'mult', 'compute'],
};

const knownActions = [...new Set(Object.values(actionNames).flat()), 'leak', 'idle'];

/** Undefined where the table does not have the component. An action that it lacks costs as much as its dearest. */
export function energyOf(table: EnergyTable, component: string, action: Action | 'compute'): Picojoules | undefined {
  const own = table.get(component);
  if (!own || own.size === 0) return undefined;
  const name = actionNames[action].find((n) => own.has(n));
  return picojoules(name === undefined ? Math.max(...own.values()) : got(own, name));
}
