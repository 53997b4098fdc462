// Runs at work, side by side: how far each is, best and bound of its search as a curve, and its end by hand.

import type { Put } from '../work/desk-tasks.js';
import type { Answer, Progress, Question } from '../work/question.js';
import { subjectOf } from '../work/question.js';
import type { Point } from './curve.js';
import { curve } from './curve.js';
import type { Running } from './desk.js';
import { start } from './desk.js';
import { byId, make } from './dom.js';
import { messageOf } from './words.js';

interface AtWork {
  readonly question: Question;
  readonly running: Running;
}

const all = new Set<AtWork>();
let began = 0;

const titleOf = (q: Question): string =>
  q.verb === 'quantize'
    ? `quantize ${q.network} in ${q.bits}`
    : q.verb === 'accuracy'
      ? `accuracy of ${q.network}`
      : placed(q);

const placed = (q: Question): string =>
  `${q.verb} ${q.network}${q.verb === 'codesign' && q.more !== '' ? `, ${q.more}` : ''} ` +
  (subjectOf(q) === 'space' ? `in ${q.space}` : `on ${q.machine}`);

const says = (text: string): void => void (byId('running-says').textContent = text);

/** `finished` is told whether it was asked last: who asked more since then looks at that. */
export async function begin(put: Put, finished: (answer: Answer, isLast: boolean) => void): Promise<void> {
  const { question } = put;
  const title = titleOf(question);
  const asked = JSON.stringify(question);
  if ([...all].some((other) => JSON.stringify(other.question) === asked)) {
    says(`${title} is at work already`);
    return;
  }
  const number = ++began;
  const card = cardOf(title, number);
  const own = { question, running: start(put, card.tell) };
  all.add(own);
  card.cancel.addEventListener('click', () => own.running.cancel());
  byId('running-list').prepend(card.element);
  byId('running').hidden = false;
  card.element.scrollIntoView({ block: 'nearest' });
  const isUnfair = all.size > 1 && [...all].some((other) => other.question.verb === 'compare');
  says(isUnfair ? 'Strategies that are compared have fewer processors while other runs are at work.' : '');
  try {
    const answer = await own.running.answer;
    card.element.remove();
    finished(answer, number === began);
    says(number === began ? '' : `${answer.title} is finished: it stands among the runs below`);
  } catch (error) {
    if (own.running.cancelled()) {
      card.element.remove();
      says(`cancelled ${title}: nothing was kept of it`);
    } else card.fail(messageOf(error));
  } finally {
    all.delete(own);
    settle();
  }
}

/** Nothing to see, nothing to say. */
function settle(): void {
  byId('running').hidden = byId('running-list').childElementCount === 0 && byId('running-says').textContent === '';
}

function cardOf(title: string, number: number) {
  const id = `run-${number}`;
  const doing = make('p', { role: 'status' }, 'starting');
  const bar = make('progress', { 'aria-labelledby': id });
  const picture = make('div', { class: 'curve' });
  const cancel = make('button', { type: 'button', 'aria-label': `Cancel ${title}` }, 'Cancel');
  const element = make(
    'article',
    { class: 'progress', 'aria-labelledby': id },
    make('h3', { id }, title),
    doing,
    bar,
    picture,
    make('p', { class: 'go' }, cancel),
  );
  const points: Point[] = [];
  const tell = (state: Progress) => {
    if (state.kind === 'layers') {
      bar.max = state.of;
      bar.value = state.done;
      doing.textContent = `${state.done} of ${state.of} layers proven; ${state.doing}`;
      return;
    }
    bar.removeAttribute('value');
    doing.textContent = state.said;
    if (state.kind !== 'search') return;
    points.push(state);
    picture.replaceChildren(...[curve(points)].filter((c) => c !== undefined));
  };
  const fail = (message: string) => {
    const dismiss = make('button', { type: 'button', 'aria-label': `Dismiss ${title}` }, 'Dismiss');
    dismiss.addEventListener('click', () => {
      element.remove();
      settle();
    });
    const lines = message.split('\n').map((line) => make('li', {}, line));
    element.replaceChildren(
      make('h3', { id }, title),
      make('ul', { class: 'faults', role: 'alert' }, ...lines),
      make('p', { class: 'go' }, dismiss),
    );
  };
  return { element, cancel, tell, fail };
}
