// Why nothing fits, for the layers of a comparison of which that is proven, or for a whole space of machines.

import { whyText } from '../../tuner/codesign/codesign-reason.js';
import { defined } from '../../base/invariant.js';
import type { Comparison } from '../../tuner/compare/comparison.js';
import { makeEngine } from '../codesign/codesign-engine.js';
import { whyInfeasible } from '../infeasible.js';
import { makeAsk } from '../prove/ask-z3.js';
import { makeSolve } from '../solve-locally.js';
import type { CompareJob } from './compare-job.js';

/** By the names of the arenas, within the time of a proof; empty for what fits, and where nothing could be settled in time. */
export async function reasonsFor(
  { request, question }: Pick<CompareJob, 'request' | 'question'>,
  proofTime: number,
  { arenas }: Comparison,
  now: () => number,
  stopped: () => boolean,
): Promise<ReadonlyMap<string, string>> {
  const impossible = arenas.filter(({ reference }) => reference.bound === Infinity).map((a) => a.name);
  if (impossible.length === 0 || stopped()) return new Map();
  if (question.kind === 'machines') {
    const engine = makeEngine(1);
    try {
      const causes = await defined(engine.whyNone)(question.codesign, {
        now,
        width: engine.width,
        shapes: engine.shapes,
        stopped,
      });
      return causes.length === 0 ? new Map() : new Map(impossible.map((name) => [name, whyText({ causes })]));
    } finally {
      await engine.close();
    }
  }
  const [solving, asking] = [makeSolve(1), makeAsk()];
  const found = new Map<string, string>();
  try {
    for (const { layer, ...rest } of question.tasks.filter((t) => impossible.includes(t.layer.name))) {
      if (stopped()) break;
      found.set(
        layer.name,
        await whyInfeasible({ layer, ...rest }, { solve: solving.solve, ask: asking.ask, now }, 'auto', {
          time: proofTime,
          evaluations: Infinity,
          gap: request.gap,
          seed: request.seed,
        }),
      );
    }
    return found;
  } finally {
    await Promise.all([solving.close(), asking.close()]);
  }
}
