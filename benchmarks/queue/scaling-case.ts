// One question of the scaling study, in a process that nothing was asked of before: its number, the costs of a message and numbers of
// workers as words; the case as JSON on standard output.

import { findNetwork, forNetworks, magnetConventions, spaces, technology16nm } from '../../src/index.js';
import type { openRunner as OpenRunner } from '../../src/pool/node/open-runner.js';
import type { Codesign } from '../../src/tuner/codesign/codesign-hooks.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import type { ShapeTasks } from '../../src/tuner/codesign/shape-task.js';
import type { Remote, TaskModule } from '../../src/pool/tasks.js';
import type { TunerTasks } from '../../src/tuner/tuner-tasks.js';
import type { shapesOn as ShapesOn } from '../../src/tuner/on-workers.js';
import { scalingOf } from './scaling-study.js';
import type { Checked, ScalingCase } from './scaling-page.js';
import type { ScalingQuestion } from './scaling-questions.js';
import { scalingQuestions } from './scaling-questions.js';
import { Measured } from './virtual-workers.js';

/** As compiled: sources as tsx reads them are slower. */
const dist = (path: string) => import(new URL(`../../dist/${path}`, import.meta.url).href) as Promise<unknown>;
const { codesign } = (await dist('tuner/codesign/codesign.js')) as { codesign: Codesign };
const { shapesHere } = (await dist('tuner/codesign/shapes-here.js')) as { shapesHere: Remote<ShapeTasks> };
const { openRunner } = (await dist('pool/node/open-runner.js')) as { openRunner: typeof OpenRunner };
const { tunerTasks } = (await dist('tuner/tuner-tasks.js')) as { tunerTasks: TaskModule<TunerTasks> };
const { shapesOn } = (await dist('tuner/on-workers.js')) as { shapesOn: typeof ShapesOn };

function requestOf({ network: name, space, objective, gap }: ScalingQuestion): CodesignRequest {
  const found = findNetwork(name);
  const named = spaces.find((s) => s.name === space);
  if (!found.ok || !named) throw new Error(`${name} in ${space}`);
  return {
    networks: [{ network: found.value, weight: 1 }],
    space: forNetworks(named, [found.value]),
    technology: technology16nm,
    conventions: magnetConventions,
    objective,
    limits: { area: 3 },
    padding: true,
    gap,
    timeLimit: 1e6,
  };
}

/** By threads of this machine, new ones. */
async function timed(request: CodesignRequest, width: number) {
  const runner = openRunner(tunerTasks, width);
  const [from, began] = [process.cpuUsage(), performance.now()];
  await codesign(request, {
    now: () => performance.now(),
    width,
    shapes: shapesOn(runner),
    progress: () => {},
    stopped: () => false,
  });
  const { user, system } = process.cpuUsage(from);
  const seconds = (performance.now() - began) / 1000;
  await runner.close();
  return { seconds, cpu: (user + system) / 1e6 };
}

/** Milliseconds of a message between threads. */
const threadCosts = { lead: 0.2, way: 0.1 };
const [number = 0, lead = 0, way = 0, check = 0, ...widths] = process.argv.slice(2).map(Number);
const question = scalingQuestions[number]!;
const request = requestOf(question);
const measured = new Measured(shapesHere);
const rows = await scalingOf(codesign, request, measured, { lead, way }, widths);
const checked: Checked[] = [];
for (const width of check ? [1, 2] : []) {
  const [foretold] = await scalingOf(codesign, request, measured, threadCosts, [width], rows[0]?.begin);
  checked.push({ workers: width, ...(await timed(request, width)), foretold: foretold!.wall / 1000 });
}
const { name, network, space, objective, gap } = question;
const said = `magnet codesign ${network} --space ${space} --limit area=3mm2 --objective ${objective} --gap ${100 * gap}% --no-residency`;
const done: ScalingCase = { name, question: said, rows, checked };
console.log(JSON.stringify(done));
