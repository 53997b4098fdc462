// Scripts that solvers are tried with.

import type { Script } from '../../src/smt/script.js';
import { atMost, number, or, sum, symbol, ifThenElse } from '../../src/smt/script.js';

/** One pigeon more than holes: hard for its size. */
export function pigeons(holes: number): Script {
  const at = (pigeon: number, hole: number) => `in ${pigeon} ${hole}`;
  const all = Array.from({ length: holes + 1 }, (_, i) => i);
  return {
    title: ['pigeons'],
    declarations: all.flatMap((p) => all.slice(1).map((h) => ({ name: at(p, h), sort: 'Bool' }))),
    assertions: [
      ...all.map((p) => ({ name: `pigeon ${p}`, term: or(...all.slice(1).map((h) => symbol(at(p, h)))) })),
      ...all.slice(1).map((h) => ({
        name: `hole ${h}`,
        term: atMost(sum(...all.map((p) => ifThenElse(symbol(at(p, h)), number(1), number(0)))), number(1)),
      })),
    ],
  };
}
