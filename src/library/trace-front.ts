// `--pareto least,limited`: the minimum of one quantity under limits on another, spaced in the logarithm between the
// ends that minimising either gives.

import { defined, nth } from '../base/invariant.js';
import { power } from '../base/powers.js';
import { within as isWithin } from '../tuner/codesign/session.js';
import type { CodesignObjective, CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import { measureBest } from '../results/codesign-figures.js';
import type { Front, Metrics, Traced } from '../results/front-answer.js';

type Found = Pick<Traced, 'limit' | 'result'>;

/** Searches for the minimum of an objective; `title` says which search it is, `index` too. */
type Search = (request: CodesignRequest, title: string, index: number) => Promise<CodesignResult>;

/** A front that may have been begun before. */
export interface FrontBegun {
  /** Of the points between the ends, where that was known. */
  readonly limits: readonly number[] | undefined;
  /** Told these limits. */
  readonly between: (limits: readonly number[]) => void;
}

/** A limit that a known machine meets must not be missed by the last digit. */
const rounding = 1e-9;

/** Of a single network the weight says nothing. */
const unweighted = ({ networks, ...asked }: CodesignRequest): CodesignRequest => ({
  ...asked,
  networks: networks.length === 1 ? [{ ...nth(networks, 0), weight: 1 }] : networks,
});

/** What a point of a front answers. */
export const questionOf = (request: CodesignRequest, [min, limited]: Metrics, { limit }: Traced): CodesignRequest => ({
  ...unweighted(request),
  objective: min,
  limits: limit === undefined ? request.limits : { ...request.limits, [limited]: limit },
});

/** With one network, whose weight then says nothing; or over the area. The ends take a search each, `points` - 1 searches come between. */
export async function traceFront(
  asked: CodesignRequest,
  [min, limited]: Metrics,
  points: number,
  search: Search,
  stopped: () => boolean,
  begun?: FrontBegun,
): Promise<Front> {
  const request = unweighted(asked);
  const total = points + 1;
  const minimise = (index: number, objective: CodesignObjective, limits: CodesignRequest['limits'], title: string) =>
    search({ ...request, objective, limits }, `${index + 1} of ${total}, ${title}`, index);
  const limitedOf = ({ best }: CodesignResult) => best && measureBest(request, limited, best);

  const free = await minimise(0, min, request.limits, `least ${min}`);
  const found: Found[] = [{ limit: undefined, result: free }];
  if (!free.best || stopped()) return front(request, [min, limited], found, 0);
  const other = await minimise(1, limited, request.limits, `least ${limited}`);
  const high = defined(limitedOf(free));
  const limits = begun?.limits ?? spaced(Math.min(limitedOf(other) ?? Infinity, high), high, points - 1);
  begun?.between(limits);
  for (const [i, each] of limits.entries()) {
    if (stopped()) break;
    const limit = Math.min(each, request.limits[limited] ?? Infinity);
    const title = `${limited} at most ${Number(limit.toPrecision(4))}`;
    found.push({ limit, result: await minimise(i + 2, min, { ...request.limits, [limited]: limit }, title) });
  }
  return front(request, [min, limited], found, Math.max(0, other.bound), other);
}

/** From `low` on, below `high`; none where both are the same. */
const spaced = (low: number, high: number, count: number): readonly number[] =>
  low < high * (1 - rounding)
    ? Array.from({ length: count }, (_, i) => low * power(high / low, i / count) * (1 + rounding))
    : [];

/** What is known of one limit is used for all: a machine within a tighter one is within, and what a looser one excludes is excluded. */
function front(
  request: CodesignRequest,
  [min, limited]: Metrics,
  found: readonly Found[],
  floor: number,
  other?: CodesignResult,
): Front {
  const limitOf = (f: Found) => f.limit ?? Infinity;
  const designs = [...found.map((f) => f.result), ...(other ? [other] : [])].flatMap((result) => {
    const { best } = result;
    if (!best) return [];
    return [{ result, best, min: measureBest(request, min, best), limited: measureBest(request, limited, best) }];
  });
  const points = [...found]
    .sort((a, b) => limitOf(a) - limitOf(b))
    .map((f): Traced => {
      const within = designs
        // What was found within a limit is within it, whatever the last digit of another sum says.
        .filter((d) => d.limited <= limitOf(f) || d.result === f.result)
        .sort((a, b) => a.min - b.min || a.limited - b.limited)[0];
      const bound = Math.min(
        within?.min ?? Infinity,
        Math.max(0, ...found.filter((g) => limitOf(g) >= limitOf(f)).map((g) => g.result.bound)),
      );
      const proven = within !== undefined && isWithin(request.gap, within.min, bound);
      const status = within ? (proven ? 'optimal' : 'feasible') : f.result.status;
      return {
        limit: f.limit,
        result: f.result,
        best: within && { ...within.best, objective: within.min },
        min: within?.min,
        limited: within?.limited,
        bound,
        status,
      };
    });
  return { points, floor };
}
