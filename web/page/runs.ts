// The list of finished runs, the newest first, side by side in a table.

import type { Answer } from '../work/question.js';
import { byId, make } from './dom.js';
import { energy, quantity, share, whole } from './quantities.js';
import type { Run } from './store.js';

const moods: Readonly<Record<Answer['status'], string>> = {
  optimal: 'good',
  feasible: 'open',
  infeasible: 'bad',
  unknown: 'open',
};

export function listRuns(
  runs: readonly Run[],
  { show, remove }: { readonly show: (run: Run) => void; readonly remove: (run: Run) => void },
): void {
  byId('runs').hidden = runs.length === 0;
  const rows = runs
    .toSorted((a, b) => b.id - a.id)
    .map((run) => {
      const { title, status, facts, question, seconds } = run.answer;
      const { objective, bound, energy: pj, cycles, area } = facts;
      const gap =
        objective !== undefined && bound !== undefined ? Math.max(0, (objective - bound) / objective) : undefined;
      const number = (value: number | undefined, print: (value: number) => string) =>
        make('td', { class: 'n' }, value === undefined ? '\u2013' : print(value));
      const press = (text: string, act: () => void) => {
        const button = make('button', { type: 'button', 'aria-label': `${text} ${title}` }, text);
        button.addEventListener('click', act);
        return button;
      };
      return make(
        'tr',
        {},
        make('th', { scope: 'row' }, title),
        make('td', {}, make('span', { class: `badge ${moods[status]}` }, status)),
        make('td', {}, objective === undefined ? question.objective : `${question.objective} ${quantity(objective)}`),
        number(gap, share),
        number(pj, energy),
        number(cycles, whole),
        number(area, (a) => `${a.toFixed(3)} mm2`),
        number(seconds, (s) => `${s.toFixed(1)} s`),
        make(
          'td',
          {},
          press('Show', () => show(run)),
          ' ',
          press('Remove', () => remove(run)),
        ),
      );
    });
  byId('list').replaceChildren(...rows);
}
