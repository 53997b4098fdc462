// What a machine requires of a mapping: every breach, in words.

import type { Diagnostic } from '../base/diagnostics.js';
import type { Architecture } from './architecture.js';
import { lineBits, usableBits } from './architecture.js';
import type { Conventions } from './conventions.js';
import type { Layer } from './layer.js';
import { dimensions } from './layer.js';
import { compile } from './machine.js';
import type { Mapping } from './mapping.js';
import { mappedBounds } from './mapping.js';
import { numbers } from './numbers.js';
import { tileLines } from './traffic.js';

/** Empty for a mapping that the machine can run. Sizes in bits, tiles in lines as the memory stores them. */
export function breaches(a: Architecture, layer: Layer, mapping: Mapping, conventions: Conventions): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (code: string, path: readonly (string | number)[], message: string) => found.push({ code, path, message });
  const m = compile(a, mapping.levels.map((l) => l.keep));
  const r = numbers(m, layer, conventions, mapping);

  const bounds = mappedBounds(mapping);
  for (const d of dimensions) {
    if (bounds[d] < layer.bounds[d]) report('not-covered', [d], `the loops over ${d} cover ${bounds[d]} of ${layer.bounds[d]}; their product must reach the bound`);
  }
  a.levels.forEach((level, i) => {
    const own = mapping.levels[i]!;
    for (const loop of own.temporal) {
      if (loop.factor > 1 && !level.temporal.includes(loop.dim)) {
        report('loop-not-allowed', [level.name], `${level.name} cannot loop over ${loop.dim} in time; allowed: ${level.temporal.join(', ') || 'nothing'}`);
      }
    }
    for (const axis of level.axes) {
      const along = own.spatial.filter((s) => s.axis === axis.label && s.factor > 1);
      const used = along.reduce((n, s) => n * s.factor, 1);
      if (used > axis.size) report('fan-out', [level.name, axis.label], `${axis.name} has ${axis.size} positions, the mapping uses ${used}`);
      for (const s of along) {
        if (!axis.dims.includes(s.dim)) report('fan-out', [level.name, axis.label], `${axis.name} cannot unroll ${s.dim}; allowed: ${axis.dims.join(', ')}`);
      }
    }
    for (const pool of level.pools) {
      const limit = usableBits(a, level, pool);
      const kept = pool.tensors.filter((t) => own.keep.includes(t) && level.stores[t]);
      if (limit === null || kept.length === 0) continue;
      const need = kept.reduce((n, t) => n + tileLines(r, m, t, i) * lineBits(a, level, t), 0);
      if (need > limit) {
        const half = level.buffers === 2 ? ' (half of it, ping-pong)' : '';
        report('capacity', [level.name], `the tile of ${kept.join(' and ')} takes ${need} bits, ${level.name} offers ${limit}${half}`);
      }
    }
    if (level.holdsSums && own.keep.includes('Outputs') && r.unspared('Outputs', i) > 1) {
      report('partial-sums', [level.name], `partial sums would leave ${level.name}: reduction loops outside it must be innermost there`);
    }
  });
  return found;
}
