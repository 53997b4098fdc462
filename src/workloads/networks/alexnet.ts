// AlexNet as torchvision has it (55/27/13, not grouped), for 224 x 224 images.

import { draw } from '../network-sketch.js';

/**
 * Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv:1404.5997,
 * as torchvision.models.alexnet.
 */
export const alexnet = draw('alexnet', 'torchvision.models.alexnet (arXiv:1404.5997), 3 x 224 x 224', (pen) => {
  let x = pen.input('image', [1, 3, 224, 224]);
  const relu = () => (x = pen.relu(x));
  x = pen.conv('features.0', x, { channels: 64, kernel: 11, stride: 4, padding: 2 });
  relu();
  x = pen.maxPool(x, 3, 2);
  x = pen.conv('features.3', x, { channels: 192, kernel: 5, padding: 2 });
  relu();
  x = pen.maxPool(x, 3, 2);
  x = pen.conv('features.6', x, { channels: 384, kernel: 3, padding: 1 });
  relu();
  x = pen.conv('features.8', x, { channels: 256, kernel: 3, padding: 1 });
  relu();
  x = pen.conv('features.10', x, { channels: 256, kernel: 3, padding: 1 });
  relu();
  // The adaptive average pool behind it maps 6 x 6 to 6 x 6 here.
  x = pen.flatten(pen.maxPool(x, 3, 2));
  x = pen.linear('classifier.1', x, 4096);
  relu();
  x = pen.linear('classifier.4', x, 4096);
  relu();
  return pen.linear('classifier.6', x, 1000);
});
