// What a co-design of a few layers finds, held to the best of all machines of a tiny space with all their mappings.

import { expect } from 'vitest';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import type { CountedLayer, Network } from '../../src/model/workload/network.js';
import { codesign } from '../../src/tuner/codesign/codesign.js';
import type { CodesignHooks } from '../../src/tuner/codesign/codesign-hooks.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import { near } from './boxes.js';
import { everyMachine } from './census.js';
import { shapes } from './shapes.js';

const objectives = ['latency', 'energy', 'layer-edp'] as const;
type Found = Awaited<ReturnType<typeof codesign>>;

/** `look` may ask about another network of the same question. */
export async function expectBestOfSpace(
  space: DesignSpace,
  layers: readonly CountedLayer[],
  look: (
    objective: (typeof objectives)[number],
    found: Found,
    ask: (other: (network: Network) => Network) => Promise<Found>,
  ) => Promise<void> | void,
): Promise<void> {
  const network: Network = { name: 'net', source: 'test', unmapped: [], layers };
  const machines = everyMachine(
    space,
    near,
    layers.map(({ layer }) => layer),
    false,
  );
  const now = () => performance.now();
  const hooks: CodesignHooks = { now, width: 1, shapes, progress: () => {}, stopped: () => false };
  for (const objective of objectives) {
    const request: CodesignRequest = {
      networks: [{ network, weight: 1 }],
      space,
      technology: near,
      conventions: magnetConventions,
      objective,
      limits: {},
      padding: false,
      gap: 1e-9,
      timeLimit: 60,
    };
    const value = (c: { readonly energy: number; readonly cycles: number }) =>
      ({ latency: c.cycles, energy: c.energy, 'layer-edp': c.energy * c.cycles })[objective];
    const truth = Math.min(
      ...machines.map(({ fronts }) =>
        fronts.reduce((sum, front, i) => sum + layers[i]!.count * Math.min(Infinity, ...front.map(value)), 0),
      ),
    );
    const found = await codesign(request, hooks);
    expect(found.best!.objective / truth).toBeCloseTo(1, 9);
    expect(found.bound).toBeLessThanOrEqual(truth * (1 + 1e-9));
    await look(objective, found, (other) =>
      codesign({ ...request, networks: [{ network: other(network), weight: 1 }] }, hooks),
    );
  }
}
