// Requirements that contradict each other, or all machines of a space, by what they say alone: no solver is needed to see it.

import { defined } from '../base/invariant.js';
import type { Diagnostic } from '../base/diagnostics.js';
import { printValue } from '../interchange/template-fields.js';
import type { DesignSpace } from '../model/space/design-space.js';
import type { LimitedParameter, Requirement } from '../model/cost/requirement.js';
import type { Candidates } from '../tuner/prove/prove-request.js';

type ParameterLimit = Extract<Requirement, { readonly kind: 'parameter' }>;

/** The same for two limits of one thing. */
function subjectOf(r: Requirement): string {
  if (r.kind === 'area') return 'area';
  if (r.kind === 'parameter') return `${r.bound} ${r.parameter}`;
  return r.kind === 'layer' ? `${r.quantity}@${r.layer}` : r.quantity;
}
const valueOf = (r: Requirement) => (r.kind === 'parameter' ? r.value : r.max);

/** What is left where each is taken once, and what contradicts. */
export function conflicts(
  requirements: readonly Requirement[],
  candidates: Candidates | undefined,
): { readonly kept: readonly Requirement[]; readonly faults: readonly Diagnostic[] } {
  const faults: Diagnostic[] = [];
  const contradiction = (message: string) =>
    faults.push({ code: 'contradiction', path: [], message: `--limit: ${message}` });
  const kept: Requirement[] = [];
  for (const r of requirements) {
    const before = kept.find((k) => subjectOf(k) === subjectOf(r));
    if (!before) kept.push(r);
    else if (valueOf(before) !== valueOf(r))
      contradiction(`${before.text} and ${r.text} limit the same thing twice; keep one`);
  }
  const limits = kept.filter((r): r is ParameterLimit => r.kind === 'parameter');
  for (const parameter of new Set(limits.map((r) => r.parameter))) {
    const [min, max] = (['min', 'max'] as const).map((bound) =>
      limits.find((r) => r.parameter === parameter && r.bound === bound),
    );
    if (min && max && min.value > max.value)
      contradiction(`${min.text} and ${max.text} contradict each other: no number is both; change one`);
    else if (candidates?.kind === 'space') {
      const values = valuesIn(candidates.space, parameter);
      if (!values.some((v) => v >= (min?.value ?? 0) && v <= (max?.value ?? Infinity)))
        contradiction(noneWithin(candidates.space.name, parameter, values, min, max));
    }
  }
  return { kept, faults };
}

function valuesIn({ menus, maxPes }: DesignSpace, parameter: LimitedParameter): readonly number[] {
  if (parameter !== 'pes') return menus[parameter];
  const products = menus.rows.flatMap((rows) => menus.columns.map((columns) => rows * columns));
  return [...new Set(products)].filter((pes) => pes <= maxPes).sort((x, y) => x - y);
}

function noneWithin(
  space: string,
  parameter: LimitedParameter,
  values: readonly number[],
  min: ParameterLimit | undefined,
  max: ParameterLimit | undefined,
): string {
  const show = (v: number) => (parameter === 'pes' ? String(v) : printValue(parameter, v));
  const between =
    min && max
      ? `lies between ${show(min.value)} and ${show(max.value)}`
      : min
        ? `is at least ${show(min.value)}`
        : `is at most ${show(defined(max).value)}`;
  const texts = [min, max].flatMap((r) => (r ? [r.text] : []));
  return `${texts.join(' and ')}: no value of ${parameter} in space ${space} ${between}; it has ${values.map(show).join(', ')}`;
}
