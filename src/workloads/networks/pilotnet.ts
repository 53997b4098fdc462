// PilotNet, NVIDIA's steering network for 66 x 200 camera images; it stands in for
// DriveNet, whose layers are not public.

import { draw } from '../network-sketch.js';

/**
 * Bojarski et al., "End to End Learning for Self-Driving Cars", arXiv:1604.07316, figure 4. The figure's 1164 labels
 * the flattened 64 x 1 x 18 = 1152 values, not a layer: only without such a layer do the paper's own totals, "about 27
 * million connections and 250 thousand parameters", come out. The activation is not named there; Relu is assumed.
 */
export const pilotnet = draw('pilotnet', 'PilotNet (arXiv:1604.07316, figure 4), 3 x 66 x 200', (pen) => {
  let x = pen.input('image', [1, 3, 66, 200]);
  for (const [i, channels] of [24, 36, 48].entries())
    x = pen.relu(pen.conv(`conv${i + 1}`, x, { channels, kernel: 5, stride: 2 }));
  for (const i of [4, 5]) x = pen.relu(pen.conv(`conv${i}`, x, { channels: 64, kernel: 3 }));
  x = pen.flatten(x);
  for (const [i, features] of [100, 50, 10].entries()) x = pen.relu(pen.linear(`fc${i + 1}`, x, features));
  return pen.linear('steering', x, 1);
});
