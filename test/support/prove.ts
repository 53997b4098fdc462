// A stand-in for the search of `prove`: answers that a test chooses, with mappings of a short walk where they need some.

import { timeLimit } from '../../src/base/stop-reason.js';
import type { MakeProver } from '../../src/cli/workers.js';
import { arrangementsOf } from '../../src/model/space/design.js';
import { parameters, templateAt } from '../../src/model/space/design-space.js';
import type { DesignPoint } from '../../src/model/space/design-space.js';
import type { Machinery } from '../../src/model/machine/presets.js';
import type { Requirement } from '../../src/model/cost/requirement.js';
import { annealing } from '../../src/search/mapping/heuristics.js';
import type { Script } from '../../src/smt/script.js';
import { atMost, number, symbol } from '../../src/smt/script.js';
import type { Needed, Proof, Witness } from '../../src/tuner/prove/proof.js';
import type { ProveHooks, ProveRequest } from '../../src/tuner/prove/prove-request.js';
import { shapesHere } from '../../src/tuner/codesign/shapes-here.js';

export interface FakeProof {
  /** What is answered; by default that the requirements are met. */
  readonly proof?: (request: ProveRequest, hooks: ProveHooks) => Proof | Promise<Proof>;
  /** Questions are never answered, instead of refused. */
  readonly silent?: boolean;
  readonly requests?: ProveRequest[];
  readonly closed?: () => void;
}

export const fakeProver =
  (fake: FakeProof = {}): MakeProver =>
  () => ({
    async prove(request, hooks) {
      fake.requests?.push(request);
      hooks.progress('looking at layers');
      const proof = await (fake.proof ?? feasible)(request, hooks);
      return { proof, script: scriptOf(request) };
    },
    hooks: {
      width: 1,
      shapes: shapesHere,
      minimum: fake.silent ? never : none,
      columns: fake.silent ? never : none,
      ask: fake.silent ? never : none,
    },
    close: () => {
      fake.closed?.();
      return Promise.resolve();
    },
  });

const never = () => new Promise<never>(() => {});
const none = () => Promise.reject(new Error('nothing to run'));

const scriptOf = ({ requirements }: ProveRequest): Script => ({
  title: ['a stand-in'],
  declarations: [{ name: 'latency', sort: 'Real' }],
  assertions: requirements.map((r) => ({ term: atMost(symbol('latency'), number(1)), name: `limit ${r.text}` })),
});

export const feasible = async (request: ProveRequest): Promise<Proof> => ({
  status: 'feasible',
  witness: await witnessOf(request),
  seconds: 2,
});

/** Mappings on the machine, or on the one with the largest values of every menu. */
export async function witnessOf({
  network,
  candidates,
  technology,
  conventions,
  padding,
}: ProveRequest): Promise<Witness> {
  const machine: Machinery =
    candidates.kind === 'machine'
      ? candidates.machine
      : { kind: 'template', template: templateAt(candidates.space, { ...largest(candidates.space.menus), rows: 1 })! };
  const architectures = arrangementsOf(machine, technology);
  const layers: Witness['layers'][number][] = [];
  for (const { layer, count } of network.layers) {
    const { best } = await annealing.find(
      { architectures, layer, conventions, goal: { objective: 'edp', limits: {} }, padding },
      { time: Infinity, evaluations: 200, gap: 0, seed: 1, now: () => 0 },
    );
    if (!best) throw new Error(`no mapping of ${layer.name}`);
    layers.push({ layer, count, found: best });
  }
  const parts = architectures[0]!.area;
  return { machine, area: parts.length === 0 ? undefined : parts.reduce((n, p) => n + p.area, 0), layers };
}

const largest = (menus: Readonly<Record<string, readonly number[]>>) =>
  Object.fromEntries(parameters.map((p) => [p, menus[p]!.at(-1)])) as DesignPoint;

/** That the first requirements exclude each other, with what each must be. */
export const excluded =
  (needed: readonly Needed[], more: Partial<Extract<Proof, { status: 'infeasible' }>> = {}) =>
  ({ requirements }: ProveRequest): Proof => ({
    status: 'infeasible',
    core: needed.map((n, i) => ({ requirement: requirements[i] as Requirement, needed: n })),
    minimal: true,
    also: [],
    shortages: [],
    layers: [],
    seconds: 3,
    ...more,
  });

export const open = (): Proof => ({
  status: 'unknown',
  reason: timeLimit,
  settled: ['conv costs at least 12 cycles'],
  seconds: 600,
});
