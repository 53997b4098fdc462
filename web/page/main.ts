// The page: its form, the runs at work, the answer that is shown, and the runs that are kept.

import type { Lists } from '../work/lists.js';
import type { Answer, Question } from '../work/question.js';
import { firstQuestion } from '../work/question.js';
import { begin } from './at-work.js';
import { desk } from './desk.js';
import { byId, make, settled } from './dom.js';
import { aboutOf, Form } from './form.js';
import { listenToHardware } from './hardware.js';
import { settleWithHost } from './host.js';
import { listenToLayers } from './layers.js';
import { linkOf, questionIn } from './link.js';
import { listNetworks } from './network-asked.js';
import { many } from './quantities.js';
import { OwnFiles } from './own-files.js';
import { tellParts } from './parts.js';
import { listRuns } from './runs.js';
import { offerFiles, show, showChecked } from './shown.js';
import type { Run, Store } from './store.js';
import { openStore } from './store.js';
import { inFields, messageOf } from './words.js';

const form = new Form(JSON.parse(byId('lists').textContent) as Lists);

let runs: readonly Run[] = [];
let store: Store | undefined;

const faults = (lines: readonly string[]): void =>
  byId('faults').replaceChildren(...lines.map((line) => make('li', {}, line)));

/** What was wrong with the file that was given last: it stands until something else is given or asked, whatever is checked meanwhile. */
let ofFile: readonly string[] = [];

const own = new OwnFiles({
  changed() {
    ofFile = [];
    byId('question', HTMLDetailsElement).open = true;
    form.fields();
    listNetworks();
    checkSoon();
  },
  show({ answer, checked }) {
    if (answer) show(answer);
    if (checked) showChecked(checked);
    byId('shown').focus({ preventScroll: window.innerWidth >= 1000 });
  },
  fault(message) {
    ofFile = [message];
    faults(ofFile);
  },
  question: () => form.read(),
});

const put = (question: Question) => ({ question, files: own.files });

/** One check at a time, and the last that is asked for: one of a large file takes seconds. */
let checking = false;
let isStale = false;
async function check(): Promise<void> {
  isStale = checking;
  if (checking) return;
  checking = true;
  try {
    const { faults: wrong, wrong: edits, area, layers, macs, note } = await desk.run('check', put(form.read()));
    if (isStale) return;
    faults([...ofFile, ...wrong.map(inFields)]);
    form.mark(edits);
    byId('run', HTMLButtonElement).disabled = wrong.length > 0;
    const about = [
      ...(layers > 0 ? [`${layers} layers of different shape, ${many(macs)} multiplications`] : []),
      ...(area !== undefined && aboutOf() === 'machine' ? [`the machine takes ${area.toFixed(3)} mm2`] : []),
      ...(note === '' ? [] : [note]),
    ];
    byId('about').textContent = about.join('; ');
  } catch (error) {
    faults([messageOf(error)]);
  } finally {
    checking = false;
    if (isStale) void check();
  }
}
const checkSoon = settled(200, () => void check());

function run(): void {
  ofFile = [];
  faults([]);
  void begin(put(form.read()), (answer, isLast) => void keep(answer, isLast));
}

/** Whoever fills in the next question meanwhile is left at it. */
const isAsking = (): boolean => document.activeElement?.matches('#form :is(input, select, textarea)') ?? false;

async function keep(answer: Answer, isLast: boolean): Promise<void> {
  // Two runs may be finished in one millisecond.
  const kept = { id: Math.max(Date.now(), ...runs.map((r) => r.id + 1)), answer };
  runs = [...runs, kept];
  list();
  if (isLast) {
    show(answer);
    if (!isAsking()) byId('shown').focus({ preventScroll: window.innerWidth >= 1000 });
  }
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
    run();
  });
  asked.addEventListener('input', (event) => {
    const { name, id } = event.target as HTMLInputElement;
    if (id === 'file' || id === 'editor-text') return;
    ofFile = [];
    if (name === 'verb' || name === 'over' || id === 'front') form.adapt();
    if (name === 'verb') form.begin();
    if (id === 'machine') form.fields();
    checkSoon();
  });
  byId('link').addEventListener('click', () => {
    history.replaceState(null, '', linkOf(form.read()));
    // The address bar has it where the clipboard is refused, or where there is none, without HTTPS.
    (navigator as Partial<Navigator>).clipboard?.writeText(location.href).catch(() => {});
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
listenToHardware(() => own.files);
offerFiles();
const linked = questionIn(location.hash);
if (linked) ask(linked);
void remember();
checkSoon();
void settleWithHost();
