// Factors and permutations of a mapping's or a constraint's directive: `R3 S=3`, `[R=3, P<=4]`, `QPRSCKN`.

import { defined } from '../../base/invariant.js';
import type { Dimension } from '../../model/workload/layer.js';
import type { Findings, Path } from './findings.js';
import { fault, listOf } from './findings.js';
import type { Names } from './names.js';
import { lookUp } from './names.js';

export interface Factor {
  readonly dim: Dimension;
  readonly relation: '=' | '<=' | '>=';
  /** 0 is the whole bound of the dimension, -1 what the other levels leave of it. */
  readonly value: number;
}

const one = /([A-Za-z_]+)\s*(<=|>=|=*)\s*(-?\d+)((?:\s*,\s*\d+)?)(?![\d.])/y;

export function readFactors(f: Findings, names: Names, x: unknown, path: Path): readonly Factor[] {
  if (x === undefined || x === null) return [];
  const list = typeof x === 'string' ? [x] : listOf(x);
  if (!list?.every((s) => typeof s === 'string')) {
    fault(f, 'invalid-value', path, `expected factors such as "R3 S3" or [R=3, S=3], got ${JSON.stringify(x)}`);
    return [];
  }
  return list.flatMap((text) => readText(f, names, text, path));
}

function readText(f: Findings, names: Names, text: string, path: Path): Factor[] {
  const found: Factor[] = [];
  let at = 0;
  while (/\S/.test(text.slice(at))) {
    at += defined(/^[\s,]*/.exec(text.slice(at)))[0].length;
    if (at >= text.length) break;
    one.lastIndex = at;
    const match = one.exec(text);
    if (!match) {
      fault(
        f,
        'invalid-value',
        path,
        `cannot read "${text.slice(at)}"; expected a dimension and a whole factor, such as R3 or R=3`,
      );
      break;
    }
    at = one.lastIndex;
    const [, name, relation, value, residue] = match as unknown as [string, string, string, string, string];
    if (residue !== '')
      fault(
        f,
        'not-covered',
        path,
        `${match[0]} is an imperfect factor; magnet's loops are perfect, so pad the dimension instead`,
      );
    const dim = lookUp(f, 'dimension', names.dims, name, path);
    if (Number(value) < -1) fault(f, 'invalid-value', path, `${match[0].trim()} is not a factor; give at least 1`);
    if (dim)
      found.push({ dim, relation: relation === '<=' || relation === '>=' ? relation : '=', value: Number(value) });
  }
  return found;
}

/** Innermost loop first, as Timeloop has it. One string of letters, or a list of names. */
export function readPermutation(f: Findings, names: Names, x: unknown, path: Path): readonly Dimension[] {
  if (x === undefined || x === null) return [];
  const letters =
    typeof x === 'string' ? (/[\s,]/.test(x.trim()) ? x.trim().split(/[\s,]+/) : Array.from(x.trim())) : listOf(x);
  if (!letters?.every((s) => typeof s === 'string')) {
    fault(
      f,
      'invalid-value',
      path,
      `expected a permutation such as RSPQ or [R, S, P, Q], innermost first, got ${JSON.stringify(x)}`,
    );
    return [];
  }
  const dims = letters.flatMap((name) => lookUp(f, 'dimension', names.dims, name, path) ?? []);
  dims.forEach((d, i) => {
    if (dims.indexOf(d) !== i) fault(f, 'duplicate', path, `dimension ${letters[i] as string} is given twice`);
  });
  return dims;
}
