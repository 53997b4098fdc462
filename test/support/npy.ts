// Arrays of real numbers as numpy.save writes them, which magnet only reads.

import { printNpy } from '../../src/interchange/npy.js';

/** With another type in the header. */
export function another(npy: Uint8Array, from: string, to: string): Uint8Array {
  const bytes = Uint8Array.from(npy);
  bytes.set(new TextEncoder().encode(to), new TextDecoder('latin1').decode(bytes).indexOf(from));
  return bytes;
}
/** As numpy.save writes 32-bit floats. */
export const floats = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  another(printNpy({ shape, data: new Int32Array(Float32Array.from(values).buffer) }, 'int32'), '<i4', '<f4');
