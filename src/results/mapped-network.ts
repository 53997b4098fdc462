// What a result says of mappings, held against its machine: the same as a design says, whichever file it was read from.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import { conventionsByName } from '../model/cost/conventions.js';
import type { Design, DesignLayer } from '../model/space/design.js';
import type { NetworkObjective } from '../model/cost/network-goal.js';
import { checkedLayer } from './design-check.js';
import type { HardwareFile } from '../interchange/hardware-file.js';
import { parseHardware } from '../interchange/hardware-file.js';
import type { ResultLayer } from './result-layer.js';

export type MappedNetwork = Pick<Design, 'machine' | 'technology' | 'conventions' | 'goal' | 'layers'>;

/** What of a result decides it. Proofs of limits have figures without bounds. */
export interface MappedFile {
  readonly hardware: HardwareFile;
  readonly conventions: string;
  readonly objective: NetworkObjective;
  readonly layers: readonly ResultLayer[];
}

export function parseMappedNetwork({
  hardware: file,
  conventions: name,
  objective,
  layers,
}: MappedFile): Parsed<MappedNetwork> {
  const conventions = conventionsByName.find((c) => c.name === name);
  if (!conventions)
    return refuse(
      'unknown-name',
      ['conventions'],
      unknownName(
        'conventions',
        name,
        conventionsByName.map((c) => c.name),
      ),
    );
  const hardware = parseHardware(file);
  if (!hardware.ok) return refused(hardware.diagnostics.map((d) => ({ ...d, path: ['hardware', ...d.path] })));
  const { machine, technology } = hardware.value;
  const read = layers.map(({ layer, bound, gap, ...rest }, i): Parsed<DesignLayer> => {
    const at: Diagnostic['path'] = ['layers', i];
    if (layer === null)
      return refuse(
        'missing',
        [...at, 'layer'],
        `is missing; expected the shape of ${rest.name}, since the file names its hardware`,
      );
    // Where nothing is proven a design says 0.
    const proven = rest.mapping === null ? { bound, gap } : { bound: bound ?? 0, gap: gap ?? 1 };
    return checkedLayer({ ...rest, layer, ...proven }, machine, technology, conventions, at);
  });
  const faults = faultsOf(...read);
  return faults.length > 0
    ? refused(faults)
    : parsed({
        machine,
        technology,
        conventions,
        goal: { objective, limits: {} },
        layers: read.flatMap((l) => (l.ok ? [l.value] : [])),
      });
}
