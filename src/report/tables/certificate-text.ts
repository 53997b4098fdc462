// What was certified of a network, in words: a sentence for each layer that was not, and the sum.

import { counted } from '../../base/text.js';
import type { MapResultLayer } from '../../results/map-result.js';
import { percent } from './quantities.js';

export const certifiedWord = { certified: 'yes', refuted: 'no', open: 'open' } as const;

/** `eps` is what was asked for; a layer whose turn did not come has no certificate. */
export function certificateText(layers: readonly Pick<MapResultLayer, 'name' | 'certificate'>[], eps: number): string {
  const failed = layers.flatMap(({ name, certificate: c }) => {
    if (!c) return [`${name} is not certified: it was interrupted`];
    if (c.status === 'certified') return [];
    if (c.status === 'refuted') return [`${name} is refuted: ${c.reason}`];
    return [`${name} is not certified: ${c.eps === null ? '' : `proven at eps ${percent(c.eps)} only; `}${c.reason}`];
  });
  const done = layers.filter((l) => l.certificate?.status === 'certified').length;
  const sum =
    `${done} of ${counted(layers.length, 'layer')} certified at eps <= ${percent(eps)}, ` +
    'in exact rational arithmetic';
  return [...failed, sum].join('\n');
}
