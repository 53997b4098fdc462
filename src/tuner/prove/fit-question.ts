// One question of a layer and a machine to Z3: can some requirements be met together?
// Sharpened until the answer is true.

import type { StopReason } from '../../base/stop-reason.js';
import { timeLimit } from '../../base/stop-reason.js';
import { got, nth } from '../../base/invariant.js';
import { encode } from '../../milp/encode/encode.js';
import { encodeFit } from '../../milp/encode/fit-rows.js';
import { padTo } from '../../milp/encode/padding.js';
import { beyondAny, minCycles } from '../../milp/first-principles.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { evaluate } from '../../model/cost/evaluate.js';
import { withinLimits } from '../../model/cost/goal.js';
import type { LayerRequirement } from '../../model/mapping/layer-requirement.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { zero } from '../../program/linear.js';
import { convex } from '../../program/program.js';
import type { Task } from '../../search/strategy.js';
import type { Excluded } from '../../smt/layer-script.js';
import { layerScript, pointOf } from '../../smt/layer-script.js';
import { ExactRelaxation } from '../../smt/exact-rows.js';
import type { Script, Verdict } from '../../smt/script.js';

export type Ask = (script: Script, seconds: number) => Promise<Verdict>;

/** What a question about some requirements finds: a point where they are met, on one of the arrangements. */
export type Possible =
  | { readonly status: 'met'; readonly arrangement: number; readonly mapping: Mapping }
  | { readonly status: 'never'; readonly core: readonly LayerRequirement[] }
  | { readonly status: 'unknown'; readonly reason: StopReason };

/** Points of the program within this of their curves, in parts of what a sum may be, are on them. */
const onCurve = 1e-10;

/** One arrangement of the machine, asked again and again: what is learned of its program stays. */
export interface Question {
  readonly arrangement: number;
  meets: (only: readonly LayerRequirement[] | undefined, ask: Ask, left: () => number) => Promise<Possible>;
  /** What Z3 was asked at last; undefined before the first question. */
  asked: () => Script | undefined;
}

export function question(task: Task, a: Architecture, arrangement: number): Question {
  const { layer, conventions, goal, padding } = task;
  const limited = Object.keys(goal.limits).length > 0;
  const menu = padTo(padding);
  const encoding = limited
    ? encode(a, layer, {
        conventions,
        goal,
        padding: menu,
        cycles: { min: minCycles(task, a), max: beyondAny(task, a) },
        forms: 'plain',
      })
    : encodeFit(a, layer, conventions, menu);
  const relaxation = new ExactRelaxation({ ...encoding.program, minimize: convex(zero, []) }, { scale: 1, max: 1 });
  const excluded: Excluded[] = [];
  let last: Script | undefined;
  return { arrangement, meets, asked: () => last };

  async function meets(only: readonly LayerRequirement[] | undefined, ask: Ask, left: () => number): Promise<Possible> {
    const tags = only && new Set(only.map(tagOf));
    for (;;) {
      if (left() <= 0) return { status: 'unknown', reason: timeLimit };
      const { script, requirements } = layerScript({
        layer,
        architecture: a,
        relaxation,
        variables: encoding.program.variables.length,
        only: tags,
        excluded,
      });
      const verdict = await ask(script, left());
      last = script;
      if (verdict.status === 'unknown') return { status: 'unknown', reason: verdict.reason ?? timeLimit };
      if (verdict.status === 'unsat')
        return { status: 'never', core: verdict.core.map((name) => got(requirements, name)) };
      const x = pointOf(relaxation, verdict);
      // Sums of products lie above their tangents: what the point would really take is looked at next.
      if (relaxation.sharpen(x, onCurve) > 0) continue;
      const mapping = encoding.decode(x);
      if (!limited || !exclude(mapping, x, tags)) return { status: 'met', arrangement, mapping };
    }
  }

  /** The program has costs from below only: a mapping over a limit is excluded, by name of that limit. */
  function exclude(mapping: Mapping, x: Float64Array, tags: ReadonlySet<string> | undefined): boolean {
    const evaluation = evaluate(a, layer, mapping, conventions);
    const broken = (Object.entries(goal.limits) as ['energy' | 'latency' | 'edp', number][]).find(
      ([quantity, max]) => !withinLimits({ [quantity]: max }, evaluation),
    );
    if (!broken) return false;
    const by: LayerRequirement = { kind: 'limit', quantity: broken[0], max: broken[1] };
    if (tags && !tags.has(tagOf(by))) return false;
    excluded.push({ indices: encoding.decisions, values: encoding.decisions.map((i) => Math.round(nth(x, i))), by });
    return true;
  }
}

/** Met where one arrangement meets them; never where none does, for all their reasons together. */
export async function possible(
  questions: readonly Question[],
  only: readonly LayerRequirement[] | undefined,
  ask: Ask,
  left: () => number,
): Promise<Possible> {
  const cores = new Map<string, LayerRequirement>();
  let open: Possible | undefined;
  for (const q of questions) {
    const answer = await q.meets(only, ask, left);
    if (answer.status === 'met') return answer;
    if (answer.status === 'unknown') open ??= answer;
    else for (const r of answer.core) cores.set(tagOf(r), r);
  }
  return open ?? { status: 'never', core: [...cores.values()] };
}
