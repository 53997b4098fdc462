// What a machine requires of a mapping: every breach, in words.

import { defined, nth } from '../../base/invariant.js';
import type { Diagnostic } from '../../base/diagnostics.js';
import type { Architecture, Tiling } from '../machine/architecture.js';
import { lineBits, usableBanks, usableBits } from '../machine/architecture.js';
import { brokenConstraints } from './constraints.js';
import type { Conventions } from '../cost/conventions.js';
import type { Layer } from '../workload/layer.js';
import { dimensions, hasBias } from '../workload/layer.js';
import { childOf, compile } from '../machine/compiled-machine.js';
import type { Mapping, Parts } from './mapping.js';
import { mappedBounds } from './mapping.js';
import { numbers } from '../cost/numbers.js';
import { partings, partOf, runsOf } from '../workload/layer-parts.js';
import { tileLines } from '../cost/traffic.js';

/** Empty for a mapping that the machine can run. Sizes in bits, tiles in lines as the memory stores them. */
export function breaches(
  a: Architecture,
  layer: Layer,
  mapping: Mapping,
  conventions: Conventions,
): readonly Diagnostic[] {
  if (mapping.parts && runsOf(mapping.parts) > 1) return breachesInParts(a, layer, mapping, mapping.parts, conventions);
  const found: Diagnostic[] = [];
  const report = (code: string, path: readonly (string | number)[], message: string) =>
    found.push({ code, path, message });
  const m = compile(
    a,
    mapping.levels.map((l) => l.keep),
  );
  const r = numbers(m, layer, conventions, mapping);

  const bounds = mappedBounds(mapping);
  for (const d of dimensions) {
    if (bounds[d] < layer.bounds[d])
      report(
        'not-covered',
        [d],
        `the loops over ${d} cover ${bounds[d]} of ${layer.bounds[d]}; their product must reach the bound`,
      );
  }
  a.levels.forEach((level, i) => {
    const own = nth(mapping.levels, i);
    for (const loop of own.temporal) {
      if (loop.factor > 1 && !level.temporal.includes(loop.dim)) {
        report(
          'loop-not-allowed',
          [level.name],
          `${level.name} cannot loop over ${loop.dim} in time; allowed: ${level.temporal.join(', ') || 'nothing'}`,
        );
      }
    }
    for (const axis of level.axes) {
      const along = own.spatial.filter((s) => s.axis === axis.label && s.factor > 1);
      const used = along.reduce((n, s) => n * s.factor, 1);
      if (used > axis.size)
        report(
          'fan-out',
          [level.name, axis.label],
          `${axis.name} has ${axis.size} positions, the mapping uses ${used}`,
        );
      const carried = [...new Set(along.map((s) => s.dim))];
      if (axis.exclusive && carried.length > 1)
        report(
          'fan-out',
          [level.name, axis.label],
          `${axis.name} carries one dimension at a time, the mapping unrolls ${carried.join(' and ')} on it`,
        );
      for (const s of along) {
        if (!axis.dims.includes(s.dim))
          report(
            'fan-out',
            [level.name, axis.label],
            `${axis.name} cannot unroll ${s.dim}; allowed: ${axis.dims.join(', ')}`,
          );
      }
    }
    for (const text of brokenConstraints(level.name, level, own)) report('constraint', [level.name], text);
    for (const pool of level.pools) {
      const kept = pool.tensors.filter((t) => own.keep.includes(t) && level.stores[t]);
      const half = level.buffers === 2 ? ' (half of it, ping-pong)' : '';
      const whose = `the tile of ${kept.join(' and ')} takes`;
      if (pool.bits === null || kept.length === 0) continue;
      if (pool.banks !== undefined) {
        const usable = usableBanks(level, pool.bits, pool.banks);
        const banks = kept.map((t) => Math.ceil(tileLines(r, m, t, i) / usable.linesIn(t)));
        const need = banks.reduce((n, b) => n + b, 0);
        if (need > usable.banks)
          report(
            'capacity',
            [level.name],
            `${whose} ${banks.join(' + ')} banks, ${level.name} offers ${usable.banks}${half}`,
          );
        continue;
      }
      const limit = defined(usableBits(level, pool));
      const need = kept.reduce((n, t) => n + tileLines(r, m, t, i) * lineBits(level, t), 0);
      if (need > limit) report('capacity', [level.name], `${whose} ${need} bits, ${level.name} offers ${limit}${half}`);
    }
    if (level.holdsSums && own.keep.includes('Outputs') && r.unspared('Outputs', i) > 1) {
      report(
        'partial-sums',
        [level.name],
        `partial sums would leave ${level.name}: reduction loops outside it must be innermost there`,
      );
    }
  });
  for (const [place, message] of a.tiling
    ? tilingBreaches(a.tiling)
    : layer.pool
      ? [[a.name, 'only machines of the template pool behind a layer; leave the pool out']]
      : []) {
    report('tiles', [defined(place)], defined(message));
  }
  return found;

  /** What the controllers and the drain path of a tiled machine require. */
  function tilingBreaches({ inner, lanes, biasLines, longestLoop }: Tiling): [string, string][] {
    const faults: [string, string][] = [];
    mapping.levels.forEach(({ name, temporal }) => {
      for (const { dim, factor } of temporal)
        if (factor > longestLoop)
          faults.push([
            name,
            `a loop over ${dim} of ${factor} is longer than the ${longestLoop} that its counter holds`,
          ]);
    });
    const lines = r.quotient(bounds.K * bounds.G, r.loops(['K'], { where: 'axes', names: [lanes] }));
    if (hasBias(layer) && lines > biasLines)
      faults.push([lanes, `the layer has ${lines} lines of biases, the bias memory holds ${biasLines}`]);
    for (const d of ['P', 'Q'] as const) {
      const extent = r.loops([d], { where: 'inside', level: childOf(m, inner, 'Outputs') });
      const window = layer.pool?.[d] ?? 1;
      if (extent % window !== 0)
        faults.push([d, `the tile of a PE is ${extent} long in ${d}; a pool over ${window} needs a multiple of that`]);
    }
    return faults;
  }
}

/** Each run must be legal, and the parts ones that the layer may be divided into. */
function breachesInParts(
  a: Architecture,
  layer: Layer,
  { levels }: Mapping,
  parts: Parts,
  conventions: Conventions,
): readonly Diagnostic[] {
  const allowed = [true, false].flatMap((padding) => partings(a, layer, padding));
  if (allowed.some(({ G, K }) => G === parts.G && K === parts.K))
    return breaches(a, partOf(layer, parts), { levels }, conventions);
  const told = [...new Set(allowed.map(printParts))].join(', ');
  return [
    {
      code: 'parts',
      path: ['parts'],
      message: `the layer is divided ${printParts(parts)}; on ${a.name} it may run ${told}`,
    },
  ];
}

const printParts = ({ G, K }: Parts): string =>
  [
    ['G', G],
    ['K', K],
  ]
    .flatMap(([d, n]) => (n === 1 ? [] : [`in ${n} over ${d}`]))
    .join(' and ') || 'whole';
