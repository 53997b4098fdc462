// Which storages of a lowered network may stay in the global buffer, between which of its runs, and in how many banks.

import { defined, got } from '../base/invariant.js';
import type { Mapping } from '../model/mapping/mapping.js';
import type { Layer } from '../model/workload/layer.js';
import type { ResidentTensor } from '../model/workload/resident.js';
import type { Template } from '../model/machine/template.js';
import { hardwareOf } from '../rtl/hardware.js';
import type { Lowered, MachineRun } from './lowered.js';
import { runsIn, tileSizes } from './network-program.js';
import { tileBanks } from './run-places.js';
import { banksFor, whyNot } from './residents.js';
import { livesOf } from './rooms.js';
import type { Storage } from './storage.js';

/** One that may stay, by numbers of runs, both ends among them. */
export interface KeepableStorage {
  /** A tensor that lies in it. */
  readonly tensor: string;
  readonly from: number;
  readonly upTo: number;
  readonly banks: number;
}

export interface Keepables {
  readonly tensors: readonly KeepableStorage[];
  readonly others: readonly { readonly tensor: string; readonly why: string }[];
  /** Of each run, which of the tensors it reads or makes, and as what. */
  readonly operands: readonly (readonly { readonly tensor: number; readonly role: ResidentTensor }[])[];
}

/** @throws if nothing can stay on the machine: it has no residency. */
export function keepables(lowered: Lowered, template: Template): Keepables {
  const h = hardwareOf(template);
  const r = defined(h.residency);
  const runs = runsIn(lowered);
  const places = runs.map((run) => lowered.operations.indexOf(run));
  const lives = livesOf(lowered);
  const names = new Map<Storage, string>();
  for (const [name, { storage }] of [...lowered.tensors, ...lowered.between])
    if (!names.has(storage)) names.set(storage, name);
  const numbers = new Map<Storage, number>();
  const tensors: KeepableStorage[] = [];
  const others: { tensor: string; why: string }[] = [];
  for (const [storage, tensor] of names) {
    const { from, to } = got(lives, storage);
    const at = places.flatMap((place, run) => (from <= place && place <= to ? [run] : []));
    const banks = banksFor(h, r, storage);
    const why =
      whyNot(lowered, h, r, storage) ??
      (banks > h.globalBanks ? `it takes ${banks} banks, and there are ${h.globalBanks}` : undefined);
    const [first, last] = [at[0], at.at(-1)];
    if (why !== undefined || first === undefined || last === undefined)
      others.push({ tensor, why: why ?? 'no run reads or makes it' });
    else {
      numbers.set(storage, tensors.length);
      tensors.push({ tensor, banks, from: first, upTo: last });
    }
  }
  const operands = runs.map((run) =>
    usesOf(run).flatMap(([role, storage]) => {
      const tensor = numbers.get(storage);
      return tensor === undefined ? [] : [{ tensor, role }];
    }),
  );
  return { tensors, others, operands };
}

/** Whether the tiles of a mapped layer find room in the banks that are free, as its program looks for it. */
export function tileRoom(
  template: Template,
  layer: Layer,
  mapping: Mapping,
): { readonly inputs: number; readonly outputs: number; readonly fits: (free: readonly boolean[]) => boolean } {
  const { inputs, outputs } = tileSizes(hardwareOf(template), { layer, mapping }, layer.resident ?? {});
  return { inputs, outputs, fits: (free) => tileBanks({ free }, inputs, outputs) !== undefined };
}

const usesOf = ({ input, output, residual }: MachineRun): readonly (readonly [ResidentTensor, Storage])[] => [
  ['input', input.storage],
  ['output', output.storage],
  ...(residual ? [['residual', residual.storage] as const] : []),
];
