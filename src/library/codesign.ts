// The best machine of a space, as `magnet codesign` finds it.

import type { Design } from '../model/space/design.js';
import { turn } from '../pool/turn.js';
import { codesign as search } from '../tuner/codesign/codesign.js';
import type { Checkpoint, CodesignState, CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import { whyNone } from '../tuner/codesign/why-none.js';
import { askOn, shapesOn } from '../tuner/on-workers.js';
import { codesignDesign } from '../results/codesign-design.js';
import { calledBy, callText } from './called.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

export interface CodesignOptions extends CallOptions {
  readonly progress?: (state: CodesignState) => void;
  /** What an earlier call was told last: this one begins there. */
  readonly resume?: Checkpoint;
  readonly checkpoint?: (checkpoint: Checkpoint) => void;
}

export interface Codesigned extends CodesignResult {
  /** The best machine with the mappings of all networks, as `map` gives one; undefined where none was found. */
  readonly design: Design | undefined;
}

/** Where no machine will do, the reason and its causes say why; `whyText` puts them into words. */
export async function codesign(request: CodesignRequest, options: CodesignOptions = {}): Promise<Codesigned> {
  const result = await searched(request, options);
  const { best } = result;
  const names = JSON.stringify(request.networks.map((n) => n.network.name));
  const { networks: _, space, ...asked } = request;
  const called = calledBy(callText('codesign', [names, JSON.stringify(space.name)], asked));
  return { ...result, design: best && codesignDesign(request, { ...result, best, space }, called) };
}

const searched = (request: CodesignRequest, options: CodesignOptions): Promise<CodesignResult> =>
  inSession(options, async ({ runner, logic, now, stopped }) => {
    const { progress = () => {}, resume, checkpoint } = options;
    const engine = { now, width: runner.width, shapes: shapesOn(runner), stopped };
    const result = await search(request, {
      ...engine,
      turn,
      progress,
      ...(resume && { resume }),
      ...(checkpoint && { checkpoint }),
    });
    if (result.status !== 'infeasible' || stopped()) return result;
    const left = { ...request, timeLimit: request.timeLimit - result.seconds };
    return { ...result, causes: await whyNone(left, askOn(logic), engine) };
  });
