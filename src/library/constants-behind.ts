// Which constants of a technology an energy comes from: found by changing each in turn, so that no list of ours can be wrong.

import type { Architecture } from '../model/machine/architecture.js';
import { evaluate } from '../model/cost/evaluate.js';
import type { ConstantName, Technology } from '../model/machine/technology.js';
import { constantNames } from '../model/machine/technology.js';
import type { Design } from '../model/space/design.js';
import { arrangementsOf, fits } from '../model/space/design.js';
import { partOf, whole } from '../model/workload/layer-parts.js';
import type { Entry } from '../report/page/account.js';
import { accountOf } from '../report/page/account.js';

export interface Behind {
  readonly constant: string;
  readonly value: string;
  readonly source: string;
}

/** A constant's change: small enough for what is the larger of two to stay it. */
const more = 1 + 1e-6;
/** Smaller shares of a change are rounding. */
const noise = 1e-3;

interface Change extends Behind {
  readonly changed: Technology;
}

/** Of an action, the constants that its energy grows or falls with, the one that matters most first. */
export function constantsBehind({
  machine,
  technology,
  layers,
  conventions,
}: Design): (of: Entry) => readonly Behind[] {
  const first = layers.find((l) => l.mapping);
  if (!first?.mapping) return () => [];
  const { layer, mapping } = first;
  const place = arrangementsOf(machine, technology).findIndex(fits(mapping));
  const pricesOn = (of: Technology): ReadonlyMap<string, number> => {
    const a = arrangementsOf(machine, of)[place];
    return a ? prices(a) : new Map();
  };
  const prices = (a: Architecture) =>
    new Map(
      accountOf(a, partOf(layer, mapping.parts ?? whole), evaluate(a, layer, mapping, conventions)).map((x) => [
        keyOf(x),
        x.each,
      ]),
    );
  if (machine.kind === 'hierarchy') {
    const { source } = machine.architecture;
    return () => [{ constant: 'given by the machine', value: '', source }];
  }
  const usual = pricesOn(technology);
  const effects = changesOf(technology).map(({ changed, ...behind }) => {
    const now = pricesOn(changed);
    return { behind, effect: (key: string) => Math.abs((now.get(key) ?? 0) / (usual.get(key) ?? 1) - 1) / (more - 1) };
  });
  return (entry) => {
    const key = keyOf(entry);
    return effects
      .map(({ behind, effect }) => ({ behind, by: effect(key) }))
      .filter(({ by }) => by > noise)
      .sort((x, y) => y.by - x.by)
      .map(({ behind }) => behind);
  };
}

/** Outputs that are post-processed are updates of the global buffer. */
const keyOf = ({ place, what }: Pick<Entry, 'place' | 'what'>): string =>
  `${place} ${what.replace('post-processed', 'update')}`;

function changesOf(technology: Technology): readonly Change[] {
  const { constants, sramShape } = technology;
  const ofOne = (name: ConstantName): Change => {
    const { value, source } = constants[name];
    const changed = { ...constants, [name]: { value: value * more, source } };
    return { constant: name, value: String(value), source, changed: { ...technology, constants: changed } };
  };
  if (!sramShape) return constantNames.map(ofOne);
  const { accessEnergy, rowEnergy, bitEnergy, columnEnergy } = sramShape;
  const scaled = Object.fromEntries(
    Object.entries({ accessEnergy, rowEnergy, bitEnergy, columnEnergy }).map(([name, value]) => [name, value * more]),
  );
  const shape: Change = {
    constant: 'shape of SRAM macros',
    value: '',
    source: sramShape.source,
    changed: { ...technology, sramShape: { ...sramShape, ...scaled } },
  };
  return [...constantNames.map(ofOne), shape];
}
