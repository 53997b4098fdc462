// Elasticities: by how many per cent the best objective would fall, were there one per cent
// more of a memory, or of the chip.

import { got, nth } from '../../base/invariant.js';
import { invariant } from '../../base/diagnostics.js';
import type { levelNames, TemplateLevel } from '../../model/machine/template-names.js';
import type { SizeParameter } from '../../model/space/design-space.js';
import { sizeParameters } from '../../model/space/design-space.js';
import { lowerTemplate } from '../../model/machine/template.js';
import type { Program } from '../../program/program.js';
import type { Oracle } from '../converge.js';
import { converge } from '../converge.js';
import type { CapacityRow } from '../encode/capacity.js';
import { encode } from '../encode/encode.js';
import { padTo } from '../encode/padding.js';
import { minCycles, minEnergy, maxCycles } from '../first-principles.js';
import { casesOf } from './cases.js';
import { isIn } from './exploration.js';
import type { JointBest } from './ledger.js';
import type { JointRequest } from './joint-program.js';
import { encodeJoint, held } from './joint-program.js';
import { questionOf } from './joint-search.js';

/** d ln objective / d ln of a limit: -0.3 where 1 % more of it buys 0.3 % of the objective. */
interface Elasticity {
  readonly parameter: SizeParameter | 'area';
  readonly elasticity: number;
  /** Numbers of the layers whose mappings it binds, and what each of them adds to the elasticity; none for the area. */
  readonly layers: readonly { readonly layer: number; readonly share: number }[];
}

/**
 * These belong to a convex relaxation: loop orders and arrangements are those of the optimum, all else
 * (factors, padding, banks, sizes) may lie between whole values. Its objective is below that of the optimum.
 * Where a table or a one-hot has a corner, what holds for a little more differs from what holds for a little
 * less, and the solver gives one of the values between: elasticities are one-sided and may not be unique.
 * Beside them stand re-solved steps of the menu.
 */
export interface Elasticities {
  readonly elasticities: readonly Elasticity[];
  /** The minimum of the relaxation. */
  readonly objective: number;
}

interface Clock {
  readonly now: () => number;
  readonly deadline: number;
}

/** Below this share of the objective a dual is rounding. */
const nothing = 1e-6;

/** Which size sets the capacity of a level. */
const parameterOf: Readonly<Record<string, SizeParameter>> = {
  GlobalBuffer: 'globalBuffer',
  WeightBuffer: 'weightBuffer',
  InputBuffer: 'inputBuffer',
  AccumBuffer: 'accumBuffer',
  OutputBuffer: 'accumBuffer',
  WeightCollector: 'weightCollector',
  InputCollector: 'inputCollector',
  AccumCollector: 'accumCollector',
} satisfies Readonly<Record<Exclude<TemplateLevel, typeof levelNames.dram>, SizeParameter>>;

/**
 * Of the capacity of each memory on the machine as it is, its energies kept: what its mappings would do with more.
 * Undefined where a relaxation did not converge in time.
 */
export async function mappingElasticities(
  request: JointRequest,
  best: JointBest,
  oracle: Oracle,
  clock: Clock,
): Promise<Elasticities | undefined> {
  const found = new Map<SizeParameter, { layer: number; grows: number }[]>(sizeParameters.map((p) => [p, []]));
  let objective = 0;
  for (const [layer, { count }] of request.layers.entries()) {
    // What costs nothing has nothing to gain.
    if (nth(best.layers, layer).objective === 0) continue;
    const { program, capacities } = mappingRelaxation(request, best, layer);
    const relaxed = await converge(program, oracle, nth(best.layers, layer).objective, clock);
    if (!relaxed) return undefined;
    objective += count * relaxed.objective;
    for (const p of sizeParameters) {
      const grows = capacities.reduce(
        (n, { level, row }) => (parameterOf[level] === p ? n + nth(relaxed.duals, row) : n),
        0,
      );
      if (-grows > nothing * relaxed.objective) got(found, p).push({ layer, grows: count * grows });
    }
  }
  const elasticities = sizeParameters.map((parameter): Elasticity => {
    const layers = got(found, parameter).map(({ layer, grows }) => ({ layer, share: grows / objective }));
    return { parameter, elasticity: layers.reduce((n, l) => n + l.share, 0), layers };
  });
  return { elasticities, objective };
}

/** Of the area of the chip, its memories of any size between those of the menus. */
export async function areaElasticity(
  request: JointRequest,
  best: JointBest,
  oracle: Oracle,
  clock: Clock,
): Promise<Elasticities | undefined> {
  if (best.objective === 0) return { elasticities: [{ parameter: 'area', elasticity: 0, layers: [] }], objective: 0 };
  const { program, areaRow } = areaRelaxation(request, best);
  const relaxed = await converge(program, oracle, best.objective, clock);
  if (!relaxed) return undefined;
  // The row says area / limit <= 1: its dual is per share of the limit.
  const grows = areaRow === undefined ? 0 : nth(relaxed.duals, areaRow) / relaxed.objective;
  return {
    elasticities: [{ parameter: 'area', elasticity: Math.abs(grows) <= nothing ? 0 : grows, layers: [] }],
    objective: relaxed.objective,
  };
}

/** The program of one layer on the machine found, its orders those of the mapping found. */
export function mappingRelaxation(
  request: JointRequest,
  { template, layers }: JointBest,
  layer: number,
): { readonly program: Program; readonly capacities: readonly CapacityRow[] } {
  const { mapping, architecture, evaluation, objective } = nth(layers, layer);
  const a = nth(lowerTemplate(template, request.technology), architecture);
  const task = questionOf(request, layer);
  const encoding = encode(a, task.layer, {
    conventions: task.conventions,
    goal: task.goal,
    padding: padTo(task.padding),
    known: evaluation,
    cycles: { min: minCycles(task, a), max: maxCycles(task, a, objective, minEnergy(task, a)) },
  });
  return { program: held(encoding.program, encoding.ordersOf(mapping)), capacities: encoding.capacities };
}

/** The program of all layers and sizes for the shape found. */
export function areaRelaxation(
  request: JointRequest,
  { point, template, layers, objective }: JointBest,
): { readonly program: Program; readonly areaRow: number | undefined } {
  const architectures = lowerTemplate(template, request.technology);
  const own = casesOf(request.space, request.technology, request.area).find((c) => isIn(point, c));
  invariant(own, 'the machine is none of the space within the area');
  const known = layers.map(({ architecture: arrangement, evaluation }, i) => {
    const [task, a] = [questionOf(request, i), nth(architectures, arrangement)];
    // With other sizes a layer may cost more, where others gain by it; but not more than all of them.
    return {
      arrangement,
      evaluation,
      cycles: {
        min: minCycles(task, a),
        max: maxCycles(task, a, objective / nth(request.layers, i).count, minEnergy(task, a)),
      },
    };
  });
  const { program, parts, sizes } = encodeJoint(request, own, known, request.padding);
  const orders = new Map(parts.flatMap((part, i) => [...part.ordersOf(nth(layers, i).mapping)]));
  return { program: held(program, orders), areaRow: sizes.areaRow };
}
