// ResNet-50 for 224 x 224 images: 53 convolutions and one fully connected layer, 24 shapes.

import { draw } from '../network-sketch.js';

/** Bottleneck width and number of blocks of the four stages. */
const stages = [
  [64, 3],
  [128, 4],
  [256, 6],
  [512, 3],
] as const;

/**
 * He et al., arXiv:1512.03385, in torchvision's variant ("v1.5"): the stride of a stage is on the 3 x 3 convolution
 * of its first block, not on the 1 x 1 before it. Batch normalisation is folded into the convolutions.
 */
export const resnet50 = draw(
  'resnet50',
  'torchvision.models.resnet50, v1.5: stride 2 on the 3x3 (arXiv:1512.03385), 3 x 224 x 224',
  (pen) => {
    let x = pen.relu(
      pen.conv('conv1', pen.input('image', [1, 3, 224, 224]), { channels: 64, kernel: 7, stride: 2, padding: 3 }),
    );
    x = pen.maxPool(x, 3, 2, 1);
    for (const [stage, [width, blocks]] of stages.entries()) {
      for (let block = 0; block < blocks; block++) {
        const name = `layer${stage + 1}.${block}`;
        const stride = stage > 0 && block === 0 ? 2 : 1;
        let y = pen.relu(pen.conv(`${name}.conv1`, x, { channels: width, kernel: 1 }));
        y = pen.relu(pen.conv(`${name}.conv2`, y, { channels: width, kernel: 3, stride, padding: 1 }));
        y = pen.conv(`${name}.conv3`, y, { channels: 4 * width, kernel: 1 });
        const shortcut =
          block === 0 ? pen.conv(`${name}.downsample`, x, { channels: 4 * width, kernel: 1, stride }) : x;
        x = pen.relu(pen.add(y, shortcut));
      }
    }
    return pen.linear('fc', pen.flatten(pen.globalAveragePool(x)), 1000);
  },
);
