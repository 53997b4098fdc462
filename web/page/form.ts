// The form of a question: what there is to choose from, what is filled in, and back.

import type { Lists } from '../work/lists.js';
import type { Question, VerbName } from '../work/question.js';
import { verbs } from '../work/question.js';
import { byId, make, option } from './dom.js';
import { many, whole } from './quantities.js';

const select = (id: string) => byId(id, HTMLSelectElement);
const input = (id: string) => byId(id, HTMLInputElement);

/** What each verb does, how its limits are written, and what its time is for. */
const says: Readonly<Record<VerbName, { readonly what: string; readonly limits: string; readonly time: string }>> = {
  map: {
    what: 'The best mapping of every layer on a machine, each with its proof.',
    limits:
      'latency=7.3ms of the network, latency@each=200us of every layer; energy, edp likewise; commas between them',
    time: 'for each layer, such as 10s or 2min',
  },
  schedule: {
    what: 'Which tensors stay in the global buffer, with a mapping for every run.',
    limits: 'latency=7.3ms or energy=3mJ of the network; commas between them',
    time: 'for the whole question, such as 1min',
  },
  codesign: {
    what: 'The best machine of a design space, with all mappings.',
    limits: 'area=2mm2, latency=5ms, energy=3mJ; commas between them',
    time: 'for the whole search, such as 10min',
  },
};

/** As on the command line. */
const first: Readonly<Record<VerbName, { readonly time: string; readonly objective: string }>> = {
  map: { time: '60s', objective: 'layer-edp' },
  schedule: { time: '5min', objective: 'edp' },
  codesign: { time: '10min', objective: 'edp' },
};

export const verbOf = (): VerbName => {
  const chosen = document.querySelector<HTMLInputElement>('input[name="verb"]:checked')?.value;
  return verbs.find((verb) => verb === chosen) ?? 'map';
};

export class Form {
  file: File | undefined;

  constructor(private readonly lists: Lists) {
    select('network').append(
      ...lists.networks.map((n) => option(n.name, `${n.name} (${n.layers} layers, ${many(n.macs)} MACs)`)),
    );
    select('machine').append(
      ...lists.machines.map((m) =>
        option(m.name, m.area === undefined ? m.name : `${m.name} (${m.area.toFixed(2)} mm2)`),
      ),
    );
    select('space').append(...lists.spaces.map((s) => option(s.name, `${s.name} (${whole(s.machines)} machines)`)));
    this.adapt();
    this.fields();
  }

  /** To the verb that is chosen. */
  adapt(): void {
    const verb = verbOf();
    for (const part of document.querySelectorAll<HTMLElement>('[data-for]'))
      part.hidden = !(part.dataset['for'] ?? '').split(' ').includes(verb);
    byId('verb-says').textContent = says[verb].what;
    byId('limits-says').textContent = says[verb].limits;
    byId('time-says').textContent = says[verb].time;
    const objective = select('objective');
    const before = objective.value;
    const known = this.lists.objectives[verb];
    objective.replaceChildren(...known.map((name) => option(name)));
    objective.value = known.includes(before) ? before : first[verb].objective;
  }

  /** The objective and the time that a verb has by itself. */
  begin(): void {
    const { time, objective } = first[verbOf()];
    select('objective').value = objective;
    input('timeLimit').value = time;
  }

  /** The parameters of the machine that is chosen, none of them edited. */
  fields(edits: Question['edits'] = {}): void {
    const machine = this.lists.machines.find((m) => m.name === select('machine').value);
    const fields = (machine?.parameters ?? []).map(({ name, value, meaning }) => {
      const id = `parameter-${name}`;
      const own = make('input', {
        id,
        type: 'text',
        spellcheck: 'false',
        placeholder: value,
        'data-parameter': name,
        'aria-describedby': `${id}-says ${id}-wrong`,
      });
      own.value = edits[name] ?? '';
      return make(
        'div',
        { class: 'field' },
        make('label', { for: id }, name),
        own,
        make('p', { id: `${id}-says` }, meaning),
        make('p', { id: `${id}-wrong`, class: 'wrong' }),
      );
    });
    const none = make(
      'p',
      { class: 'says' },
      'This machine gives its energies itself: it has no parameters of the template.',
    );
    byId('fields').replaceChildren(...(fields.length > 0 ? fields : [none]));
  }

  /** `wrong`: per parameter, what is wrong with what is typed. */
  mark(wrong: Readonly<Record<string, string>>): void {
    for (const field of this.parameters()) {
      const message = wrong[field.dataset['parameter'] ?? ''] ?? '';
      field.setAttribute('aria-invalid', String(message !== ''));
      byId(`${field.id}-wrong`).textContent = message;
    }
  }

  take(file: File): void {
    this.file = file;
    const network = select('network');
    network.querySelector('option[data-file]')?.remove();
    const own = option(file.name, `${file.name} (a file of yours)`);
    own.dataset['file'] = '';
    network.append(own);
    network.value = file.name;
  }

  read(): Question {
    const verb = verbOf();
    const edits = this.parameters().flatMap((field) => {
      const value = field.value.trim();
      return value === '' ? [] : [[field.dataset['parameter'] ?? '', value] as const];
    });
    return {
      verb,
      network: select('network').value,
      machine: select('machine').value,
      edits: verb === 'codesign' ? {} : Object.fromEntries(edits),
      space: select('space').value,
      objective: select('objective').value,
      limits: input('limits')
        .value.split(',')
        .map((limit) => limit.trim())
        .filter((limit) => limit !== ''),
      padding: input('padding').checked,
      folds: input('folds').checked,
      timeLimit: input('timeLimit').value.trim(),
    };
  }

  fill(q: Question): void {
    const verb = document.querySelector<HTMLInputElement>(`input[name="verb"][value="${q.verb}"]`);
    if (verb) verb.checked = true;
    this.adapt();
    const network = select('network');
    // A file that is not here is named all the same: the check says that it is missing.
    if (![...network.options].some((o) => o.value === q.network)) {
      const gone = option(q.network, `${q.network} (choose the file again)`);
      gone.dataset['file'] = '';
      network.append(gone);
    }
    network.value = q.network;
    select('machine').value = q.machine;
    select('space').value = q.space;
    select('objective').value = q.objective;
    input('limits').value = q.limits.join(', ');
    input('padding').checked = q.padding;
    input('folds').checked = q.folds;
    input('timeLimit').value = q.timeLimit;
    this.fields(q.edits);
    if (Object.keys(q.edits).length > 0) byId('parameters', HTMLDetailsElement).open = true;
  }

  private parameters(): readonly HTMLInputElement[] {
    return [...byId('fields').querySelectorAll('input')];
  }
}
