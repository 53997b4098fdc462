// `--pareto x,y` read: between two costs, or between accuracy and one.

import { defined } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import { unknownName } from '../../base/text.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import type { FrontMetric } from '../../results/codesign-result.js';
import { frontMetrics } from '../../results/codesign-result.js';
import { accuracyLoss } from '../loss/loss-limit.js';

export type AskedFront =
  | { readonly kind: 'costs'; readonly metrics: readonly [min: FrontMetric, limited: FrontMetric] }
  | { readonly kind: 'accuracy'; readonly metric: FrontMetric };

/** Limits hold for each network, the objective sums over them: with several, only the area is one quantity in both. */
export function parseFront({ pareto }: CodesignOptions, networks: number): Parsed<AskedFront | undefined> {
  if (pareto === undefined) return parsed(undefined);
  const names = pareto.split(',').map((name) => name.trim());
  const other = names.find((name) => name !== accuracyLoss);
  if (names.includes(accuracyLoss) && names.length === 2 && frontMetrics.some((metric) => metric === other))
    return parsed({ kind: 'accuracy', metric: other as FrontMetric });
  const faults = names.filter((name) => ![...frontMetrics, accuracyLoss].includes(name));
  const [x, y] = names as readonly FrontMetric[];
  if (names.length !== 2 || x === y)
    return refuse('bad-front', [], `--pareto ${pareto}: expected two different quantities, such as energy,latency`);
  if (faults.length > 0)
    return refused(
      faults.map((name) => ({
        code: 'unknown-name',
        path: [],
        message: `--pareto ${pareto}: ${unknownName('quantity', name, [...frontMetrics, accuracyLoss])}`,
      })),
    );
  if (networks > 1 && y !== 'area')
    return refuse(
      'bad-front',
      [],
      `--pareto ${pareto}: ${y} is limited for each network on its own; give one network, ` +
        `or a front over area (${x === 'area' ? y : x},area)`,
    );
  return parsed({ kind: 'costs', metrics: [defined(x), defined(y)] });
}
