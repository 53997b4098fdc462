// A front under a hand: drag or step along it, and see the machine of each point change.

import type { Answer, FrontPoint } from '../work/question.js';
import { desk } from './desk.js';
import { byId, make, settled } from './dom.js';
import { energy, quantity, whole } from './quantities.js';
import { svg } from './svg.js';

interface Found extends FrontPoint {
  readonly design: string;
  readonly values: readonly [number, number];
}

const isFound = (p: FrontPoint): p is Found =>
  p.design !== undefined && p.values[0] !== undefined && p.values[1] !== undefined;

const [width, height] = [520, 240];

/** In the units of the cost model: pJ, cycles, mm2. */
const valueOf = (metric: string, value: number): string =>
  metric === 'energy'
    ? energy(value)
    : metric === 'latency'
      ? `${whole(value)} cycles`
      : metric === 'area'
        ? `${value.toFixed(3)} mm2`
        : `${quantity(value)} pJ*cycles`;

/** `choose` is told the design of the point that is chosen. */
export function showFront(answer: Answer, choose: (design: string) => void): void {
  const panel = byId('front-view');
  const found = (answer.points ?? []).filter(isFound).sort((a, b) => a.values[1] - b.values[1]);
  panel.hidden = found.length === 0;
  panel.replaceChildren();
  const last = found.at(-1);
  if (!last) return;
  const [min, limited] = [answer.question.objective, answer.question.front];
  const says = make('p', { role: 'status' });
  const machine = make('div', { class: 'front-machine' });
  const range = make('input', {
    type: 'range',
    id: 'front-at',
    min: '0',
    max: String(found.length - 1),
    step: '1',
    'aria-describedby': 'front-says',
  });
  range.value = String(found.length - 1);
  says.id = 'front-says';
  const scale = (i: 0 | 1) => {
    const values = found.map((p) => p.values[i]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (v: number) => (high > low ? Math.log(v / low) / Math.log(high / low) : 0.5);
  };
  const [up, along] = [scale(0), scale(1)];
  const at = (p: Found) =>
    [20 + (width - 40) * along(p.values[1]), height - 20 - (height - 40) * up(p.values[0])] as const;
  const dots = found.map((p) => {
    const [cx, cy] = at(p);
    return svg('circle', { cx, cy, r: 6 });
  });
  const stairs = found.map((p, i) => {
    const [x, y] = at(p);
    const before = found[i - 1];
    return before ? `H${x}V${y}` : `M${x} ${y}`;
  });
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height + 20}`, class: 'front', role: 'img', 'aria-label': `${min} against ${limited}` },
    svg('path', { d: stairs.join('') }),
    ...dots,
    svg('text', { x: 0, y: height + 14 }, `${limited}, against ${min}; both logarithmic`),
  );
  let turn = 0;
  const draw = settled(120, () => void machineOf());
  async function machineOf() {
    const own = ++turn;
    const point = found[Number(range.value)];
    if (!point) return;
    choose(point.design);
    const section = await desk.run('section', point.design);
    // The library has escaped every text in it.
    if (own === turn) machine.innerHTML = section;
  }
  const to = (i: number) => {
    range.value = String(i);
    dots.forEach((dot, n) => dot.classList.toggle('chosen', n === i));
    const point = found[i];
    if (point)
      says.textContent = `${min} ${valueOf(min, point.values[0])}, at ${limited} ${valueOf(limited, point.values[1])}`;
    range.setAttribute('aria-valuetext', says.textContent);
    draw();
  };
  const nearest = (event: PointerEvent) => {
    const { left, width: wide } = picture.getBoundingClientRect();
    const x = ((event.clientX - left) / wide) * width;
    const away = found.map((p) => Math.abs(at(p)[0] - x));
    to(away.indexOf(Math.min(...away)));
  };
  picture.addEventListener('pointerdown', (event) => {
    picture.setPointerCapture(event.pointerId);
    nearest(event);
  });
  picture.addEventListener('pointermove', (event) => {
    if (picture.hasPointerCapture(event.pointerId)) nearest(event);
  });
  range.addEventListener('input', () => to(Number(range.value)));
  panel.append(
    make('h2', {}, 'Along the front'),
    make(
      'p',
      { class: 'says' },
      `Drag along the picture, or step with the slider: the machine with the least ${min} within each limit.`,
    ),
    picture,
    make('label', { for: 'front-at' }, `Limit on ${limited}`),
    range,
    says,
    machine,
  );
  to(found.length - 1);
}
