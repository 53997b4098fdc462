// Dropped files, read where they are worked on: the page hands them over unread, so that a large one stops nothing.

import { withinMemory } from './memory.js';
import type { DroppedFile } from './question.js';

/** Beyond it even its copy in a worker's memory is more than browsers give. */
const largest = 2 ** 30;

/** Throws where it is too large to be read. */
export function readable({ name, size }: File): void {
  if (size > largest)
    throw new Error(`${name} has more than 1 GiB, for which a browser has no memory; use the command line`);
}

export const bytesIn = (files: readonly File[]): Promise<readonly DroppedFile[]> =>
  Promise.all(
    files.map((file) => {
      readable(file);
      return withinMemory(file.name, async () => ({
        name: file.name,
        bytes: new Uint8Array(await file.arrayBuffer()),
      }));
    }),
  );

/** What gzip has packed, as it was. */
export async function unpacked({ name, bytes }: DroppedFile): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const plain = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch {
    throw new Error(`${name}: packed by gzip, but damaged; get it again`);
  }
}
