// A certificate of what a search over machines found: every shape of the space is bounded anew against what is claimed, and what
// closes its boxes is written down. The search itself is not asked, and does no more than without a certificate.

import { invariant } from '../../base/diagnostics.js';
import { defined } from '../../base/invariant.js';
import type { Certificate, Claim, Question, ShapeLeaves } from '../../certificate/certificate.js';
import { checkCertificate } from '../../certificate/check-certificate.js';
import { digestsOf, witnessOf } from '../../certificate/certificate-file.js';
import type { Weights } from '../../enumerate/item.js';
import { shapeParameters, shapesOf } from '../../model/space/design-space.js';
import type { CertifiedShape, ShapeToCertify } from './certify-shape.js';
import type { TotalsProblem } from './codesign-problem.js';
import { uniqueLayers } from './codesign-problem.js';
import type { CodesignHooks } from './codesign-hooks.js';
import type { CodesignRequest, CodesignResult } from './codesign-request.js';
import { heldToLimits, totalsProblem } from './totals.js';

export interface CertifyHooks extends Pick<CodesignHooks, 'now' | 'width' | 'doing' | 'stopped'> {
  readonly certifyShape: (input: ShapeToCertify) => Promise<CertifiedShape>;
  /** On the clock, ms. */
  readonly deadline: number;
}

export type CertificateAnswer =
  | { readonly status: 'made'; readonly certificate: Certificate; readonly gap: number | undefined }
  /** There is no bound to certify. */
  | { readonly status: 'nothing' }
  /** The time was over first, or it was stopped. */
  | { readonly status: 'late' }
  /** A worker was, with its shape. */
  | { readonly status: 'lost' };

interface Asked {
  readonly problem: TotalsProblem;
  readonly target: number;
  readonly within: number | null;
}

export async function certifySpace(
  request: CodesignRequest,
  result: Pick<CodesignResult, 'status' | 'best' | 'bound'>,
  hooks: CertifyHooks,
): Promise<CertificateAnswer> {
  const asked = askedOf(request, result);
  if (!asked) return { status: 'nothing' };
  const question = questionOf(request);
  const shapes = await eachShape(question, asked, hooks);
  if (typeof shapes === 'string') return { status: shapes };
  const { best } = result;
  const witness =
    best === undefined
      ? null
      : witnessOf(
          best.point,
          best.layers.map(({ found }) => found.mapping),
        );
  const made = (claim: Claim): Certificate => ({ question, claim, witness, shapes });
  const digests = digestsOf(question);
  // What the boxes prove is what is claimed: neither less nor more.
  const { proven } = checkCertificate({
    digests,
    certificate: made({ bound: result.status === 'infeasible' ? null : 0, within: asked.within }),
  });
  const bound = Number.isFinite(proven) ? proven * (1 - 2 ** -50) : null;
  const certificate = made({ bound, within: asked.within });
  const checked = checkCertificate({ digests, certificate });
  invariant(checked.holds, `a certificate that was just made does not hold: ${checked.faults.join('; ')}`);
  return { status: 'made', certificate, gap: checked.gap };
}

/** What every box is to be bounded by; undefined where nothing is proven. */
function askedOf(
  request: CodesignRequest,
  { status, best, bound }: Pick<CodesignResult, 'status' | 'best' | 'bound'>,
): Asked | undefined {
  const { objective, gap } = request;
  const session = { request, layers: uniqueLayers(request.networks, request.layerLimits) };
  const area = request.limits.area ?? null;
  if (status !== 'infeasible' && !(bound > 0)) return undefined;
  const target = status === 'optimal' ? defined(best).objective * (1 - gap) : bound;
  if (status !== 'infeasible' && objective !== 'area') return { problem: totalsProblem(session), target, within: area };
  // Nothing keeps the limits: beyond that of one quantity there is nothing within the others. Of the area that is said of
  // machines below it.
  const within = status === 'infeasible' ? area : target * (1 - hair);
  return { problem: { ...heldToLimits(session), area: within ?? Infinity }, target: Infinity, within };
}

/** A machine of just the area that is claimed is none below it. */
const hair = 1e-9;

export function questionOf(request: CodesignRequest): Question {
  const { objective, limits, padding, technology, networks, layerLimits } = request;
  const { name, menus, maxPes, minPes, precisions } = request.space;
  const layers = uniqueLayers(networks, layerLimits);
  return {
    objective,
    limits,
    padding,
    space: { name, menus, maxPes, ...(minPes !== undefined && { minPes }), ...(precisions && { precisions }) },
    technology,
    networks: networks.map(({ network, weight }, k) => ({
      name: network.name,
      weight,
      counts: layers.map(({ counts }) => defined(counts[k])),
    })),
    layers: layers.map(({ layer, limits: own }) => ({ layer, limits: own })),
  };
}

/** Several at a time, each begun with the prices of one before it; or why that came to no end. */
async function eachShape(
  question: Question,
  { problem, target }: Asked,
  { now, width, doing, stopped, deadline, certifyShape }: CertifyHooks,
): Promise<readonly ShapeLeaves[] | 'late' | 'lost'> {
  const shapes = shapesOf(problem.space);
  const found: (ShapeLeaves | undefined)[] = shapes.map(() => undefined);
  let prices: readonly Weights[] | undefined;
  let next = 0;
  let done = 0;
  // Set in lanes, which flow analysis does not follow.
  let ended = undefined as 'late' | 'lost' | undefined;
  const lane = async () => {
    while (!ended && next < shapes.length) {
      const i = next++;
      const shape = defined(shapes[i]);
      const seconds = (deadline - now()) / 1000;
      if (!(seconds > 0) || stopped()) {
        ended = 'late';
        return;
      }
      const one = await certifyShape({ question, problem, shape, target, prices, seconds }).catch(() => undefined);
      if (!one?.leaves) {
        ended = one ? 'late' : 'lost';
        return;
      }
      found[i] = { shape: shapeParameters.map((p) => shape[p]), leaves: one.leaves };
      prices = one.prices ?? prices;
      doing?.('certifying shapes', ++done, shapes.length);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return ended ?? found.flatMap((s) => (s && s.leaves.length > 0 ? [s] : []));
}
