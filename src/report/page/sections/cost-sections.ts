// Where the energy and the time of mappings go: every figure from the one cost model.

import { nth } from '../../../base/invariant.js';
import type { Architecture } from '../../../model/machine/architecture.js';
import { peakMacs } from '../../../model/machine/architecture.js';
import type { MappedLayer } from '../../../model/space/design.js';
import { arrangementFor } from '../../../model/space/design.js';
import type { Evaluation } from '../../../model/cost/evaluate.js';
import { evaluate } from '../../../model/cost/evaluate.js';
import { bindingOf, channelsOf } from '../../../model/cost/channels.js';
import { macs, tensors } from '../../../model/workload/layer.js';
import { partOf, whole } from '../../../model/workload/layer-parts.js';
import type { TimeSplit } from '../../../model/cost/time-split.js';
import { splitTime, timeCauses } from '../../../model/cost/time-split.js';
import type { MappedNetwork } from '../../../results/mapped-network.js';
import { addParts, energyParts } from '../../../model/cost/energy-parts.js';
import { accountOf, accountTable, partTable, sumAccounts } from '../account.js';
import type { Block } from '../blocks.js';
import { drawing, heading, longFold } from '../blocks.js';
import { energyFigure } from '../charts.js';
import type { SplitBar } from '../time-charts.js';
import { rooflineFigure, splitFigure, splitTable } from '../time-charts.js';
import { timesName } from './layer-sections.js';
import type { RunFigures } from '../../../model/cost/run-figures.js';
import { figuresOf } from '../../../model/cost/run-figures.js';

export interface EvaluatedLayer {
  readonly layer: MappedLayer;
  /** How often it counts: its count, or over several networks the sum of weight x count. */
  readonly often: number;
  readonly machine: Architecture;
  readonly evaluation: Evaluation;
  readonly split: TimeSplit;
}

/** Of the layers that have a mapping. */
export const evaluated = (
  network: MappedNetwork,
  often: readonly number[] = network.layers.map((l) => l.count),
): readonly EvaluatedLayer[] =>
  network.layers.flatMap((layer, i): EvaluatedLayer[] => {
    const machine = layer.mapping && arrangementFor(network, layer.mapping);
    return layer.mapping && machine
      ? [
          {
            layer,
            often: nth(often, i),
            machine,
            evaluation: evaluate(machine, layer.layer, layer.mapping, network.conventions),
            split: splitTime(machine, layer.layer, layer.mapping, network.conventions),
          },
        ]
      : [];
  });

const sumOver = (layers: readonly EvaluatedLayer[], of: (l: EvaluatedLayer) => number) =>
  layers.reduce((n, l) => n + l.often * of(l), 0);
/** The wires that start at the outermost memory are on the chip. */
const dramEnergy = ({ evaluation: e }: EvaluatedLayer) =>
  tensors.reduce((n, t) => n + (nth(e.levels, 0).dataspaces[t]?.energy ?? 0), 0);

export interface WholeFigures extends RunFigures {
  readonly energy: number;
  readonly cycles: number;
  /** Of the energy. */
  readonly dramShare: number;
  readonly clock: number;
  readonly area: number | undefined;
}

/** Of all layers together. */
export function wholeFigures(layers: readonly EvaluatedLayer[]): WholeFigures {
  const { machine } = nth(layers, 0);
  const [energy, dram, cycles] = [
    sumOver(layers, (l) => l.evaluation.energy),
    sumOver(layers, dramEnergy),
    sumOver(layers, (l) => l.evaluation.cycles),
  ];
  const area = machine.area.length === 0 ? undefined : machine.area.reduce((n, p) => n + p.area, 0);
  const figures = figuresOf({
    energy,
    dramEnergy: dram,
    cycles,
    macs: sumOver(layers, (l) => macs(l.layer.layer)),
    peakMacs: peakMacs(machine),
    clock: machine.clock,
    area,
  });
  return { ...figures, energy, cycles, dramShare: dram / energy, clock: machine.clock, area };
}

export function costBlocks(layers: readonly EvaluatedLayer[]): readonly Block[] {
  const parts = layers.map(({ machine, evaluation }) => energyParts(machine, evaluation));
  const weights = layers.map((l) => l.often);
  const named = layers.map(({ layer, often }) => timesName(layer.layer.name, often));
  const times = layers.map(({ often, machine, evaluation, split }, i): SplitBar => {
    const binding = bindingOf(machine, evaluation);
    return {
      name: nth(named, i),
      cycles: often * evaluation.cycles,
      utilization: evaluation.utilization,
      split: Object.fromEntries(timeCauses.map((c) => [c, often * split[c]])) as TimeSplit,
      binding: { name: binding.name, share: binding.busy / evaluation.cycles },
    };
  });
  return [
    heading('Where the energy goes'),
    drawing(
      energyFigure(
        'Energy of every layer by component',
        'all instances of a layer together; at the end of each bar: its share of the whole',
        parts.map((p, i) => ({ name: nth(named, i), parts: addParts([p], [nth(weights, i)]) })),
      ),
    ),
    partTable(addParts(parts, weights)),
    longFold(
      'Every action: count x energy',
      accountTable(
        sumAccounts(
          layers.map(({ often, machine, layer, evaluation }) => ({
            count: often,
            entries: accountOf(machine, partOf(layer.layer, layer.mapping.parts ?? whole), evaluation),
          })),
        ),
      ),
    ),
    heading('Where the time goes'),
    drawing(splitFigure(times)),
    splitTable(times),
    drawing(
      rooflineFigure(
        peakMacs(nth(layers, 0).machine),
        layers.map(({ layer, machine, evaluation: e }) => ({
          name: layer.layer.name,
          macs: macs(layer.layer),
          cycles: e.cycles,
          channels: channelsOf(machine, e),
        })),
      ),
    ),
  ];
}
