// The mappings of a design certified: that none is better by more than a share, every leaf of the proof checked in whole numbers.

import type { Design } from '../model/space/design.js';
import { arrangementsOf, fits } from '../model/space/design.js';
import { evaluate } from '../model/cost/evaluate.js';
import { measure } from '../model/cost/goal.js';
import { objectiveOfLayers } from '../model/cost/network-goal.js';
import { eachAtOnce } from '../base/each-at-once.js';
import type { Certification } from '../tuner/certify.js';
import { certifyOn } from '../tuner/on-workers.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

/** What is left out is as for the command. */
export interface CertifyDesignOptions extends CallOptions {
  /** No mapping is to be below the design's x (1 - eps): 1e-3. */
  readonly eps?: number;
  /** Seconds a layer: 60. */
  readonly timeLimit?: number;
  /** Padded bounds are among the mappings that are asked about: they are, unless it is false. */
  readonly padding?: boolean;
  /** The eps that the search for a layer has come to, not yet checked. */
  readonly progress?: (layer: string, eps: number) => void;
}

/** The certificate of one layer of a design. */
export interface CertifiedLayer extends Certification {
  readonly layer: string;
}

/**
 * Certificates of every layer of a design that has a mapping, in its order: that none is better by more than `eps`, checked in
 * whole numbers. The claim is about the machine and the goal that the design names.
 */
export function certify(design: Design, options: CertifyDesignOptions = {}): Promise<readonly CertifiedLayer[]> {
  const { eps = 1e-3, timeLimit = 60, padding = true, progress = () => {} } = options;
  const { machine, technology, conventions } = design;
  const goal = { objective: objectiveOfLayers[design.goal.objective], limits: design.goal.limits };
  const architectures = arrangementsOf(machine, technology);
  const claims = design.layers.flatMap(({ layer, mapping }) => {
    const architecture = mapping ? architectures.findIndex(fits(mapping)) : -1;
    const a = architectures[architecture];
    if (!mapping || !a) return [];
    const evaluation = evaluate(a, layer, mapping, conventions);
    return [{ layer, best: { mapping, architecture, evaluation, objective: measure(goal.objective, evaluation) } }];
  });
  return inSession(options, async ({ runner, stopped }) => {
    const certified: CertifiedLayer[] = [];
    const certifyLayer = certifyOn(runner);
    await eachAtOnce(
      runner.width,
      claims,
      async ({ layer, best }, i) => {
        const certificate = await certifyLayer(
          { architectures, layer, conventions, goal, padding },
          { status: 'feasible', best },
          { eps, time: timeLimit },
          (reached) => progress(layer.name, reached),
        );
        certified[i] = { layer: layer.name, ...certificate };
      },
      stopped,
    );
    return certified;
  });
}
