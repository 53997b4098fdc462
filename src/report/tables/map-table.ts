// The mapped layers of a network as a table.

import { table } from '../../base/text.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { logSpaceSize } from '../../model/mapping/mapping-space.js';
import type { MapResultLayer } from '../../results/map-result.js';
import { certifiedWord } from './certificate-text.js';
import { energyIn, energyScale, grouped, percent, secondsText } from './quantities.js';
import { shapeText } from './shape-text.js';

/** Where mappings were looked for. */
export interface MapAbout {
  /** Arrangements of the machine. */
  readonly architectures: readonly Architecture[];
  readonly padding: boolean;
}

/** log10 of the number of mappings, of all arrangements: separate spaces of about one size. */
const spaceOf = ({ name, layer }: MapResultLayer, { architectures, padding }: MapAbout): number =>
  layer === null
    ? -Infinity
    : Math.max(...architectures.map((a) => logSpaceSize(a, { name, ...layer }, padding))) +
      Math.log10(architectures.length);

/**
 * A line per layer, as `magnet map` prints them. `together`: the layers were chosen for the network as a whole, so that gaps of
 * single ones say nothing.
 */
export function mapTable(layers: readonly MapResultLayer[], about: MapAbout, together = false): string {
  const scale = energyScale(layers.map((l) => l.energy ?? 0));
  const or = (x: number | null, show: (x: number) => string) => (x === null ? '-' : show(x));
  // Columns for certificates where any were asked for.
  const certified = layers.some((l) => l.certificate);
  const certificateOf = ({ certificate: c }: MapResultLayer) =>
    c ? [certifiedWord[c.status], c.eps === null ? '-' : percent(c.eps), c.seconds.toFixed(1)] : ['-', '-', '-'];
  return table(
    [
      'layer',
      'shape',
      'count',
      `energy (${scale.unit})`,
      'cycles',
      'utilisation',
      'gap',
      'time',
      'log10 mappings',
      'status',
      ...(certified ? ['certified', 'eps', 'cert. s'] : []),
    ],
    layers.map((l) => {
      const space = spaceOf(l, about);
      return [
        l.name,
        shapeText(l),
        String(l.count),
        or(l.energy, (e) => energyIn(scale, e)),
        or(l.cycles, grouped),
        or(l.utilization, percent),
        together ? '-' : or(l.gap, percent),
        secondsText(l.seconds),
        space === -Infinity ? '-' : space.toFixed(1),
        together ? 'chosen' : l.status,
        ...(certified ? certificateOf(l) : []),
      ];
    }),
    [false, false, true, true, true, true, true, true, true, false, ...(certified ? [false, true, true] : [])],
  );
}
