// `accuracy` answered: how many labelled samples a network gets right in real numbers, and in integers.

import {
  accuracyTurns,
  classifierFor,
  labelledOf,
  measureAccuracy,
  precisionText,
  printAccuracyResult,
  samplesBefore,
  samplesOf,
  shapedFor,
  stamped,
  version,
} from 'magnet-accelerator';
import type { AskedAccuracy } from '../ask/accuracy.js';
import type { Answer } from '../question.js';
import { sound } from './answer.js';
import type { Calls, Found, Tell } from './found.js';
import { inputOf, numbersIn } from './samples.js';

const statuses = { within: 'feasible', beyond: 'infeasible', undecided: 'unknown' } as const satisfies Readonly<
  Record<string, Answer['status']>
>;

export async function accuracyHere(asked: AskedAccuracy, _: Calls, progress: Tell): Promise<Found> {
  const { given, network, trained, how, first, maxLoss } = asked;
  const { counted, calibration, names } = await samplesFor(asked);
  const graph = trained.graphFor(1);
  sound(classifierFor(graph, counted, calibration));
  const question = {
    network: given.network,
    trained,
    counted,
    data: given.data,
    first,
    names,
    calibration,
    calibrate: given.samples === '' ? undefined : given.samples,
    how,
    maxLoss,
  };
  const parts = accuracyTurns(question);
  let begun = 0;
  const found = await measureAccuracy(question, {
    turn(doing) {
      progress({ kind: 'doing', said: `${doing}, ${++begun} of ${parts} parts` });
      return Promise.resolve(true);
    },
  });
  const result = sound(found);
  if (!result) throw new Error('nothing was measured');
  const right = ({ first: share }: { readonly first: number }) => Math.round(share * counted.count);
  const words = trained.given ? 'its words' : precisionText(how);
  return {
    title:
      `${network.name}: ${right(result.real)} of ${counted.count} samples right in real numbers, ` +
      `${right(result.integer)} in ${words}`,
    status: result.verdict ? statuses[result.verdict.status] : 'feasible',
    reason: '',
    facts: {},
    design: undefined,
    result: printAccuracyResult(stamped(result, version)),
  };
}

/** Those that are classified, and those that set the scales. */
async function samplesFor({ given, trained, data, labels, calibration, normal: by, first }: AskedAccuracy) {
  const graph = sound(trained.graphFor(1));
  const input = inputOf(graph);
  const own = await numbersIn(data, given.data);
  const classes = labels && (await numbersIn(labels, given.labels, 'labels'));
  const asked = { data: given.data, ...(labels && { labels: given.labels }), own, given: classes, first, input, by };
  const { counted, all, names } = sound(labelledOf(asked));
  const others = async () =>
    given.samples === given.data || !calibration
      ? sound(samplesBefore(given.data, all, first))
      : sound(samplesOf(given.samples, await numbersIn(calibration, given.samples), input, by));
  return {
    counted: shapedFor(graph, counted),
    calibration: calibration && shapedFor(graph, await others()),
    names,
  };
}
