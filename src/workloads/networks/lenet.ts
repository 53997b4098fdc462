// LeNet-5 for 32 x 32 images of digits: the smallest network that has all that a classifier takes.

import { draw } from '../network-sketch.js';

/**
 * LeCun et al., "Gradient-Based Learning Applied to Document Recognition", Proc. IEEE 86(11), 1998, figure 2, as it is
 * built today: Relu and max-pools in place of tanh and averages with weights, C3 sees all six maps of S2, and scores
 * are a product in place of radial basis functions.
 */
export const lenet = draw(
  'lenet',
  'LeNet-5 (LeCun et al. 1998, figure 2) with Relu and max-pools, 1 x 32 x 32',
  (pen) => {
    let x = pen.input('image', [1, 1, 32, 32]);
    for (const [name, channels] of [
      ['c1', 6],
      ['c3', 16],
    ] as const)
      x = pen.maxPool(pen.relu(pen.conv(name, x, { channels, kernel: 5 })), 2, 2);
    x = pen.relu(pen.conv('c5', x, { channels: 120, kernel: 5 }));
    x = pen.relu(pen.linear('f6', pen.flatten(x), 84));
    return pen.linear('output', x, 10);
  },
);
