// The question that a command line of `compare` asks, with every fault found before any work.

import type { Parsed } from '../../base/diagnostics.js';
import { refuse } from '../../base/diagnostics.js';
import type { MissingSolvers } from '../../tuner/compare/contestants.js';
import type { CompareJob } from './compare-job.js';
import { prepareMachines } from './compare-machines.js';
import { prepareMappings } from './compare-mappings.js';
import { checkFigure } from '../files.js';
import type { CompareOptions } from '../../options/compare-table.js';
import type { Io } from '../io.js';
import type { PlainLimits } from '../../library/layer-limits.js';
import { isOneLayer } from '../../library/read-limits.js';

export function prepareCompare(
  io: Io,
  given: string,
  options: CompareOptions,
  missing: MissingSolvers,
  plain: PlainLimits = 'network',
): Parsed<CompareJob> {
  const { svg, space } = options;
  const figure = checkFigure('--svg', svg);
  if (!figure.ok) return figure;
  const job =
    space === undefined
      ? prepareMappings(io, given, options, missing, plain)
      : prepareMachines(io, given, { ...options, space });
  return job.ok && options.objective === 'edp' && !isOneLayer(job.value.network)
    ? refuse(
        'conflict',
        [],
        `--objective edp is energy x delay of ${job.value.network.name} as a whole, and strategies are compared by what each ` +
          'layer has; take --objective layer-edp, the sum of the layers\' own, or ask "magnet map --objective edp"',
      )
    : job;
}
