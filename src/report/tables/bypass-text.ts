// Which tensors bypass which levels, where mapping had the choice.

import type { Architecture } from '../../model/machine/architecture.js';
import { bypassing, openKeeps } from '../../model/machine/keeping.js';
import type { Mapping } from '../../model/mapping/mapping.js';

/** A mapping on the arrangement that it is for. */
interface Placed {
  readonly name: string;
  readonly architecture: Architecture;
  readonly mapping: Mapping;
}

/** A line per layer; empty where nothing was open. */
export function bypassText(layers: readonly Placed[]): string {
  const open = layers.filter(({ architecture: a }) => openKeeps(a).length > 0);
  if (open.length === 0) return '';
  const lines = open.map(({ name, architecture: a, mapping }) => {
    const by = a.levels.flatMap((l, i) => {
      const own = bypassing(a, mapping, i);
      return own.length > 0 ? [`${l.name} by ${own.join(', ')}`] : [];
    });
    return `  ${name}: ${by.length > 0 ? by.join('; ') : 'nothing, all that is open is kept'}`;
  });
  return ['bypassed (searched with the rest; --keep-all keeps everything):', ...lines].join('\n');
}
