// Files of the user's: dropped, chosen or edited here; each is offered where its content says that it belongs.

import type { FileRole, Looked } from '../work/look.js';
import type { Editable } from '../work/printed.js';
import type { Question } from '../work/question.js';
import { desk } from './desk.js';
import { byId, make, option, select, settled } from './dom.js';
import { download } from './download.js';
import { messageOf } from './words.js';

interface Own {
  readonly file: File;
  readonly looked: Looked;
}

export interface FileHooks {
  /** Something else is chosen now. */
  readonly changed: () => void;
  readonly show: (looked: Looked) => void;
  readonly fault: (message: string) => void;
  readonly question: () => Question;
}

/** Lists in which a file can be chosen. */
const placesFor = (role: FileRole): readonly string[] => (role === 'samples' ? ['samples', 'data', 'labels'] : [role]);

export class OwnFiles {
  private own: readonly Own[] = [];
  /** What is edited, under which name. */
  private editing: { readonly what: Editable; readonly name: string } | undefined;

  constructor(private readonly hooks: FileHooks) {
    const chosen = byId('file', HTMLInputElement);
    chosen.addEventListener('change', () => void this.take([...(chosen.files ?? [])]));
    for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-edit]'))
      button.addEventListener('click', () => void this.edit(button.dataset['edit'] as Editable));
    const text = byId('editor-text', HTMLTextAreaElement);
    text.addEventListener(
      'input',
      settled(300, () => void this.edited(text.value)),
    );
    byId('editor-save').addEventListener('click', () => {
      if (this.editing) download(this.editing.name, text.value, 'application/yaml');
    });
  }

  get files(): readonly File[] {
    return this.own.map((o) => o.file);
  }

  async take(files: readonly File[]): Promise<void> {
    for (const file of files) {
      try {
        this.put(file, await desk.run('look', file));
      } catch (error) {
        this.hooks.fault(messageOf(error));
      }
    }
  }

  private put(file: File, looked: Looked): void {
    this.own = [...this.own.filter((o) => o.file.name !== file.name), { file, looked }];
    if (looked.role) for (const name of looked.parts ?? [file.name]) this.offer(looked.role, name);
    this.list();
    if (looked.answer ?? looked.checked) this.hooks.show(looked);
    this.hooks.changed();
  }

  private offer(role: FileRole, name: string): void {
    for (const id of placesFor(role)) {
      const list = select(id);
      [...list.options].find((o) => o.value === name)?.remove();
      list.append(option(name, `${name} (a file of yours)`));
      // Classes of samples lie in files of their own, and no sample in those.
      if (role !== 'samples' || (id === 'labels') === /label/i.test(name)) list.value = name;
    }
  }

  private list(): void {
    const rows = this.own.map(({ file, looked }) => {
      const remove = make('button', { type: 'button', 'aria-label': `Remove ${file.name}` }, 'Remove');
      remove.addEventListener('click', () => this.remove(file.name));
      const show = make('button', { type: 'button', 'aria-label': `Show ${file.name}` }, 'Show');
      show.addEventListener('click', () => this.hooks.show(looked));
      const isShown = looked.answer !== undefined || looked.checked !== undefined;
      return make('li', {}, make('b', {}, file.name), `: ${looked.what} `, ...(isShown ? [show, ' '] : []), remove);
    });
    byId('own-files').replaceChildren(...rows);
    if (rows.length > 0) byId('files', HTMLDetailsElement).open = true;
  }

  private remove(name: string): void {
    const { role, parts = [name] } = this.own.find((o) => o.file.name === name)?.looked ?? {};
    this.own = this.own.filter((o) => o.file.name !== name);
    for (const id of role ? placesFor(role) : [])
      for (const own of [...select(id).options].filter((o) => parts.includes(o.value))) own.remove();
    if (this.editing?.name === name) this.stop();
    this.list();
    this.hooks.changed();
  }

  private stop(): void {
    this.editing = undefined;
    byId('editor').hidden = true;
  }

  /** Begins with what is chosen now. */
  private async edit(what: Editable): Promise<void> {
    try {
      const text = await desk.run('printed', { question: this.hooks.question(), files: this.files, what });
      const of = select(what).value.replace(/\.(ya?ml|json)$/i, '');
      const name = `${of === '' ? '16nm' : of.replace(/^my-/, '').replace(/^/, 'my-')}.yaml`;
      this.editing = { what, name };
      byId('editor').hidden = false;
      byId('editor-title').textContent = `${name}: ${what}, as a file`;
      const field = byId('editor-text', HTMLTextAreaElement);
      field.value = text;
      field.focus();
      await this.edited(text);
    } catch (error) {
      this.hooks.fault(messageOf(error));
    }
  }

  /** Faults of what is typed are those of the question, which is checked with it. */
  private async edited(text: string): Promise<void> {
    if (!this.editing) return;
    const { what, name } = this.editing;
    await Promise.resolve();
    this.put(new File([text], name, { type: 'application/yaml' }), {
      what: `a ${what}, edited here`,
      role: what,
      answer: undefined,
      checked: undefined,
    });
  }
}
