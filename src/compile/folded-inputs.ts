// Inputs of folded runs: each has an image of its own, which the host lays out from the network's input before the run.

import { nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Fold } from '../model/workload/folds.js';
import { folded, foldedAxes, foldedChannel } from '../model/workload/folds.js';
import { imageRows } from '../rtl/program/image.js';
import type { Lowered, MachineRun, Operation, Rearrangement, Walked } from './lowered.js';
import type { Factor, Storage } from './storage.js';
import { makeStorage } from './storage.js';

/** The same with no run that may be folded. */
export const withoutFolds = (lowered: Lowered): Lowered => ({
  ...lowered,
  operations: lowered.operations.map((o) => {
    if (o.kind !== 'run') return o;
    const { fromHost: _, ...layer } = o.layer;
    return { ...o, layer };
  }),
});

/** What is to be done where runs, in their order, have these mappings. */
export function withFoldedInputs(lowered: Lowered, mappings: readonly Mapping[]): Lowered {
  const storages: Storage[] = [...lowered.storages];
  let runs = 0;
  const operations = lowered.operations.flatMap((o): readonly Operation[] => {
    const fold = o.kind === 'run' ? nth(mappings, runs++).parts?.fold : undefined;
    if (o.kind !== 'run' || !fold) return [o];
    const { copy, input } = foldedInput(o, fold);
    storages.push(input.storage);
    return [copy, { ...o, input }];
  });
  return storages.length === lowered.storages.length ? lowered : { ...lowered, operations, storages };
}

/** The image of a fold as the run reads it, and the words that the host copies there: some of them several times. */
function foldedInput(
  { name, layer, input: from }: MachineRun,
  fold: Fold,
): { readonly copy: Rearrangement; readonly input: Walked } {
  const { bounds, stride, dilation } = folded(layer, fold);
  const { R: columns, S: rows } = foldedAxes(layer, fold);
  const [height, width] = [
    imageRows(bounds.Q, bounds.S, stride.Q, dilation.S),
    imageRows(bounds.P, bounds.R, stride.P, dilation.R),
  ];
  const own = layer.bounds.C;
  widen(from, from.y, (height - 1) * rows.step + (fold.S - 1) * rows.apart);
  widen(from, from.x, (width - 1) * columns.step + (fold.R - 1) * columns.apart);
  // A letter without a factor stays where it is.
  const of = (factor: Factor | undefined, size: number, step = 1): readonly Factor[] => [
    { axis: factor?.axis ?? 0, size, step: (factor?.step ?? 0) * step },
  ];
  const how = `${fold.R}x${fold.S} fold`;
  const storage = makeStorage(
    `${from.storage.name} as ${how} for ${name}`,
    [bounds.N, height, width, bounds.G * bounds.C],
    from.storage.unsigned,
  );
  const on = (axis: number, size: number, step = 1): Factor => ({ axis, size, step });
  const at = storage.axes.map(() => 0);
  const [n, y, x, g] = [on(0, bounds.N), on(1, height), on(2, width), on(3, bounds.G, bounds.C)];
  const [s, r, c] = [
    on(3, fold.S, foldedChannel(own, fold, 0, 1)),
    on(3, fold.R, foldedChannel(own, fold, 1, 0)),
    on(3, own),
  ];
  return {
    copy: {
      kind: 'rearrangement',
      name: from.storage.name,
      why: `${name} reads it as ${how}`,
      from: {
        storage: from.storage,
        at: from.at,
        axes: [
          of(from.n, bounds.N),
          of(from.y, height, rows.step),
          of(from.x, width, columns.step),
          of(from.g, bounds.G),
          of(from.y, fold.S, rows.apart),
          of(from.x, fold.R, columns.apart),
          of(from.c, own),
        ],
      },
      to: { storage, at, axes: [n, y, x, g, s, r, c].map((factor) => [factor]) },
    },
    input: { storage, at, n, y, x, g, c: on(3, bounds.C) },
  };
}

/** A fold may look at positions behind the last that the kernel has: zeros around the image are there for them too. */
function widen({ storage, at }: Walked, factor: Factor | undefined, last: number): void {
  if (!factor) return;
  const axis = nth(storage.axes, factor.axis);
  const missing = nth(at, factor.axis) + last * factor.step - (axis.size - 1);
  if (missing <= axis.after) return;
  invariant(!axis.dense, `${storage.name} has a border where somebody reads across it`);
  axis.after = missing;
}
