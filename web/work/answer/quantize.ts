// `quantize` answered: scales from the samples, the integers that follow, and the file of them.

import type { Samples } from 'magnet-accelerator';
import {
  precisionText,
  printQuantizeResult,
  quantizeNetwork,
  quantizeSchema,
  quantizeTurns,
  samplesOf,
  shapedFor,
  stamped,
  version,
} from 'magnet-accelerator';
import type { AskedQuantize } from '../ask/quantize.js';
import { sound } from './answer.js';
import type { Calls, Found, Tell } from './found.js';
import { inputOf, numbersIn } from './samples.js';

export async function quantizedHere(asked: AskedQuantize, _: Calls, progress: Tell): Promise<Found> {
  const { given, network, trained, how, batch, accumPrecision, output } = asked;
  const calibration = await samplesIn(asked);
  const question = { trained, calibration, source: given.samples, how, batch, accumPrecision };
  const parts = quantizeTurns(question);
  let begun = 0;
  const found = await quantizeNetwork(question, {
    turn(doing) {
      progress({ kind: 'doing', said: `${doing}, ${++begun} of ${parts} parts` });
      return Promise.resolve(true);
    },
  });
  const quantized = sound(found);
  if (!quantized) throw new Error('nothing was quantized');
  const { overflows, file, made } = quantized;
  if (overflows.length > 0)
    throw new Error([...overflows, 'take wider accumulators, or fewer bits for these layers'].join('\n'));
  const result = {
    schema: quantizeSchema,
    network: given.network,
    made,
    output: { file: output, bytes: file.length },
  } as const;
  return {
    title: `${network.name} in ${precisionText(how)}`,
    status: 'feasible',
    reason: '',
    facts: {},
    design: undefined,
    result: printQuantizeResult(stamped(result, version)),
    quantized: { name: output, bytes: new Uint8Array(file) },
  };
}

/** In the shape of the network's input. */
async function samplesIn({ given, trained, normal, ...named }: AskedQuantize): Promise<Samples> {
  const graph = sound(trained.graphFor(1));
  const file = await numbersIn(named, given.samples);
  return shapedFor(graph, sound(samplesOf(given.samples, file, inputOf(graph), normal)));
}
