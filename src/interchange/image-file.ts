// PNG and JPEG as pixels: decoders are loaded when the first image is read, and say the pixels that Pillow says.

import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';

/** Rows of pixels from the top, channels innermost, 0 to 255; without transparency. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** Grey, or red, green and blue. */
  readonly channels: 1 | 3;
  readonly pixels: Float64Array;
}

/** Brings the bytes of the JPEG decoder, which is WebAssembly beside its package: only who has files can read it. */
export type LoadJpeg = () => Promise<Uint8Array<ArrayBuffer>>;

const isPng = (bytes: Uint8Array) => [0x89, 0x50, 0x4e, 0x47].every((b, i) => bytes[i] === b);
const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8;
export const imageEnding = /\.(png|jpe?g)$/i;

/** The pixels of a PNG or a JPEG. Refused where it is neither, or damaged; never throws. */
export async function decodeImage(bytes: Uint8Array, loadJpeg: LoadJpeg): Promise<Parsed<Image>> {
  try {
    if (isPng(bytes)) return parsed(await decodePng(bytes));
    if (isJpeg(bytes)) return isWhole(bytes) ? parsed(await decodeJpeg(bytes, loadJpeg)) : damaged('JPEG', 'cut short');
  } catch (error) {
    return damaged(isPng(bytes) ? 'PNG' : 'JPEG', error instanceof Error ? error.message : String(error));
  }
  return refuse('malformed', [], 'neither PNG nor JPEG by its first bytes; expected one of these');
}

const damaged = (what: string, why: string) =>
  refuse(
    'malformed',
    [],
    `a ${what} file that is damaged, or of a kind that is not read (${why}); write it anew, or leave it out`,
  );

async function decodePng(bytes: Uint8Array): Promise<Image> {
  const { decode } = await import('fast-png');
  const { width, height, depth, channels, data, palette } = decode(bytes, { checkCrc: true });
  const all = depth < 8 ? unpackedBits(data, width * channels, height, depth) : data;
  if (!palette) {
    const pixels = colours(all, channels, 2 ** depth - 1);
    return { width, height, channels: channels < 3 ? 1 : 3, pixels };
  }
  // Of colours that may have a fourth number for what shines through.
  const rgb = Array.from(all).flatMap((index) => nth(palette, index).slice(0, 3));
  return { width, height, channels: 3, pixels: colours(rgb, 3, 255) };
}

/** Rows begin at whole bytes, the first number in the highest bits. */
function unpackedBits(data: ArrayLike<number>, each: number, rows: number, depth: number): Uint8Array {
  const row = Math.ceil((each * depth) / 8);
  return Uint8Array.from({ length: rows * each }, (_, i) => {
    const bit = (i % each) * depth;
    const byte = nth(data, Math.floor(i / each) * row + Math.floor(bit / 8));
    return (byte >> (8 - depth - (bit % 8))) & (2 ** depth - 1);
  });
}

/** Without a last channel that is none of colour, and from 0 to 255 whatever `max` was. */
function colours(data: ArrayLike<number>, channels: number, max: number): Float64Array {
  const kept = channels < 3 ? 1 : 3;
  const pixels = new Float64Array((data.length / channels) * kept);
  for (let i = 0; i < pixels.length; i++) {
    const value = nth(data, Math.floor(i / kept) * channels + (i % kept));
    pixels[i] = max === 255 ? value : (value * 255) / max;
  }
  return pixels;
}

/** Whether the last scan has an end: what is behind it the decoder would make up. */
function isWhole(bytes: Uint8Array): boolean {
  const lastOf = (marker: number): number => {
    for (let i = bytes.length - 2; i >= 0; i--) if (bytes[i] === 0xff && bytes[i + 1] === marker) return i;
    return -1;
  };
  return lastOf(0xd9) > lastOf(0xda);
}

/** Decoders that have been begun; one is enough for all images. */
let begun: Promise<(bytes: Uint8Array) => Promise<Image>> | undefined;

async function decodeJpeg(bytes: Uint8Array, loadJpeg: LoadJpeg): Promise<Image> {
  begun ??= beginJpeg(loadJpeg);
  return (await begun)(bytes);
}

async function beginJpeg(loadJpeg: LoadJpeg): Promise<(bytes: Uint8Array) => Promise<Image>> {
  const { default: decode, init } = await import('@jsquash/jpeg/decode.js');
  // It makes what browsers have.
  if (!('ImageData' in globalThis)) Object.assign(globalThis, { ImageData: Decoded });
  const said: string[] = [];
  const options = { print: () => {}, printErr: (line: string) => void said.push(line) };
  await (init as (module: WebAssembly.Module, options: object) => Promise<void>)(
    new WebAssembly.Module(await loadJpeg()),
    options,
  );
  return async (bytes) => {
    said.length = 0;
    try {
      const { width, height, data } = await decode(new Uint8Array(bytes).buffer);
      return { width, height, channels: 3, pixels: colours(data, 4, 255) };
    } catch {
      throw new Error(said.join(', ') || 'it has no image');
    }
  };
}

class Decoded {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}

/**
 * The pixels of an image plane by plane, in grey (1) or in colours (3), 0 to 255. Grey is that of Pillow: (19595 red + 38470
 * green + 7471 blue) / 2^16, halves up.
 */
export function planesOf({ width, height, channels, pixels }: Image, wanted: 1 | 3): Float64Array {
  const each = width * height;
  const planes = new Float64Array(wanted * each);
  for (let at = 0; at < each; at++)
    if (wanted === 1 && channels === 3) {
      const [red, green, blue] = [nth(pixels, 3 * at), nth(pixels, 3 * at + 1), nth(pixels, 3 * at + 2)];
      planes[at] = Math.floor((19595 * red + 38470 * green + 7471 * blue + 32768) / 65536);
    } else
      for (let c = 0; c < wanted; c++) planes[c * each + at] = nth(pixels, at * channels + (channels === 1 ? 0 : c));
  return planes;
}
