// Tasks on shapes in this thread, cloned on their way in and out as a worker's are.

import { seeded } from '../../src/base/random.js';
import type { Remote } from '../../src/pool/tasks.js';
import type { ShapeTasks } from '../../src/tuner/codesign/shape-task.js';
import { shapesHere } from '../../src/tuner/codesign/shapes-here.js';

const cloned =
  <I, A>(task: (input: I) => Promise<A>) =>
  async (input: I): Promise<A> =>
    structuredClone(await task(structuredClone(input)));

export const shapes: Remote<ShapeTasks> = {
  floors: cloned(shapesHere.floors),
  advance: cloned(shapesHere.advance),
  machineAt: cloned(shapesHere.machineAt),
  sketch: cloned(shapesHere.sketch),
};

/** `told` hears of each task before it runs. */
export function overheard(told: (name: keyof ShapeTasks) => void): Remote<ShapeTasks> {
  const first =
    <I, A>(name: keyof ShapeTasks, task: (input: I) => Promise<A>) =>
    (input: I): Promise<A> => {
      told(name);
      return task(input);
    };
  return {
    floors: first('floors', shapes.floors),
    advance: first('advance', shapes.advance),
    machineAt: first('machineAt', shapes.machineAt),
    sketch: first('sketch', shapes.sketch),
  };
}

/** Workers that answer in an order of chance. */
export function outOfOrder(order: number): Remote<ShapeTasks> {
  const chance = seeded(order);
  const late =
    <I, A>(task: (input: I) => Promise<A>) =>
    async (input: I): Promise<A> => {
      const answer = await task(input);
      for (let turns = chance.below(4); turns > 0; turns--) await new Promise((resume) => setImmediate(resume));
      return answer;
    };
  return {
    floors: late(shapes.floors),
    advance: late(shapes.advance),
    machineAt: late(shapes.machineAt),
    sketch: late(shapes.sketch),
  };
}
