// Folders of images, one for each class, as samples of a network.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { decodeImage, imageEnding, planesOf } from '../../interchange/image-file.js';
import type { SampleFile } from '../../interchange/samples-file.js';
import { located, readBytes } from '../files.js';
import type { Io } from '../io.js';

/** What samples are for. */
export interface Wanted {
  readonly network: string;
  /** Sizes of one sample; undefined where they are not known. */
  readonly input: readonly number[] | undefined;
  /** How many scores it puts out, likewise. */
  readonly classes: number | undefined;
}

/** Numbers that are held at once, in 4 GB. */
const mostNumbers = 2 ** 29;

/** What lies there that is no image, and nobody put there. */
const ignored = /^(\.|thumbs\.db$|desktop\.ini$)/i;

/** Names in a folder, sorted; undefined of what is none. */
export function namesIn(io: Io, path: string): readonly string[] | undefined {
  try {
    return io.list(path)?.toSorted();
  } catch {
    return undefined;
  }
}

interface Listed {
  readonly images: readonly { readonly path: string; readonly label: number }[];
  /** Of the folders, where they are no numbers. */
  readonly names: readonly string[] | undefined;
}

/** `most` images at most, one of each class in turn, so that some of them are of all classes. */
export async function readFolder(io: Io, folder: string, wanted: Wanted, most = Infinity): Promise<Parsed<SampleFile>> {
  const { network, input = [] } = wanted;
  const [channels = 0, height = 0, width = 0] = input;
  if (input.length !== 3 || (channels !== 1 && channels !== 3))
    return refuse(
      'wrong-shape',
      [],
      `${folder} has images; ${network} takes [${input.join(', ')}], expected [1 or 3 channels, height, width]`,
    );
  const all = listed(io, folder, wanted);
  if (!all.ok) return all;
  const { names } = all.value;
  const images = all.value.images.slice(0, most);
  const each = channels * height * width;
  if (images.length * each > mostNumbers)
    return refuse(
      'out-of-range',
      [],
      `${folder} has ${images.length} images of [${input.join(', ')}], ${images.length * each} numbers, which have no room at once; ` +
        `take ${Math.floor(mostNumbers / each)} of them at most, with --first and --samples, or put fewer there`,
    );
  const values = new Float64Array(images.length * each);
  for (const [i, { path }] of images.entries()) {
    const bytes = readBytes(io, path);
    if (!bytes.ok) return bytes;
    const image = located(path, await decodeImage(bytes.value, jpegDecoder));
    if (!image.ok) return image;
    if (image.value.width !== width || image.value.height !== height)
      return refuse(
        'wrong-shape',
        [],
        `${path} is ${image.value.width} pixels wide and ${image.value.height} high; ${network} takes ${width} and ` +
          `${height}: scale or crop all images as for its training`,
      );
    values.set(planesOf(image.value, channels), i * each);
  }
  const labels = Float64Array.from(images, ({ label }) => label);
  return parsed({ shape: [images.length, ...input], values, labels, bytes: true, ...(names && { names }) });
}

function listed(io: Io, folder: string, { network, classes }: Wanted): Parsed<Listed> {
  const inside = (namesIn(io, folder) ?? []).filter((name) => !ignored.test(name));
  const folders = inside.flatMap((name) => {
    const names = namesIn(io, `${folder}/${name}`);
    return names ? [{ name, names: names.filter((n) => !ignored.test(n)) }] : [];
  });
  if (folders.length === 0)
    return refuse('empty', [], `${folder} has no folders; expected one for each class, with its images`);
  const isNumbered = folders.every(({ name }) => /^\d+$/.test(name));
  if (!isNumbered && classes !== undefined && folders.length !== classes)
    return refuse(
      'wrong-shape',
      [],
      `${folder} has ${folders.length} folders (${folders
        .map(({ name }) => name)
        .slice(0, 5)
        .join(', ')} ...), ` +
        `${network} tells ${classes} classes apart; expected one for each in the order of their names, or numbers as names`,
    );
  const found: { readonly path: string; readonly label: number }[][] = [];
  for (const [i, { name, names }] of folders.entries()) {
    const other = names.find((file) => !imageEnding.test(file));
    if (other !== undefined)
      return refuse('foreign-file', [], `${folder}/${name}/${other} is no image; expected .png, .jpg or .jpeg`);
    for (const [turn, file] of names.entries())
      (found[turn] ??= []).push({ path: `${folder}/${name}/${file}`, label: isNumbered ? Number(name) : i });
  }
  const own = isNumbered ? undefined : folders.map(({ name }) => name);
  return found.length > 0
    ? parsed({ images: found.flat(), names: own })
    : refuse('empty', [], `${folder} has no images in its folders`);
}

/** The decoder lies beside the code of its package. */
const jpegDecoder = (): Promise<Uint8Array<ArrayBuffer>> => {
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
  return Promise.resolve(new Uint8Array(readFileSync(path)));
};
