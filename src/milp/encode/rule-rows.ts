// What levels require of factors, as rows: a fixed one prime by prime, a bounded one by its logarithm.

import { nth } from '../../base/invariant.js';
import { factorize, valuation } from '../../base/integers.js';
import { printRule } from '../../model/mapping/constraints.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import { add, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';

export function encodeRules(b: ProgramBuilder, m: Machine, f: Factors): void {
  for (const { level, rule, slots } of m.rules) {
    const { name } = nth(m.architecture.levels, level);
    const { dim, relation, value } = rule;
    const row = `rule.${name}.${printRule(rule).replaceAll(' ', '.')}`;
    b.about(tagOf({ kind: 'factor', level: name, rule }), () => {
      const log = add(zero, ...slots.map((s) => f.log(dim, s)));
      // Products are whole: halves on either side keep rounding away.
      if (relation === '<=') b.atMost(row, log, Math.log(value + 0.5));
      else if (relation === '>=') b.row(row, log, Math.log(value - 0.5), Infinity);
      else
        for (const p of new Set([value, ...f.options(dim)].flatMap((n) => [...factorize(n).keys()])))
          b.equal(`${row}.${p}`, f.exponent(dim, p, slots), valuation(value, p));
    });
  }
}
