// PNG and JPEG: the pixels that Pillow has of the same files, in colours and in grey, and what is wrong with damaged ones.
//
// Beside each image of `images/` lie the bytes that Pillow 9.4 makes of it: Image.open(file).convert('RGB') and convert('L').

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { decodeImage, imageEnding, planesOf } from '../../src/interchange/image-file.js';

const folder = new URL('./images/', import.meta.url);
/** As files are read: parts of memory that others have a part of too. */
const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, folder));
const decoder = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
const loadJpeg = () => Promise.resolve(new Uint8Array(readFileSync(decoder)));
const images = readdirSync(folder).filter((name) => imageEnding.test(name) && name !== 'cmyk.jpg');

test.each(images)('%s', async (name) => {
  const image = await decodeImage(bytesOf(name), loadJpeg);
  if (!image.ok) throw new Error(image.diagnostics[0]?.message);
  expect([image.value.width, image.value.height]).toEqual([13, 7]);
  expect([...planesOf(image.value, 1)]).toEqual([...bytesOf(`${name}.l`)]);
  const rgb = bytesOf(`${name}.rgb`);
  const planes = [0, 1, 2].flatMap((c) => [...rgb.filter((_, i) => i % 3 === c)]);
  expect([...planesOf(image.value, 3)]).toEqual(planes);
});

describe('is refused', () => {
  const spoiled = (name: string, at: number) => bytesOf(name).map((b, i) => (i === at ? b ^ 1 : b));
  test.each([
    ['what is no image', Uint8Array.of(1, 2, 3), /neither PNG nor JPEG/],
    ['nothing', new Uint8Array(0), /neither PNG nor JPEG/],
    ['half a JPEG', bytesOf('subsampled.jpg').subarray(0, 500), /JPEG file that is damaged.*\(cut short\)/],
    ['a JPEG in colours of print', bytesOf('cmyk.jpg'), /of a kind that is not read \(Unsupported color conversion/],
    ['half a PNG', bytesOf('rgb.png').subarray(0, 90), /PNG file that is damaged/],
    ['a PNG with another bit', spoiled('rgb.png', 60), /PNG file that is damaged.*CRC/],
  ])('%s', async (_, bytes, why) => {
    const image = await decodeImage(bytes, loadJpeg);
    expect(!image.ok && image.diagnostics[0]?.message).toMatch(why);
    // The decoder is as good as new.
    expect((await decodeImage(bytesOf('grey.jpg'), loadJpeg)).ok).toBe(true);
  });
});
