// The form of a question: what there is to choose from, what is filled in, and back.

import type { Lists } from '../work/lists.js';
import type { Question, Subject, VerbName } from '../work/question.js';
import { firstQuestion, residencies, subjectOf, subjects, verbs } from '../work/question.js';
import { byId, input, make, option, select } from './dom.js';
import { many, whole } from './quantities.js';
import { first, says } from './verb-texts.js';

const chosen = <T extends string>(name: string, all: readonly T[], otherwise: T): T => {
  const value = document.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value;
  return all.find((v) => v === value) ?? otherwise;
};
const check = (name: string, value: string): void => {
  const radio = document.querySelector<HTMLInputElement>(`input[name="${name}"][value="${value}"]`);
  if (radio) radio.checked = true;
};

export const verbOf = (): VerbName => chosen('verb', verbs, 'map');
/** What the question is about now. */
export const aboutOf = (): Subject => subjectOf({ verb: verbOf(), over: chosen('over', subjects, 'machine') });

/** Fields whose texts a question has as they are typed. */
const texts = [
  'batch',
  'more',
  'points',
  'strategies',
  'repeat',
  'timeLimit',
  'bits',
  'layerBits',
  'accumPrecision',
  'divide',
  'mean',
  'std',
  'first',
  'maxLoss',
] as const;
const choices = [
  'network',
  'machine',
  'space',
  'technology',
  'objective',
  'front',
  'residency',
  'samples',
  'data',
  'labels',
] as const;
const flags = ['certify', 'bands', 'padding', 'folds', 'unsigned', 'equalize'] as const;

export class Form {
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
    select('technology').append(...lists.technologies.map((t) => option(t)));
    select('front').append(...lists.fronts.map((metric) => option(metric)));
    this.adapt();
    this.fields();
  }

  /** To the verb that is chosen, and to what it is about. */
  adapt(): void {
    const [verb, about] = [verbOf(), aboutOf()];
    for (const part of document.querySelectorAll<HTMLElement>('[data-for], [data-of]'))
      part.hidden =
        ![verb, `${verb}/${about}`].some((one) => (part.dataset['for'] ?? verb).split(' ').includes(one)) ||
        (part.dataset['of'] ?? about) !== about;
    byId('verb-says').textContent = says[verb].what;
    byId('limits-says').textContent = says[verb].limits;
    byId('time-says').textContent = says[verb].time;
    byId('strategies-says').textContent =
      `all that suit the question, or some of ${this.lists.strategies[about].join(', ')}; commas between them`;
    byId('front-points').hidden = select('front').value === '';
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
    const name = select('machine').value;
    const machine = this.lists.machines.find((m) => m.name === name);
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
    const none = machine
      ? 'This machine gives its energies itself: it has no parameters of the template.'
      : 'This machine is a file of yours: it can be edited as one, below.';
    byId('fields').replaceChildren(...(fields.length > 0 ? fields : [make('p', { class: 'says' }, none)]));
  }

  /** `wrong`: per parameter, what is wrong with what is typed. */
  mark(wrong: Readonly<Record<string, string>>): void {
    for (const field of this.parameters()) {
      const message = wrong[field.dataset['parameter'] ?? ''] ?? '';
      field.setAttribute('aria-invalid', String(message !== ''));
      byId(`${field.id}-wrong`).textContent = message;
    }
  }

  read(): Question {
    const edits = this.parameters().flatMap((field) => {
      const value = field.value.trim();
      return value === '' ? [] : [[field.dataset['parameter'] ?? '', value] as const];
    });
    const from = <K extends string, T>(names: readonly K[], value: (name: K) => T) =>
      Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, T>;
    return {
      verb: verbOf(),
      over: chosen('over', subjects, 'machine'),
      ...from(choices, (name) => select(name).value),
      residency: residencies.find((r) => r === select('residency').value) ?? firstQuestion.residency,
      ...from(texts, (name) => input(name).value.trim()),
      ...from(flags, (name) => input(name).checked),
      edits: aboutOf() === 'machine' ? Object.fromEntries(edits) : {},
      limits: input('limits')
        .value.split(',')
        .map((limit) => limit.trim())
        .filter((limit) => limit !== ''),
    };
  }

  /** A run that was kept by an earlier page may lack what there was not then. */
  fill(given: Partial<Question>): void {
    const q = { ...firstQuestion, ...given };
    check('verb', q.verb);
    check('over', q.over);
    this.adapt();
    for (const name of choices) {
      const list = select(name);
      // A file that is not here is named all the same: the check says that it is missing.
      if (![...list.options].some((o) => o.value === q[name]) && q[name] !== '')
        list.append(option(q[name], `${q[name]} (choose the file again)`));
      list.value = q[name];
    }
    for (const name of texts) input(name).value = q[name];
    for (const name of flags) input(name).checked = q[name];
    input('limits').value = q.limits.join(', ');
    this.adapt();
    this.fields(q.edits);
    if (Object.keys(q.edits).length > 0) byId('parameters', HTMLDetailsElement).open = true;
  }

  private parameters(): readonly HTMLInputElement[] {
    return [...byId('fields').querySelectorAll('input')];
  }
}
