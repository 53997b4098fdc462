// The mapper's answers as a design, with the command that asked for it.

import { designOf } from '../../library/design-of.js';
import type { Design } from '../../model/space/design.js';
import type { LayerResult, MapRequest } from '../../tuner/map-network.js';
import type { Io } from '../io.js';
import type { Machine } from '../read-machine.js';
import type { MapOptions } from '../../options/map-table.js';
import { commandLine } from '../../options/command-line.js';
import { mapVerb } from '../../options/map-table.js';

interface Mapped {
  readonly request: MapRequest;
  readonly machine: Machine;
  readonly areaLimit: number | undefined;
  readonly results: readonly LayerResult[];
}

export const mapDesign = (
  io: Pick<Io, 'version' | 'node'>,
  given: string,
  options: MapOptions,
  { request, machine, areaLimit, results }: Mapped,
): Design => {
  const { network, gap, seed } = request;
  const { version: magnet, node } = io;
  const provenance = {
    magnet,
    node,
    command: commandLine(mapVerb, [given], options),
    workload: network.name,
    gap,
    seed,
  };
  return designOf(request, machine.machinery, machine.technology, results, provenance, areaLimit ?? null);
};
