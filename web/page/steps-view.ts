// The steps of a layer as lanes over time, an engine each: one step of the outer nest, and some of the steps inside it.

import type { LayerDetail, OuterStep } from 'magnet-accelerator';
import { desk } from './desk.js';
import { make } from './dom.js';
import { whole } from './quantities.js';
import { svg } from './svg.js';

const lanes = [
  { engine: 'fill', name: 'fill global buffer', color: 1 },
  { engine: 'load_w', name: 'load weights', color: 10 },
  { engine: 'load_i', name: 'load inputs', color: 3 },
  { engine: 'compute', name: 'compute', color: 2 },
  { engine: 'drain', name: 'drain outputs', color: 5 },
  { engine: 'spill', name: 'spill to DRAM', color: 0 },
] as const;

/** Inner steps that are told at a time. */
const window = 12;
const [left, width, high] = [130, 500, 24];

export function stepsView(
  { name, runs }: LayerDetail,
  steps: OuterStep['steps'],
  place: number,
  design: string,
): HTMLElement {
  const id = `steps-${place}`;
  const slider = (of: string, text: string, max: number) => {
    const range = make('input', {
      id: `${id}-${of}`,
      type: 'range',
      min: '0',
      max: String(Math.max(0, max - 1)),
      step: '1',
    });
    range.value = String(Math.min(1, max - 1));
    return { range, label: make('label', { for: range.id }, `${text}, of ${whole(max)}`) };
  };
  const outer = slider('outer', 'Step of the nest around', steps.outer);
  const inner = slider('inner', 'First of the steps inside', steps.inner);
  inner.range.value = '0';
  const says = make('p', { class: 'says', role: 'status' });
  const picture = make('div', { class: 'lanes' });
  let turn = 0;
  const draw = async () => {
    const own = ++turn;
    const asked = { number: Number(outer.range.value), from: Number(inner.range.value), count: window };
    const found = await desk.run('step', { design, place, ...asked });
    if (own !== turn || !found) return;
    const last = Math.min(steps.inner, asked.from + window);
    says.textContent =
      `step ${asked.number + 1} of ${whole(steps.outer)} takes ${whole(found.cycles)} cycles` +
      (found.marks.length > 0 ? `; inside it steps ${asked.from + 1} to ${last} of ${whole(steps.inner)}` : '');
    picture.replaceChildren(pictureOf(found));
  };
  for (const { range } of [outer, inner]) range.addEventListener('input', () => void draw());
  void draw();
  return make(
    'div',
    {},
    make('h4', {}, 'Steps in time'),
    make(
      'p',
      { class: 'says' },
      `While tile n is brought in, tile n - 1 is worked on and tile n - 2 taken away${runs > 1 ? `; ${name} takes ${runs} runs like this` : ''}.`,
    ),
    make('div', { class: 'field' }, outer.label, outer.range),
    make('div', { class: 'field' }, inner.label, inner.range),
    says,
    picture,
  );
}

function pictureOf({ cycles, marks, lanes: work }: OuterStep): SVGElement {
  const [from, to] = [marks[0] ?? 0, marks.at(-1) ?? cycles];
  const x = (at: number) => left + (width * (Math.min(Math.max(at, from), to) - from)) / Math.max(1, to - from);
  const rows = lanes.flatMap(({ engine, name, color }, i) => {
    const own = work.filter((l) => l.engine === engine && l.begin < to && l.begin + l.cycles > from);
    return [
      svg('text', { x: 0, y: i * high + 16 }, name),
      ...own.map((l) =>
        svg(
          'rect',
          {
            x: x(l.begin),
            y: i * high + 3,
            width: Math.max(1, x(l.begin + l.cycles) - x(l.begin)),
            height: high - 6,
            style: `fill:var(--c${color})`,
          },
          svg('title', {}, `${name}: tile ${l.tile + 1}, cycles ${whole(l.begin)} to ${whole(l.begin + l.cycles)}`),
        ),
      ),
    ];
  });
  const busy = lanes.map(({ engine, name }) => {
    const own = work.filter((l) => l.engine === engine);
    return own.length === 0 ? `${name} idle` : `${name} ${own.length} times ${whole(own[0]?.cycles ?? 0)} cycles`;
  });
  return svg(
    'svg',
    {
      viewBox: `0 0 ${left + width} ${lanes.length * high + 20}`,
      role: 'img',
      'aria-label': `cycles ${whole(from)} to ${whole(to)}: ${busy.join(', ')}`,
    },
    ...marks.map((m) => svg('path', { class: 'mark', d: `M${x(m)} 0V${lanes.length * high}` })),
    ...rows,
    svg('text', { x: left, y: lanes.length * high + 15 }, `cycle ${whole(from)}`),
    svg('text', { x: left + width, y: lanes.length * high + 15, 'text-anchor': 'end' }, whole(to)),
  );
}
