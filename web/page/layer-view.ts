// A layer as a whole: its loop nest, its tiles in each memory, the roofs over it, and its steps in time.

import type { LayerDetail } from 'magnet-accelerator';
import { make } from './dom.js';
import { chooseLayer } from './hardware.js';
import { many, share, whole } from './quantities.js';
import { stepsView } from './steps-view.js';
import { svg } from './svg.js';

export function layerView(layer: LayerDetail, place: number, design: string): HTMLElement {
  const { name, count, cycles, macs, nest } = layer;
  const toHardware = make('button', { type: 'button' }, 'Simulate it');
  toHardware.addEventListener('click', () => void chooseLayer(place));
  return make(
    'section',
    { class: 'layer-view', 'aria-label': name },
    make('h3', {}, name),
    make(
      'p',
      { class: 'says' },
      `${count === 1 ? 'one instance' : `${count} instances`}, ${many(macs)} MACs in ${whole(cycles)} cycles each`,
    ),
    make('p', { class: 'go' }, toHardware),
    make('h4', {}, 'Loop nest'),
    make('pre', { tabindex: '0', role: 'region', 'aria-label': `loop nest of ${name}` }, nest.trimEnd()),
    ...tilesView(layer),
    ...roofView(layer),
    ...(layer.steps ? [stepsView(layer, layer.steps, place, design)] : []),
  );
}

/** Colours of the tensors, as the report's figures have them. */
const colors = { Weights: 10, Inputs: 3, Outputs: 5 } as const;

const size = (unit: 'bank' | 'bit', amount: number): string =>
  unit === 'bank'
    ? `${whole(amount)} ${amount === 1 ? 'bank' : 'banks'}`
    : amount % 8192 === 0
      ? `${amount / 8192} KB`
      : `${whole(amount / 8)} B`;

/** A bar for each memory, as wide as what tiles may take of it. */
function tilesView({ name, memories }: LayerDetail): readonly HTMLElement[] {
  if (memories.length === 0) return [];
  const rows = memories.map(({ level, unit, max, tiles }) => {
    const bar = make('span', { class: 'room' });
    for (const { tensor, taken } of tiles) {
      const part = make('span', { title: `${tensor}: ${size(unit, taken)}` });
      part.style.width = `${(100 * taken) / max}%`;
      part.style.background = `var(--c${colors[tensor]})`;
      bar.append(part);
    }
    const taken = tiles.map((t) => `${t.tensor} ${size(unit, t.taken)}`).join(', ');
    const all = tiles.reduce((n, t) => n + t.taken, 0);
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, level),
      make('td', { class: 'long' }, bar),
      make('td', {}, `${taken} of ${size(unit, max)}, ${share(all / max)}`),
    );
  });
  const head = ['memory', 'its tiles', 'taken'].map((text) => make('th', { scope: 'col' }, text));
  return [
    make('h4', {}, 'Tiles in each memory'),
    make(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `tiles of ${name}` },
      make(
        'table',
        {},
        make('caption', {}, 'of what tiles may take: half of a memory that is filled while it is read'),
        make('thead', {}, make('tr', {}, ...head)),
        make('tbody', {}, ...rows),
      ),
    ),
  ];
}

/** The layer's point under the roof of each channel, on logarithmic scales. */
function roofView({ peak, channels, macs, cycles }: LayerDetail): readonly (HTMLElement | SVGElement)[] {
  const used = channels.filter((c) => c.bytes > 0);
  if (used.length === 0) return [];
  const reached = macs / cycles;
  const points = used.map((c) => ({
    ...c,
    x: macs / c.bytes,
    roof: Math.min(peak, (macs / c.bytes) * c.bytesPerCycle),
  }));
  const xs = points.flatMap((p) => [p.x, peak / p.bytesPerCycle]);
  const [low, high] = [Math.min(...xs) / 2, Math.max(...xs) * 2];
  const bottom = Math.min(reached, ...points.map((p) => low * p.bytesPerCycle)) / 1.5;
  const [width, height] = [520, 220];
  const x = (v: number) => (width * Math.log(v / low)) / Math.log(high / low);
  const y = (v: number) => height - (height * Math.log(v / bottom)) / Math.log((peak * 1.6) / bottom);
  const roofs = points.map(({ bytesPerCycle }) => {
    const ridge = peak / bytesPerCycle;
    const from = Math.max(low, bottom / bytesPerCycle);
    return svg('path', {
      class: 'roof',
      d: `M${x(from)} ${y(from * bytesPerCycle)}L${x(ridge)} ${y(peak)}L${width} ${y(peak)}`,
    });
  });
  const nearest = points.reduce((a, b) => (b.busy > a.busy ? b : a));
  const said = points.map(
    (p) =>
      `${p.name}: ${p.x.toPrecision(3)} MACs a byte, at most ${p.roof.toPrecision(4)} MACs a cycle, busy ${share(p.busy / cycles)} of the time`,
  );
  const picture = svg(
    'svg',
    {
      viewBox: `-4 -4 ${width + 8} ${height + 24}`,
      role: 'img',
      class: 'roofline',
      'aria-label': `${reached.toPrecision(4)} of ${whole(peak)} MACs a cycle; ${said.join('; ')}`,
    },
    ...roofs,
    ...points.map((p) =>
      svg('circle', { cx: x(p.x), cy: y(reached), r: p === nearest ? 6 : 3.5 }, svg('title', {}, p.name)),
    ),
    svg('text', { x: 0, y: height + 16 }, 'MACs per byte of a channel, against MACs per cycle'),
  );
  return [
    make('h4', {}, 'Roofline'),
    make('p', {}, `${reached.toPrecision(4)} of ${whole(peak)} MACs a cycle; nearest to its roof is ${nearest.name}.`),
    picture,
    make('ul', { class: 'says' }, ...said.map((line) => make('li', {}, line))),
  ];
}
