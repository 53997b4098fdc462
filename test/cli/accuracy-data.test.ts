// Data of `magnet accuracy`: the same samples as a folder of images, as arrays of NumPy's and as IDX say the same.

import { zipSync } from 'fflate';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { printNpy } from '../../src/interchange/npy.js';
import { onnxFile } from '../support/onnx.js';
import { parts } from '../support/small-network.js';
import { run } from './run.js';

const chance = seeded(9);
const [classes, each, side] = [3, 8, 6];
const pixelsOf = () => Uint8Array.from({ length: side * side }, () => chance.below(256));
const png = (pixels: Uint8Array, width = side) =>
  encode({ width, height: pixels.length / width, data: pixels, channels: 1, depth: 8 });

/** One of each class in turn: 24 to count, and 24 that set the scales. */
const [counted, others] = [0, 1].map(() => Array.from({ length: classes * each }, pixelsOf)) as [
  Uint8Array[],
  Uint8Array[],
];
const folder = (name: string, images: readonly Uint8Array[], names: readonly string[]) =>
  Object.fromEntries(
    images.map((pixels, i) => [`${name}/${names[i % classes]!}/${String(i).padStart(2, '0')}.png`, png(pixels)]),
  );
const sizes = [classes * each, side, side];
const array = (images: readonly Uint8Array[], shape: readonly number[] = sizes) =>
  printNpy({ shape, data: Int32Array.from(images.flatMap((p) => [...p])) }, 'uint8');
const labels = printNpy({ shape: [classes * each], data: Int32Array.from(counted, (_, i) => i % classes) }, 'uint8');

const files = {
  'net.onnx': onnxFile(parts),
  'x.npy': array(counted),
  'y.npy': labels,
  'c.npy': array(others),
  'all.npz': zipSync({ 'x_test.npy': array(counted, [...sizes, 1]), 'y_test.npy': labels }),
  ...folder('test', counted, ['cat', 'dog', 'fox']),
  ...folder('numbered', counted, ['0', '1', '2']),
  ...folder('others', others, ['cat', 'dog', 'fox']),
  'test/README': 'of no class',
  'test/cat/.hidden': '',
};
const answer = async (data: readonly string[], calibrate: string, more: readonly string[] = []) => {
  const argv = ['accuracy', 'net.onnx', '--data', ...data, '--calibrate', calibrate, '-q', '--json', '-', ...more];
  const ran = await run(argv, files);
  expect(ran.err).toBe('');
  const { real, integer, loss, confusions, noise } = JSON.parse(ran.out) as Record<string, unknown>;
  return { real, integer, loss, confusions, noise };
};

test.each([
  [['test'], 'others'],
  [['numbered'], 'c.npy'],
  [['all.npz', '--labels', 'all.npz'], 'c.npy'],
  [['all.npz#x_test', '--labels', 'all.npz#y_test'], 'others'],
])('%j, scales by %s', async (data, calibrate) => {
  const wanted = await answer(['x.npy', '--labels', 'y.npy'], 'c.npy');
  expect(await answer(data, calibrate)).toEqual(wanted);
});

test('classes are called as their folders are', async () => {
  const shown = async (data: string) =>
    (await run(['accuracy', 'net.onnx', '--data', data, '--calibrate', 'c.npy', '-q'], files)).out;
  expect(await shown('test')).toMatch(/^class  taken for  samples\n.*\n(cat|dog|fox) +(cat|dog|fox) +\d+$/m);
  expect(await shown('numbered')).toMatch(/^class  taken for  samples\n.*\n +[012] +[012] +\d+$/m);
});

test('normalisation is that of numbers normalised before', async () => {
  // (x / 255 - 0.5) / 0.25 is (x - 127.5) / 63.75.
  const by = ['--mean', '0.5', '--std', '0.25'];
  const same = ['--divide', '63.75', '--mean', '2'];
  const found = await answer(['test'], 'others', by);
  expect(await answer(['x.npy', '--labels', 'y.npy'], 'c.npy', by)).toEqual(found);
  const { real, integer } = await answer(['test'], 'others', same);
  expect({ real, integer }).toEqual({ real: found.real, integer: found.integer });
});

test('some of a folder are of all classes, and those before may set the scales', async () => {
  const more = ['--first', '9', '--samples', '6'];
  const part = await answer(['test'], 'test', more);
  expect(part).toEqual(await answer(['x.npy', '--labels', 'y.npy'], 'x.npy', more));
});

describe('is refused with a sentence', () => {
  test.each([
    [
      'an image of another size',
      { 'test/dog/99.png': png(new Uint8Array(30), 5) },
      [],
      /test\/dog\/99\.png is 5 pixels wide and 6 high; net\.onnx takes 6 and 6: scale or crop/,
    ],
    [
      'what is no image',
      { 'test/dog/note.txt': 'hello' },
      [],
      /test\/dog\/note\.txt is no image; expected \.png, \.jpg or \.jpeg/,
    ],
    [
      'more than there is room for',
      {
        'net.onnx': onnxFile({ ...parts, inputs: { x: [1, 1, 8192, 8192] } }),
      },
      [],
      /test has 24 images of \[1, 8192, 8192\], 1610612736 numbers.*take 8 of them at most, with --first and --samples/,
    ],
    ['a damaged image', { 'test/dog/99.png': 'hello' }, [], /test\/dog\/99\.png: neither PNG nor JPEG/],
    [
      'a class too many',
      { 'test/gnu/00.png': png(pixelsOf()) },
      [],
      /test has 4 folders \(cat, dog, fox, gnu.*net\.onnx tells 3 classes apart; expected one for each/,
    ],
    ['a folder without any', {}, ['--data', 'others/cat'], /others\/cat has no folders; expected one for each class/],
    ['means of channels that are not there', {}, ['--mean', '1,2'], /--mean has 2 numbers; expected one: samples have/],
    ['a deviation of nothing', {}, ['--std', '0'], /--std 0: expected numbers above 0/],
    ['a mean that is none', {}, ['--mean', '1,,2'], /--mean 1,,2: expected numbers, one or one for each channel/],
    ['no array of that name', {}, ['--data', 'all.npz#z'], /all\.npz: unknown array: z/],
    [
      'images for a network of rows',
      {
        'net.onnx': onnxFile({
          ...parts,
          inputs: { x: [1, 2, 6, 6] },
          tensors: { ...parts.tensors, w: { shape: [4, 2, 3, 3], values: new Array<number>(72).fill(1) } },
        }),
      },
      [],
      /test has images; net\.onnx takes \[2, 6, 6\], expected \[1 or 3 channels/,
    ],
  ] as const)('%s', async (_, other, more, why) => {
    const argv = ['accuracy', 'net.onnx', '--data', 'test', '--calibrate', 'c.npy', '-q', '--json', 'out.json'];
    for (let i = 0; i < more.length; i += 2) {
      const at = argv.indexOf(more[i] ?? '');
      if (at > 0) argv[at + 1] = more[i + 1] ?? '';
      else argv.push(more[i] ?? '', more[i + 1] ?? '');
    }
    const ran = await run(argv, { ...files, ...other });
    expect(ran.err).toMatch(why);
    expect(ran.code).toBe(3);
    expect([...ran.written.keys()]).toEqual([]);
  });
});
