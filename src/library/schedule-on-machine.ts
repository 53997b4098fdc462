// A network's runs on one machine as the questions that its schedule is found by: what may stay there, and where.

import { defined, nth } from '../base/invariant.js';
import type { Keepables } from '../compile/keepable.js';
import { keepables, tileRoom } from '../compile/keepable.js';
import type { Lowered, MachineRun } from '../compile/lowered.js';
import { runsIn } from '../compile/network-program.js';
import { energyPerAccess, priceOf } from '../model/cost/charges.js';
import { magnetConventions } from '../model/cost/conventions.js';
import type { Technology } from '../model/machine/technology.js';
import type { Template } from '../model/machine/template.js';
import { lowerTemplate } from '../model/machine/template.js';
import type { Layer } from '../model/workload/layer.js';
import { shapeKey } from '../model/workload/layer.js';
import type { AskColumns } from '../tuner/network/layer-columns.js';
import { columnsFloor } from '../tuner/network/columns-task.js';
import { LayerColumns } from '../tuner/network/layer-columns.js';
import type { Places } from '../tuner/schedule/place-schedule.js';
import { placeSchedule } from '../tuner/schedule/place-schedule.js';
import type { PlaceSchedule } from '../tuner/schedule/schedule-network.js';
import type { ScheduleQuestion } from '../tuner/schedule/schedule-question.js';

export interface OnMachine {
  readonly may: Keepables;
  /** Where tensors may stay, or every one goes through DRAM. */
  readonly question: (keeping: boolean) => ScheduleQuestion;
  readonly place: PlaceSchedule<Places>;
}

/** Of a run what is mapped: `folds` says whether a layer that reads an input of the network may be folded. */
export const layerOfRun = ({ layer: { fromHost, ...layer } }: Pick<MachineRun, 'layer'>, folds: boolean): Layer => ({
  ...layer,
  ...(folds && fromHost && { fromHost }),
});

/** `residency`: whether the machine has it. */
export function onMachine(
  lowered: Lowered,
  {
    template,
    technology,
    padding,
    folds,
    residency,
  }: {
    readonly template: Template;
    readonly technology: Technology;
    readonly padding: boolean;
    readonly folds: boolean;
    readonly residency: boolean;
  },
  ask: AskColumns,
): OnMachine {
  const runs = runsIn(lowered);
  const may = residency ? keepables(lowered, template) : nothing(runs);
  const architectures = lowerTemplate(template, technology);
  const dram = defined(nth(nth(architectures, 0).levels, 0).stores.Weights);
  const known = new Map<string, LayerColumns>();
  const columns = (layer: Layer): LayerColumns => {
    const key = shapeKey(layer);
    const own =
      known.get(key) ??
      new LayerColumns(
        {
          layer,
          conventions: magnetConventions,
          padding,
          goal: { objective: 'edp', limits: {} },
          machine: { template, technology },
        },
        ask,
        columnsFloor,
      );
    known.set(key, own);
    return own;
  };
  const question = (keeping: boolean): ScheduleQuestion => ({
    problem: {
      banks: template.globalBanks,
      tensors: keeping ? may.tensors.map(({ tensor, from, upTo, banks }) => ({ name: tensor, from, upTo, banks })) : [],
      operands: may.operands.map((own) => (keeping ? own.map(({ tensor }) => tensor) : [])),
    },
    steps: runs.map((run, i) => ({
      layer: layerOfRun(run, folds),
      roles: keeping ? nth(may.operands, i).map(({ role }) => role) : [],
    })),
    machine: {
      products: template.rows * template.columns * template.numLanes * template.vectorSize,
      product: nth(architectures, 0).compute.energy,
      weight: (layer) => energyPerAccess(priceOf(dram, 'read', layer)),
    },
    columns,
  });
  return {
    may,
    question,
    place: (residency, chosen, problem) =>
      placeSchedule(problem, ({ layer, found }) => tileRoom(template, layer, found.mapping).fits, residency, chosen),
  };
}

/** Where every tensor goes through DRAM. */
const nothing = (runs: readonly MachineRun[]): Keepables => ({ tensors: [], others: [], operands: runs.map(() => []) });
