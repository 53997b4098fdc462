// The sums of a folded layer are those of the layer as it is defined: for every fold of random layers, in the image of its
// inputs that the host lays out and the image of its weights, whatever lies where only zeros are multiplied.
//
// More cases: MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/sim/folded-sums.test.ts

import { expect, test } from 'vitest';
import type { Random } from '../../src/base/random.js';
import { seeded } from '../../src/base/random.js';
import { canFold, folded, foldsOf, withoutFolds } from '../../src/model/workload/folds.js';
import { rewritten } from '../../src/model/workload/layer-parts.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { inputImage, storeWeights, weightImage } from '../../src/rtl/program/image.js';
import { convolve } from '../../src/sim/golden.js';
import { eachInput, inputShape, sizeOf, weightShape } from '../../src/sim/tensor.js';
import { casesOf, seedFrom } from '../support/cases.js';

const drawn = (chance: Random): Layer => {
  const pick = (...xs: readonly number[]) => chance.pick(xs);
  const bounds = {
    N: pick(1, 2),
    G: pick(1, 1, 2, 3),
    K: pick(1, 2),
    C: pick(1, 2, 3),
    P: pick(1, 2, 3, 5),
    Q: pick(1, 2, 4),
  };
  return makeLayer(
    'l',
    { ...bounds, R: pick(1, 2, 3, 4, 5, 7), S: pick(1, 2, 3, 6) },
    { stride: [pick(1, 2, 3, 4), pick(1, 2, 6)], dilation: [pick(1, 1, 2, 3), pick(1, 2, 4)], fromHost: true },
  );
};

const words = (shape: readonly number[], chance: Random) => ({
  shape,
  data: Int32Array.from({ length: sizeOf(shape) }, () => chance.below(256) - 128),
});

/** Sums [N, G, K, Q, P] out of the two images, as the machine addresses them. */
function sumsOf(
  layer: Layer,
  chance: Random,
  inputs: Int32Array,
  weights: Int32Array,
  how: { fold: { R: number; S: number }; block: number },
) {
  const made = rewritten(layer, how);
  const { bounds: b, stride, dilation } = made;
  const [image, kernel] = [inputImage(3, made, b), weightImage(5, b)];
  // Whatever lies there.
  const x = Int32Array.from({ length: image.base + image.words }, () => chance.below(1000));
  let last = 0;
  const w = new Int32Array(kernel.base + kernel.words);
  eachInput(layer, image, how, (element, address) => {
    last = Math.max(last, address);
    x[address] = inputs[element]!;
  });
  expect(last).toBeLessThan(x.length);
  storeWeights(layer, kernel, how, weights, w);
  const found: number[] = [];
  for (let n = 0; n < b.N; n++)
    for (let g = 0; g < layer.bounds.G; g++)
      for (let k = 0; k < layer.bounds.K; k++)
        for (let q = 0; q < b.Q; q++)
          for (let p = 0; p < b.P; p++) {
            const [group, output] = [Math.floor(g / how.block), (g % how.block) * layer.bounds.K + k];
            let sum = 0;
            for (let c = 0; c < b.C; c++)
              for (let s = 0; s < b.S; s++)
                for (let r = 0; r < b.R; r++) {
                  const [row, column] = [q * stride.Q + s * dilation.S, p * stride.P + r * dilation.R];
                  const from =
                    image.base + n * image.n + row * image.y + column * image.x + group * image.g + c * image.c;
                  const by =
                    kernel.base + group * kernel.g + output * kernel.k + r * kernel.r + s * kernel.s + c * kernel.c;
                  sum += x[from]! * w[by]!;
                }
            found.push(sum);
          }
  return found;
}

test('law: the sums of every fold, in blocks too, are those of the definition', () => {
  const seed = seedFrom(3);
  let folds = 0;
  for (let i = 0; i < casesOf('sums of folds'); i++) {
    const chance = seeded(seed + i);
    const layer = drawn(chance);
    const [inputs, weights] = [words(inputShape(layer), chance), words(weightShape(layer), chance)];
    const sums = [...convolve(layer, inputs, weights)].map(Number);
    for (const fold of foldsOf(layer)) {
      const block = layer.bounds.C === 1 ? 1 + chance.below(layer.bounds.G) : 1;
      const where = `seed ${seed + i}: ${JSON.stringify({ layer, fold, block })}`;
      expect(sumsOf(layer, chance, inputs.data, weights.data, { fold, block }), where).toEqual(sums);
      folds++;
    }
  }
  console.log(`${folds} folds`);
  expect(folds).toBeGreaterThan(0);
});

test('folds by hand', () => {
  const conv1 = makeLayer('conv1', { K: 64, C: 3, P: 112, Q: 112, R: 7, S: 7 }, { stride: [2, 2], fromHost: true });
  const shape = (R: number, S: number) => {
    const { bounds: b, stride, dilation } = folded(conv1, { R, S });
    return [b.C, b.R, b.S, stride.P, stride.Q, dilation.R, dilation.S];
  };
  // Space to depth by the stride: 7 positions are 4 pairs, the last half empty.
  expect(shape(2, 2)).toEqual([12, 4, 4, 1, 1, 1, 1]);
  // im2col along the width: one position is left, and one pixel for each output.
  expect(shape(7, 1)).toEqual([21, 1, 7, 1, 2, 1, 1]);
  // 3 and the stride of 2 have no divisor in common: all pixels stay, and positions are 3 apart.
  expect(shape(3, 1)).toEqual([9, 3, 7, 2, 2, 3, 1]);
  // 4 and 2 have: half of the pixels, positions 2 of these apart.
  expect(shape(4, 1)).toEqual([12, 2, 7, 1, 2, 2, 1]);
  expect(foldsOf(conv1)).toHaveLength(48);
  const { fromHost: _, ...inside } = conv1;
  expect([canFold(conv1), canFold(inside), foldsOf(inside)]).toEqual([true, false, []]);
  expect(canFold({ ...conv1, bounds: { ...conv1.bounds, R: 1, S: 1 } })).toBe(false);
  const network = { name: 'n', source: 'test', unmapped: [], layers: [{ layer: conv1, count: 1 }] };
  expect(withoutFolds(network).layers).toEqual([{ layer: inside, count: 1 }]);
});
