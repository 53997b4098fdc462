// MobileNetV2 (width 1.0) for 224 x 224 images; depthwise convolutions have one channel per group.

import { nth } from '../../base/invariant.js';
import type { Drawn } from '../network-sketch.js';
import { draw } from '../network-sketch.js';

/** Expansion, output channels, repeats and first stride of the inverted residuals: arXiv:1801.04381, table 2. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/**
 * Sandler et al., arXiv:1801.04381, as torchvision.models.mobilenet_v2; batch normalisation
 * is folded into the convolutions.
 */
export const mobilenetv2 = draw(
  'mobilenetv2',
  'torchvision.models.mobilenet_v2, width 1.0 (arXiv:1801.04381), 3 x 224 x 224',
  (pen) => {
    const [low, high] = [pen.scalar('relu6.low', 0), pen.scalar('relu6.high', 6)];
    const relu6 = (y: Drawn) => pen.same('Clip', [y, low, high]);
    let x = relu6(
      pen.conv('features.0', pen.input('image', [1, 3, 224, 224]), { channels: 32, kernel: 3, stride: 2, padding: 1 }),
    );
    let index = 1;
    for (const [expansion, channels, repeats, firstStride] of stages) {
      for (let i = 0; i < repeats; i++) {
        const name = `features.${index++}`;
        const stride = i === 0 ? firstStride : 1;
        const from = nth(x.shape, 1);
        const wide = from * expansion;
        let y = expansion === 1 ? x : relu6(pen.conv(`${name}.expand`, x, { channels: wide, kernel: 1 }));
        y = relu6(pen.conv(`${name}.depthwise`, y, { channels: wide, kernel: 3, stride, padding: 1, groups: wide }));
        y = pen.conv(`${name}.project`, y, { channels, kernel: 1 });
        x = stride === 1 && from === channels ? pen.add(x, y) : y;
      }
    }
    x = relu6(pen.conv(`features.${index}`, x, { channels: 1280, kernel: 1 }));
    return pen.linear('classifier', pen.flatten(pen.globalAveragePool(x)), 1000);
  },
);
