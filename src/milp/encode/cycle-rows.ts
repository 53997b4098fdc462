// The cycles of a layer as a logarithm: those of the multipliers, or a variable above what ports and tiles require.

import { nth } from '../../base/invariant.js';
import { exponents } from '../../model/cost/goal.js';
import type { Port } from '../../model/cost/ports.js';
import { portsOf } from '../../model/cost/ports.js';
import { tilingFor } from '../../model/cost/tile-cycles.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, subtract } from '../../program/linear.js';
import type { Exponential, ProgramBuilder } from '../../program/program.js';
import type { Counted } from './counted.js';
import { switchOf } from './counted.js';
import type { EncodeOptions } from './encode-options.js';
import { logSlack, maxLogCycles } from './encode-options.js';
import { encodeTiles } from './tile-rows.js';

/** Spans of cycles up to this are counted one by one. */
const maxCounted = 300;

/** ln cycles: at least the multipliers' `steps`, and every port's words over its width (ceilings dropped). */
export function encodeCycles(b: ProgramBuilder, counted: Counted, steps: Linear): Linear {
  const { a, options, counts } = counted;
  if (!asksForCycles(options) && a.staticEnergy === 0) return steps;
  if (a.tiling) {
    const { m, f, orders, reading } = counted.mappings;
    const log = countedCycles(b, options);
    encodeTiles(b, reading, m, tilingFor(a.tiling, reading), f, orders, log, options.cycles.min, options.known?.tiles);
    return log;
  }
  const ports = portsOf(a, counts);
  if (ports.length === 0) return steps;
  const log = countedCycles(b, options);
  b.about(tagOf({ kind: 'cycles', of: 'multipliers' }), () =>
    b.atMost('cycles.compute', subtract(steps, log), logSlack),
  );
  for (const port of ports) encodePort(b, counted, port, log);
  return log;
}

const asksForCycles = ({ goal: { objective, limits } }: EncodeOptions): boolean =>
  exponents[objective].cycles > 0 || limits.latency !== undefined || limits.edp !== undefined;

/** What passes a port, bits over its width, takes at most all cycles. */
function encodePort(
  b: ProgramBuilder,
  counted: Counted,
  { level, name: port, width, loads }: Port<Counted['counts'][number]>,
  cycles: Linear,
): void {
  const load = loads.map(({ count: c, wordBits }): Exponential => ({
    coefficient: wordBits / width,
    exponent: subtract(c.words.log, cycles),
    unless: switchOf(counted, c.words, c.gone, 0),
    label: `${c.action} of ${c.tensor}`,
  }));
  const { name } = nth(counted.a.levels, level);
  b.about(tagOf({ kind: 'port', level: name, port }), () => b.convexAtMost(`cycles.${name}.${port}`, load, 1));
}

/** Few cycles are counted one by one: a ceiling is then exact, where it would cost more than the gap. */
function countedCycles(b: ProgramBuilder, options: EncodeOptions): Linear {
  const { min, max } = options.cycles;
  const log = b.variable('cycles', Math.log(min) - logSlack, Math.max(maxLogCycles(options), Math.log(min)), false);
  if (max - min > maxCounted || max < min) return log;
  const counts = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  const chosen = counts.map((n) => b.binary(`cycles.is.${n}`));
  b.equal('cycles.one', add(...chosen), 1);
  b.equal(
    'cycles.value',
    combine([[1, log], ...counts.map((n, i): [number, Linear] => [-Math.log(n), nth(chosen, i)])]),
    0,
  );
  return log;
}
