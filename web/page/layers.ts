// Layer by layer: a bar of energy for each, whose parts tell count x energy = joules with the constant's source; and a
// layer as a whole when it is chosen. Pointer and keyboard alike: up and down from layer to layer, left and right from part to part.

import type { LayerDetail, PartDetail } from 'magnet-accelerator';
import { desk } from './desk.js';
import { byId, make } from './dom.js';
import { layerView } from './layer-view.js';
import { energy, share, whole } from './quantities.js';
import { currentDesign } from './shown.js';
import { messageOf } from './words.js';

let layers: readonly LayerDetail[] = [];
/** Answers for what was shown before may come late. */
let turn = 0;

const panel = () => byId('layers', HTMLDetailsElement);

export function listenToLayers(): void {
  panel().addEventListener('toggle', () => {
    if (panel().open && layers.length === 0) void load();
  });
}

/** Something else is shown: `has` a design, or not. */
export function resetLayers(has: boolean): void {
  turn++;
  layers = [];
  panel().hidden = !has;
  byId('layer-bars').replaceChildren();
  byId('layer-says').replaceChildren();
  byId('layer-detail').replaceChildren();
  if (has && panel().open) void load();
}

async function load(): Promise<void> {
  const own = ++turn;
  const says = byId('layer-says');
  says.textContent = 'looking at every layer ...';
  try {
    const design = await currentDesign();
    const found = await desk.run('layers', design);
    if (own !== turn) return;
    layers = found;
    says.textContent = 'Point at a part of a bar, or go to it with the arrow keys; choose a layer to look into it.';
    const longest = Math.max(...layers.map((l) => l.count * l.energy));
    byId('layer-bars').replaceChildren(...layers.map((l, place) => row(l, place, longest, design)));
  } catch (error) {
    if (own === turn) says.textContent = `no layers: ${messageOf(error)}`;
  }
}

function row(layer: LayerDetail, place: number, longest: number, design: string): HTMLElement {
  const { name, count, parts, energy: pj } = layer;
  const title = count === 1 ? name : `${name} (${count}x)`;
  const bar = make('span', { class: 'layer-bar' });
  const segments = parts.map((part) => {
    const segment = make('span', { class: 'segment' });
    segment.style.width = `${(100 * count * part.energy) / longest}%`;
    segment.style.background = `var(--c${part.color})`;
    segment.addEventListener('pointerenter', () => tell(layer, part, segment));
    return segment;
  });
  bar.append(...segments);
  const button = make(
    'button',
    { type: 'button', class: 'layer', 'aria-expanded': 'false', 'aria-describedby': 'layer-says' },
    make('span', { class: 'layer-name' }, title),
    bar,
    make('span', { class: 'layer-energy' }, energy(count * pj)),
  );
  let at = -1;
  const to = (i: number) => {
    at = (i + parts.length) % parts.length;
    const [part, segment] = [parts[at], segments[at]];
    if (part && segment) tell(layer, part, segment);
  };
  button.addEventListener('keydown', (event) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => to(at + 1),
      ArrowLeft: () => to(at < 0 ? -1 : at - 1),
      ArrowDown: () => (button.nextElementSibling as HTMLElement | null)?.focus(),
      ArrowUp: () => (button.previousElementSibling as HTMLElement | null)?.focus(),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  button.addEventListener('click', () => {
    for (const other of byId('layer-bars').children) other.setAttribute('aria-expanded', String(other === button));
    byId('layer-detail').replaceChildren(layerView(layer, place, design));
  });
  return button;
}

/** Count x energy = joules of every action of a part, with what its energy comes from. */
function tell(layer: LayerDetail, part: PartDetail, segment: HTMLElement): void {
  for (const other of document.querySelectorAll('.segment.told')) other.classList.remove('told');
  segment.classList.add('told');
  const lines = part.actions.map(({ place, what, count, each, constants }) => {
    const [first, ...more] = constants;
    const others = more.length === 0 ? '' : `; also ${more.map((c) => c.constant).join(', ')}`;
    const source = first ? `${first.constant} ${first.value}: ${first.source}${others}` : '';
    return make(
      'li',
      {},
      `${place}, ${what}: ${whole(count)} x ${each.toPrecision(4)} pJ = `,
      make('b', {}, energy(count * each)),
      make('small', {}, source),
    );
  });
  byId('layer-says').replaceChildren(
    make(
      'p',
      {},
      make('b', {}, `${layer.name}, ${part.part}`),
      `: ${energy(part.energy)}, ${share(part.energy / layer.energy)} of one instance`,
    ),
    make('ul', {}, ...lines),
  );
}
