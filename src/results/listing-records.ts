// What there is, as data: networks with their layers, machines with their parts, spaces with their menus, constants with their sources.

import { nth } from '../base/invariant.js';
import { coverageFile } from './coverage-fields.js';
import { graphFile } from './network-graph-result.js';
import { hardwareOf } from '../interchange/hardware-file.js';
import { shapeFile } from '../interchange/layer-shape.js';
import { spaceRows } from '../interchange/space-file.js';
import type { Architecture } from '../model/machine/architecture.js';
import { peakMacs, areaOfMachine } from '../model/machine/architecture.js';
import { coverageOf } from '../model/workload/coverage.js';
import type { DesignSpace, Parameter } from '../model/space/design-space.js';
import { countMachines, forProducts, freeParameters, shapesOf, spaceDigest } from '../model/space/design-space.js';
import { macs } from '../model/workload/layer.js';
import type { Network } from '../model/workload/network.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import { networkMacs } from '../model/workload/network.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Technology } from '../model/machine/technology.js';

/** A machine with what it was lowered to. */
interface LoweredMachine {
  readonly name: string;
  readonly machinery: Machinery;
  readonly technology: Technology;
  readonly architectures: readonly Architecture[];
}

export const networkEntry = (n: Network) => ({
  name: n.name,
  source: n.source,
  layers: n.layers.reduce((sum, { count }) => sum + count, 0),
  unique: n.layers.length,
  macs: networkMacs(n),
  ...coverageFile(coverageOf(n)),
});

/** The graph where there are operators between the layers. */
export const networkDetails = (n: Network, graph?: NetworkGraph) => ({
  ...networkEntry(n),
  shapes: n.layers.map(({ layer, count }) => ({ name: layer.name, count, macs: macs(layer), layer: shapeFile(layer) })),
  ...(graph && { graph: graphFile(graph) }),
});

export function machineEntry({ name, machinery, architectures }: LoweredMachine) {
  const a = nth(architectures, 0);
  return {
    name,
    kind: machinery.kind,
    source: a.source,
    levels: a.levels.length,
    macs: peakMacs(a),
    clock: a.clock,
    area: areaOfMachine(a) ?? null,
  };
}

/** `hardware` is what results hold: the machine and its technology in full; null where no file can say it. */
export const machineDetails = (machine: LoweredMachine) => ({
  ...machineEntry(machine),
  arrangements: machine.architectures.map(({ levels }) => levels.map(levelEntry)),
  parts: nth(machine.architectures, 0).area.map(({ part, area }) => ({ part, mm2: area })),
  hardware: hardwareOf(machine.machinery, machine.technology),
});

const levelEntry = ({ name, keeps, pools, buffers, temporal, axes }: Architecture['levels'][number]) => ({
  name,
  keeps,
  pools: pools.map(({ tensors, bits }) => ({ tensors, bits })),
  pingPong: buffers === 2,
  temporal,
  fanOut: axes.map(({ label, size, dims }) => ({ label, size, dims })),
});

/**
 * Networks decide how wide sums are, which changes the lines of their buffers a little; for
 * counting, these many products.
 */
const countedProducts = 2 ** 16;

export function sizeOfSpace(space: DesignSpace) {
  const counted = forProducts(space, countedProducts);
  return { shapes: shapesOf(counted).length, machines: countMachines(counted), sums: counted.menus.accumPrecision };
}

export function spaceEntry(space: DesignSpace) {
  const { shapes, machines } = sizeOfSpace(space);
  return {
    name: space.name,
    source: space.source,
    shapes,
    machines,
    free: freeParameters(space),
    digest: spaceDigest(space),
  };
}

export const spaceDetails = (space: DesignSpace) => ({
  ...spaceEntry(space),
  maxPes: space.maxPes,
  /** Sums are as wide as networks need, which the menu of their width does not say yet. */
  overflowFree: space.overflowFree,
  parameters: spaceRows(space).flatMap(({ parameter, meaning }) =>
    parameter === 'maxPes' ? [] : [{ parameter, values: space.menus[parameter as Parameter], meaning }],
  ),
});
