// The last programs of a layer as files for other solvers, with comments that lead from names to the mapping.

import { stopText } from '../base/stop-reason.js';
import { nth } from '../base/invariant.js';
import type { Architecture } from '../model/machine/architecture.js';
import { exponents, objectiveUnits } from '../model/cost/goal.js';
import { dimensions, printShape, irrelevant, tensors } from '../model/workload/layer.js';
import { printMapping } from '../model/mapping/loop-nest.js';
import type { Answer, ProgramFormat, Task, WrittenProgram } from '../search/strategy.js';
import { gapOf } from '../search/strategy.js';
import { columnLegend, rowLegend } from './legend.js';
import { printLp } from './lp-format.js';
import { printMps } from './mps-format.js';
import type { LastProgram } from './outer.js';
import { offsetName, plainName } from './portable.js';

const printers = { lp: printLp, mps: printMps } as const;

/** One text per format and arrangement; `last` has a program per arrangement. */
export const writePrograms = (
  task: Task,
  answer: Answer,
  last: readonly LastProgram[],
  formats: readonly ProgramFormat[],
): readonly WrittenProgram[] =>
  last.flatMap((program, arrangement) => {
    const comments = commentsOn(task, answer, program, arrangement);
    return formats.map((format): WrittenProgram => ({
      format,
      arrangement,
      text: printers[format](program.milp, comments),
    }));
  });

function commentsOn(task: Task, answer: Answer, last: LastProgram, arrangement: number): readonly string[] {
  const { layer, goal, conventions, architectures } = task;
  const machine = nth(architectures, arrangement);
  const unit = objectiveUnits[goal.objective];
  const several = architectures.length > 1 ? `, arrangement ${arrangement + 1} of ${architectures.length}` : '';
  const limits = Object.entries(goal.limits).map(
    ([name, limit]) => `, ${name} at most ${limit} ${objectiveUnits[name as keyof typeof goal.limits]}`,
  );
  const bounds = dimensions.flatMap((d) => (layer.bounds[d] > 1 ? [`${d}=${layer.bounds[d]}`] : []));
  return [
    `magnet: the last linear program of layer ${layer.name} on ${machine.name}${several}`,
    '',
    `layer:        ${layer.name}, ${printShape(layer)} (${bounds.join(' ') || 'one multiplication'})`,
    `machine:      ${machine.name}${several}`,
    `goal:         ${goal.objective} in ${unit}${limits.join('')}`,
    `counted as:   ${conventions.name}; bounds ${task.padding ? 'may be padded' : 'are not padded'}`,
    `solved by:    ${answer.solver}: ${answer.status}${answer.reason === undefined ? '' : ` (${stopText(answer.reason)})`}`,
    `scale:        ${last.scale} ${unit}: the objective of this program times the scale is the ${goal.objective}`,
    'best known:   ' +
      (answer.best
        ? `${answer.best.objective} ${unit}, ${answer.best.objective / last.scale} of the scale`
        : 'no mapping'),
    'proven bound: ' +
      (answer.status === 'infeasible'
        ? 'there is no mapping'
        : `${answer.bound} ${unit}, ${answer.bound / last.scale} of the scale`) +
      (answer.best ? `; gap ${gapOf(answer).toPrecision(3)}` : ''),
    '',
    ...whatItIs(last),
    ...levelsOf(machine),
    ...howToRead(last.milp.columns.some((c) => c.name.startsWith('first.'))),
    'Columns:',
    ...indented(columnLegend(last.milp.columns.map((c) => c.name))),
    `  ${offsetName} is 1: the part of the objective that no choice changes`,
    'Rows (the others say that one of several binaries is 1, or link a table to its logarithm):',
    ...indented(rowLegend(last.milp.rows.map((r) => r.name))),
    '',
    ...termsOf(last, exponents[goal.objective].cycles > 0),
    ...bestMapping(task, answer, arrangement),
  ];
}

const whatItIs = ({ excluded }: LastProgram): readonly string[] => [
  'What this is: a relaxation. Factors of loops are logarithms, a product of the cost model is e^w, ' +
    'and e^w is held from',
  'below by tangents. So the optimum, times the scale, is at most the cost of every mapping that is better than ' +
    'the best',
  'known one; magnet adds tangents where the optimum lies until that meets the best mapping within the gap.',
  ...(excluded === 0
    ? []
    : [
        `${excluded} choices of factors and orders that magnet judged are cut off (rows not*): ` +
          'the optimum is a bound of all others,',
        'and the lesser of it and the best known mapping one of the layer.',
      ]),
  '',
];

function levelsOf(a: Architecture): readonly string[] {
  const width = Math.max(...a.levels.map((l) => plainName(l.name).length));
  return [
    'Levels, outermost first:',
    ...a.levels.map((l) => {
      const axes = l.axes.map((x) => `${plainName(x.name)} of ${x.size} (${x.dims.join(' ')})`);
      return (
        `  ${plainName(l.name).padEnd(width)}  keeps ${l.keeps.join(', ') || 'nothing'}` +
        (l.open ? ` (${l.open.join(', ')} where keep.* is 1)` : '') +
        (axes.length === 0 ? '' : `; fans out along ${axes.join(', ')}`)
      );
    }),
    '',
  ];
}

const howToRead = (slides: boolean): readonly string[] => [
  'How to read a solution, level by level from the outermost in:',
  '  1. Loops in time of level L: for each dimension D the product of p ^ D.L.t.p. What has no column is 1.',
  '  2. Their order: inner.L.t.T names the tensor whose loops stand innermost; all others stand outside them, ' +
    'G outermost.',
  `     Loops irrelevant to a tensor: ${tensors.map((t) => `${t} ${irrelevant[t].join(' ')}`).join('; ')}.`,
  ...(slides
    ? ['     Where first.L.t.D is 1 the loop of D stands innermost of all; with inner.L.t.Inputs, right outside of K.']
    : []),
  '  3. Loops side by side on axis S: n where D.S.is.n is 1, else the product of p ^ D.S.p.',
  '  The rest follows from these. Written as a mapping file, "magnet evaluate" says what the mapping costs.',
  'Names: D is a dimension, T a tensor, L a level, S a place for loops, L.t (in time) or an axis; p is a prime.',
];

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

/** A term by the first sum that it counts in, and how many more there are. */
const termsOf = ({ terms }: LastProgram, timed: boolean): readonly string[] => [
  'Terms, by the sums that they count in' +
    (timed ? '; those of the objective are energies times cycles, those of rows cycles*, shares of the cycles' : '') +
    ':',
  ...terms.map(({ of, log, uses }) => {
    const said = uses.map(
      (u) => `${u.weight === 1 ? '' : `${Number(u.weight.toPrecision(6))} x in `}${u.sum}: ${u.label ?? 'a product'}`,
    );
    return (
      `  ${of} = e^${log}: ${said.slice(0, 3).join('; ')}` + (said.length > 3 ? `; and ${said.length - 3} more` : '')
    );
  }),
  '',
];

function bestMapping({ architectures, layer }: Task, { best }: Answer, arrangement: number): readonly string[] {
  if (!best) return ['No mapping is known.'];
  const where =
    best.architecture === arrangement
      ? ''
      : `, which is one of arrangement ${best.architecture + 1}, not of this program`;
  return [
    `The best mapping known${where}: ${best.evaluation.energy} pJ, ${best.evaluation.cycles} cycles`,
    ...indented(printMapping(architectures[best.architecture], best.mapping, layer).split('\n')),
  ];
}
