// The page: its form, the run that is at work, the answer that is shown, and the runs that are kept.

import type { Lists } from '../work/lists.js';
import type { Answer, Progress, Question } from '../work/question.js';
import { firstQuestion } from '../work/question.js';
import type { Point } from './curve.js';
import { curve } from './curve.js';
import type { Running } from './desk.js';
import { desk, start } from './desk.js';
import { byId, make, settled } from './dom.js';
import { aboutOf, Form } from './form.js';
import { listenToHardware } from './hardware.js';
import { settleWithHost } from './host.js';
import { listenToLayers } from './layers.js';
import { linkOf, questionIn } from './link.js';
import { many } from './quantities.js';
import { OwnFiles } from './own-files.js';
import { tellParts } from './parts.js';
import { listRuns } from './runs.js';
import { offerFiles, show, showChecked } from './shown.js';
import type { Run, Store } from './store.js';
import { openStore } from './store.js';

const form = new Form(JSON.parse(byId('lists').textContent ?? '') as Lists);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

let running: Running | undefined;
let runs: readonly Run[] = [];
let store: Store | undefined;

const faults = (lines: readonly string[]): void =>
  byId('faults').replaceChildren(...lines.map((line) => make('li', {}, line)));

const own = new OwnFiles({
  changed() {
    byId('question', HTMLDetailsElement).open = true;
    form.fields();
    checkSoon();
  },
  show({ answer, checked }) {
    if (answer) show(answer);
    if (checked) showChecked(checked);
    byId('shown').focus({ preventScroll: window.innerWidth >= 1000 });
  },
  fault: (message) => faults([message]),
  question: () => form.read(),
});

const put = (question: Question) => ({ question, files: own.files });

/** Answers of earlier checks may come after those of later ones. */
let checks = 0;
async function check(): Promise<void> {
  const turn = ++checks;
  try {
    const { faults: wrong, wrong: edits, area, layers, macs, note } = await desk.run('check', put(form.read()));
    if (turn !== checks) return;
    faults(wrong);
    form.mark(edits);
    byId('run', HTMLButtonElement).disabled = wrong.length > 0 || running !== undefined;
    const about = [
      ...(layers > 0 ? [`${layers} layers of different shape, ${many(macs)} multiplications`] : []),
      ...(area !== undefined && aboutOf() === 'machine' ? [`the machine takes ${area.toFixed(3)} mm2`] : []),
      ...(note === '' ? [] : [note]),
    ];
    byId('about').textContent = about.join('; ');
  } catch (error) {
    if (turn === checks) faults([messageOf(error)]);
  }
}
const checkSoon = settled(200, () => void check());

function tell(state: Progress, points: Point[]): void {
  const bar = byId('bar', HTMLProgressElement);
  if (state.kind === 'layers') {
    bar.max = state.of;
    bar.value = state.done;
    byId('doing').textContent = `${state.done} of ${state.of} layers proven; ${state.doing}`;
    return;
  }
  bar.removeAttribute('value');
  byId('doing').textContent = state.said;
  if (state.kind !== 'search') return;
  const isFirst = byId('curve').childElementCount === 0;
  points.push(state);
  byId('curve').replaceChildren(...[curve(points)].filter((c) => c !== undefined));
  if (isFirst) byId('progress').scrollIntoView({ block: 'nearest' });
}

async function run(): Promise<void> {
  if (running) return;
  faults([]);
  byId('curve').replaceChildren();
  byId('parts').textContent = '';
  byId('doing').textContent = 'starting';
  const points: Point[] = [];
  running = start(put(form.read()), (state) => tell(state, points));
  const mine = running;
  working(true);
  try {
    await keep(await mine.answer);
  } catch (error) {
    faults(mine.cancelled() ? ['cancelled: nothing was kept of this run'] : messageOf(error).split('\n'));
  } finally {
    running = undefined;
    working(false);
  }
}

function working(is: boolean): void {
  const progress = byId('progress');
  progress.hidden = !is;
  if (is) progress.scrollIntoView({ block: 'nearest' });
  byId('cancel').hidden = !is;
  byId('run', HTMLButtonElement).disabled = is;
}

async function keep(answer: Answer): Promise<void> {
  const kept = { id: Date.now(), answer };
  runs = [...runs, kept];
  show(answer);
  list();
  byId('shown').focus({ preventScroll: window.innerWidth >= 1000 });
  await store?.add(kept);
}

const list = (): void =>
  listRuns(runs, {
    show(chosen) {
      form.fill(chosen.answer.question);
      show(chosen.answer);
      checkSoon();
      byId('shown').focus();
    },
    remove(chosen) {
      runs = runs.filter((r) => r !== chosen);
      list();
      void store?.remove(chosen.id);
    },
  });

function listen(): void {
  const asked = byId('form', HTMLFormElement);
  asked.addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  asked.addEventListener('input', (event) => {
    const { name, id } = event.target as HTMLInputElement;
    if (id === 'file' || id === 'editor-text') return;
    if (name === 'verb' || name === 'over' || id === 'front') form.adapt();
    if (name === 'verb') form.begin();
    if (id === 'machine') form.fields();
    checkSoon();
  });
  byId('cancel').addEventListener('click', () => running?.cancel());
  byId('link').addEventListener('click', () => {
    history.replaceState(null, '', linkOf(form.read()));
    // The address bar has it where the clipboard is refused.
    navigator.clipboard?.writeText(location.href).catch(() => {});
    byId('about').textContent =
      own.files.length > 0
        ? 'The link is in the address bar; whoever opens it needs the files as well.'
        : 'The link is in the address bar.';
  });
  const root = document.documentElement;
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    root.classList.add('dropping');
  });
  document.addEventListener('dragleave', () => root.classList.remove('dropping'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    root.classList.remove('dropping');
    void own.take([...(event.dataTransfer?.files ?? [])]);
  });
  window.addEventListener('hashchange', () => {
    const question = questionIn(location.hash);
    if (question) ask(question);
  });
}

function ask(question: Question): void {
  form.fill(question);
  byId('question', HTMLDetailsElement).open = true;
  checkSoon();
}

async function remember(): Promise<void> {
  try {
    store = await openStore();
    runs = [...(await store.all()), ...runs];
    list();
  } catch {
    byId('kept').textContent = 'This browser keeps no data for the page: runs are gone when it is closed.';
  }
}

form.fill(firstQuestion);
byId('question', HTMLDetailsElement).open = window.innerWidth >= 1000;
listen();
tellParts();
listenToLayers();
listenToHardware();
offerFiles();
const linked = questionIn(location.hash);
if (linked) ask(linked);
void remember();
checkSoon();
void settleWithHost();
