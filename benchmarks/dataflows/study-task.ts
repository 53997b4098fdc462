// One network, one dataflow, one machine: what all layers take with their best mappings. Plain data in, plain data out.

import { networkMacs, technology16nm, tensors } from '../../src/index.js';
import type { CountedLayer } from '../../src/index.js';
import type { DesignPoint } from '../../src/model/space/design-space.js';
import { lowerTemplate } from '../../src/index.js';
import { sum } from '../../src/base/units.js';
import { areaOf } from '../../src/model/machine/template-parts.js';
import type { EnergyPart } from '../../src/model/cost/energy-parts.js';
import { addParts, energyParts } from '../../src/model/cost/energy-parts.js';
import { wholeNetwork } from '../whole-network.js';
import { bestMapping, machineWith } from './best-mapping.js';
import { dataflows, depthsOf, lacking } from './dataflows.js';

export interface StudyCase {
  readonly network: string;
  readonly dataflow: string;
  /** The machine but for its collectors, and the entries of the deep one: weights, inputs, sums. */
  readonly base: DesignPoint;
  readonly deep: readonly [number, number, number];
}

export interface StudyLayer {
  readonly layer: string;
  readonly count: number;
  /** pJ; of it DRAM; cycles; with the count. */
  readonly energy: number;
  readonly dram: number;
  readonly cycles: number;
  /** Cycles of the PE nest per access behind the collectors of weights, inputs and sums. */
  readonly reuse: readonly number[];
  /** How many times their fewest cycles the multipliers were allowed. */
  readonly slack: number;
  /** The layer has no loops that the dataflow asks for. */
  readonly void: boolean;
}

export interface StudyRow extends Pick<StudyCase, 'network' | 'dataflow'> {
  readonly vectorSize: number;
  readonly numLanes: number;
  readonly depths: readonly number[];
  /** mm2 of the chip. */
  readonly area: number;
  /** fJ per operation of the layers that have a mapping: all, and all but DRAM. */
  readonly fjPerOpWithDram: number;
  readonly fjPerOp: number;
  readonly utilization: number;
  readonly parts: readonly EnergyPart[];
  readonly layers: readonly StudyLayer[];
  /** Without a mapping in this dataflow. */
  readonly missing: readonly string[];
}

/** The machine of `c`, and what the layers take; `layers` is for tests, which take fewer. */
export function study(c: StudyCase, layers?: readonly CountedLayer[]): StudyRow {
  const network = wholeNetwork(c.network);
  const dataflow = dataflows.find((d) => d.name === c.dataflow);
  if (!dataflow) throw new Error(`no dataflow ${c.dataflow}`);
  const depths = depthsOf(dataflow, c.deep);
  const machine = machineWith(c.base, depths);
  const architecture = lowerTemplate(machine.template, technology16nm)[0]!;
  const every = (layers ?? network.layers).map(({ layer, count }) => ({
    layer,
    count,
    best: bestMapping(layer, dataflow, machine, technology16nm),
  }));
  const found = every.flatMap(({ layer, count, best }) => (best ? [{ layer, count, ...best }] : []));
  const rows = found.map(({ layer, count, item, evaluation: e, slack }): StudyLayer => ({
    layer: layer.name,
    count,
    energy: count * e.energy,
    dram: count * tensors.reduce((n, t) => n + (e.levels[0]!.dataspaces[t]?.energy ?? 0), 0),
    cycles: count * e.cycles,
    reuse: item.kernel.reuse,
    slack,
    void: lacking(layer, dataflow).length > 0,
  }));
  const total = (of: (l: StudyLayer) => number) => rows.reduce((n, l) => n + of(l), 0);
  const macs = networkMacs({ ...network, layers: found });
  const { vectorSize, numLanes, rows: peRows, columns } = machine.template;
  return {
    network: c.network,
    dataflow: c.dataflow,
    vectorSize,
    numLanes,
    depths,
    area: sum(areaOf(machine.template, technology16nm).map((p) => p.area)),
    fjPerOpWithDram: (1000 * total((l) => l.energy)) / (2 * macs),
    fjPerOp: (1000 * total((l) => l.energy - l.dram)) / (2 * macs),
    utilization: macs / (total((l) => l.cycles) * vectorSize * numLanes * peRows * columns),
    parts: addParts(
      found.map((f) => energyParts(architecture, f.evaluation)),
      found.map((f) => f.count),
    ),
    layers: rows,
    missing: every.filter((l) => !l.best).map((l) => l.layer.name),
  };
}
