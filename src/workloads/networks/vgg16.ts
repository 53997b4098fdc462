// VGG-16 (configuration D) for 224 x 224 images.

import { draw } from '../network-sketch.js';

/** Blocks of 3 x 3 convolutions, a 2 x 2 pool behind each: channels and how many. */
const blocks = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;

/** Simonyan and Zisserman, arXiv:1409.1556, table 1, column D. */
export const vgg16 = draw('vgg16', 'VGG configuration D (arXiv:1409.1556), 3 x 224 x 224', (pen) => {
  let x = pen.input('image', [1, 3, 224, 224]);
  for (const [block, [channels, convolutions]] of blocks.entries()) {
    for (let i = 1; i <= convolutions; i++)
      x = pen.relu(pen.conv(`conv${block + 1}_${i}`, x, { channels, kernel: 3, padding: 1 }));
    x = pen.maxPool(x, 2, 2);
  }
  x = pen.relu(pen.linear('fc6', pen.flatten(x), 4096));
  x = pen.relu(pen.linear('fc7', x, 4096));
  return pen.linear('fc8', x, 1000);
});
