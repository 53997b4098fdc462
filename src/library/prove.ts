// Whether requirements can be met, as `magnet prove` answers it.

import type { Design } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { turn } from '../pool/turn.js';
import { askOn, columnsOn, minimumOn, shapesOn } from '../tuner/on-workers.js';
import type { Proven } from '../tuner/prove/prove.js';
import { prove as search } from '../tuner/prove/prove.js';
import type { ProveRequest } from '../tuner/prove/prove-request.js';
import { proveResult } from '../results/prove-answer.js';
import { proveDesign } from '../results/prove-design.js';
import type { ProveResultFile } from '../results/prove-result.js';
import { calledBy, callText, nameOf } from './called.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

/** How results name the space, and who hears what is being done. */
export interface ProveOptions extends CallOptions {
  /** The space before the network decided the width of its sums, as results name it: the request's own. */
  readonly named?: DesignSpace;
  /** What is being done, in a few words, for people. */
  readonly progress?: (doing: string) => void;
}

/** What `prove` answers. */
export interface ProveAnswer extends Proven {
  /** The machine and the mappings that meet all requirements, as `map` gives one; undefined where none are known. */
  readonly design: Design | undefined;
  /** What `prove --json` writes: `printProveResult` and `report` take it. */
  readonly result: ProveResultFile;
}

/** Whether any mapping, or any machine of a space, meets all requirements: proven, or what is known when the time is over. */
export async function prove(request: ProveRequest, options: ProveOptions = {}): Promise<ProveAnswer> {
  const { network, candidates, ...asked } = request;
  const proven = await searched(request, options);
  const { proof } = proven;
  const on = candidates.kind === 'machine' ? nameOf(candidates.machine) : JSON.stringify(candidates.space.name);
  const called = calledBy(callText('prove', [JSON.stringify(network.name), on], asked));
  return {
    ...proven,
    design: proof.status === 'feasible' ? proveDesign(request, proof.witness, called) : undefined,
    result: proveResult({ request, space: options.named }, proof),
  };
}

const searched = (request: ProveRequest, options: ProveOptions): Promise<Proven> =>
  inSession(options, ({ runner, logic, now, stopped }) =>
    search(request, {
      now,
      width: runner.width,
      shapes: shapesOn(runner),
      minimum: minimumOn(runner),
      columns: columnsOn(runner),
      ask: askOn(logic),
      turn,
      stopped,
      progress: options.progress ?? (() => {}),
    }),
  );
