// `--pareto least,limited`: the minimum of one quantity under limits on another, spaced in the logarithm between the
// ends that minimising either gives.

import { defined, nth } from '../base/invariant.js';
import { within as isWithin } from '../tuner/codesign/session.js';
import type { CodesignObjective, CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import { measureBest } from '../results/codesign-figures.js';
import type { Front, Metrics, Traced } from '../results/front-answer.js';

type Found = Pick<Traced, 'limit' | 'result'>;

/** Searches for the minimum of an objective; `title` says which search it is. */
type Search = (request: CodesignRequest, title: string) => Promise<CodesignResult>;

/** A limit that a known machine meets must not be missed by the last digit. */
const rounding = 1e-9;

/** With one network, whose weight then says nothing; or over the area. The ends take a search each, `points` - 1 searches come between. */
export async function traceFront(
  asked: CodesignRequest,
  [min, limited]: Metrics,
  points: number,
  search: Search,
  stopped: () => boolean,
): Promise<Front> {
  const request =
    asked.networks.length === 1 ? { ...asked, networks: [{ ...nth(asked.networks, 0), weight: 1 }] } : asked;
  const minimise = (objective: CodesignObjective, limits: CodesignRequest['limits'], title: string) =>
    search({ ...request, objective, limits }, title);
  const limitedOf = ({ best }: CodesignResult) => best && measureBest(request, limited, best);
  const total = points + 1;

  const free = await minimise(min, request.limits, `1 of ${total}, least ${min}`);
  const found: Found[] = [{ limit: undefined, result: free }];
  if (!free.best || stopped()) return front(request, [min, limited], found, 0);
  const other = await minimise(limited, request.limits, `2 of ${total}, least ${limited}`);
  const [low, high] = [Math.min(limitedOf(other) ?? Infinity, defined(limitedOf(free))), defined(limitedOf(free))];
  for (let i = 0; i < points - 1 && low < high * (1 - rounding) && !stopped(); i++) {
    const limit = Math.min(
      low * (high / low) ** (i / (points - 1)) * (1 + rounding),
      request.limits[limited] ?? Infinity,
    );
    found.push({
      limit,
      result: await minimise(
        min,
        { ...request.limits, [limited]: limit },
        `${i + 3} of ${total}, ${limited} at most ${Number(limit.toPrecision(4))}`,
      ),
    });
  }
  return front(request, [min, limited], found, Math.max(0, other.bound), other);
}

/** What is known of one limit is used for all: a machine within a tighter one is within, and what a looser one excludes is excluded. */
function front(
  request: CodesignRequest,
  [min, limited]: Metrics,
  found: readonly Found[],
  floor: number,
  other?: CodesignResult,
): Front {
  const limitOf = (f: Found) => f.limit ?? Infinity;
  const designs = [...found.map((f) => f.result), ...(other ? [other] : [])].flatMap(({ best }) =>
    best ? [{ best, min: measureBest(request, min, best), limited: measureBest(request, limited, best) }] : [],
  );
  const points = [...found]
    .sort((a, b) => limitOf(a) - limitOf(b))
    .map((f): Traced => {
      const within = designs
        .filter((d) => d.limited <= limitOf(f))
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
        best: within?.best,
        min: within?.min,
        limited: within?.limited,
        bound,
        status,
      };
    });
  return { points, floor };
}
