// Variables and attributes whose values are arithmetic: numbers where they come to some, text as it is.

import { nth } from '../../base/invariant.js';
import type { Scope } from './expression.js';
import { evaluateExpression } from './expression.js';
import type { Fields, Findings } from './findings.js';
import { fieldsOf, numberOf } from './findings.js';
import type { Section } from './sections.js';

/** What the top-level variables stand for, in every other part. */
export const scopeOf = (f: Findings, sections: readonly Section[]): Scope =>
  sections.reduce<Scope>((scope, { data }) => within(scope, evaluated(f, fieldsOf(data) ?? {}, scope)), new Map());

export const within = (scope: Scope, fields: Fields): Scope => new Map([...scope, ...Object.entries(fields)]);

/** One field after the other, each knowing those before it. Why a text is no number is said where one is needed. */
export function evaluated(f: Findings, fields: Fields, scope: Scope): Fields {
  const known = new Map(scope);
  const read: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    read[key] = valueOf(f, value, known);
    known.set(key, read[key]);
  }
  return read;
}

function valueOf(f: Findings, value: unknown, scope: Scope): unknown {
  if (typeof value !== 'string') return value;
  const plain = numberOf(value);
  if (!Number.isNaN(plain)) return plain;
  const result = evaluateExpression(value, scope);
  if (result.ok) return result.value;
  f.unread.set(value, nth(result.diagnostics, 0).message);
  return value;
}
