// Which tensors bypass which levels, where mapping had the choice.

import type { Architecture } from '../../model/machine/architecture.js';
import { bypassing, openKeeps } from '../../model/machine/keeping.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { Layer } from '../../model/workload/layer.js';
import { calledIn } from '../../model/workload/layer.js';

/** A mapping on the arrangement that it is for. */
interface Placed {
  readonly layer: Layer;
  readonly architecture: Architecture;
  readonly mapping: Mapping;
}

/** A line per layer; empty where nothing was open. */
export function bypassText(layers: readonly Placed[]): string {
  const open = layers.filter(({ architecture: a }) => openKeeps(a).length > 0);
  if (open.length === 0) return '';
  const lines = open.map(({ layer, architecture: a, mapping }) => {
    const by = a.levels.flatMap((l, i) => {
      const own = bypassing(a, mapping, i);
      return own.length > 0 ? [`${l.name} by ${own.map((t) => calledIn(layer, t)).join(', ')}`] : [];
    });
    return `  ${layer.name}: ${by.length > 0 ? by.join('; ') : 'nothing, all that is open is kept'}`;
  });
  return ['bypassed (searched with the rest; --keep-all keeps everything):', ...lines].join('\n');
}
