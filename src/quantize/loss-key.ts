// A key for what a trained network loses by some words on some samples: equal keys, equal losses.

import { precisionText } from './quantize-options.js';
import type { QuantizeOptions } from './quantize-options.js';
import type { Trained } from './quantize.js';
import type { Samples } from './samples.js';

/** SHA-256 of bytes, as hexadecimal digits. */
async function hashOf(bytes: ArrayBufferView<ArrayBuffer> | string): Promise<string> {
  const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Numbers as they lie in memory, copied only where that memory is shared with other threads. */
const bytesOf = (values: Float64Array): Float64Array<ArrayBuffer> =>
  values.buffer instanceof ArrayBuffer ? (values as Float64Array<ArrayBuffer>) : Float64Array.from(values);

/** Keys of one network whose scales are set by some samples: large parts are read once. */
export class LossKeys {
  readonly #samples = new Map<Samples, Promise<string>>();
  #network: Promise<string> | undefined;

  /** `version` of magnet: its arithmetic and the way it quantizes. */
  constructor(
    readonly trained: Trained,
    readonly calibration: Samples,
    readonly version: string,
  ) {}

  /** Of the loss by `how`, counted on `samples`. */
  async of(how: QuantizeOptions, samples: Samples): Promise<string> {
    const { weightBits, bits, layerBits, ...settings } = how;
    const single = [...(layerBits ?? [])].map(([layer, precision]) => [layer, precisionText(precision)]);
    const parts = [
      this.version,
      await (this.#network ??= networkHash(this.trained)),
      await this.#hashOf(this.calibration),
      await this.#hashOf(samples),
      precisionText({ weightBits, bits }),
      single.sort(),
      Object.entries(settings).sort(),
    ];
    return hashOf(JSON.stringify(parts));
  }

  #hashOf(samples: Samples): Promise<string> {
    const known = this.#samples.get(samples) ?? samplesHash(samples);
    this.#samples.set(samples, known);
    return known;
  }
}

async function networkHash({ graphFor, weights }: Trained): Promise<string> {
  const graph = graphFor(1);
  // What it is called changes nothing.
  const shape = graph.ok ? { ...graph.value, name: '' } : graph;
  const numbers: string[] = [];
  for (const [name, values] of weights) numbers.push(`${name} ${await hashOf(bytesOf(values))}`);
  return hashOf(JSON.stringify([shape, numbers.sort()]));
}

const samplesHash = async ({ shape, count, values, labels }: Samples): Promise<string> =>
  hashOf(JSON.stringify([shape, count, await hashOf(bytesOf(values)), Array.from(labels)]));
