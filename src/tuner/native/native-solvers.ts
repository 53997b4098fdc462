// MILP solvers of the user's machine: how each is called, and what its solution file and its log say. What they prove
// they prove within tolerances of their own.

import { nth } from '../../base/invariant.js';

/** The files that a solver reads and writes in its folder. */
export const modelFile = 'model.mps';
export const solutionFile = 'solution.txt';

export interface NativeLimits {
  /** Seconds. */
  readonly timeLimit: number;
  /** (incumbent - bound) / incumbent at which it may stop. */
  readonly gap: number;
}

export type NativeAnswer =
  | {
      readonly status: 'solved';
      readonly objective: number;
      /** -Infinity where it said none. */
      readonly bound: number;
      /** By the number of their column; all others are zero. */
      readonly values: ReadonlyMap<number, number>;
    }
  | { readonly status: 'infeasible' }
  | { readonly status: 'nothing'; readonly said: string };

export interface NativeSolver {
  readonly name: 'cbc' | 'glpsol';
  /** What brings it, on Debian and Ubuntu. */
  readonly from: string;
  /** Asks for nothing but whether it is there. */
  readonly hello: readonly string[];
  readonly args: (limits: NativeLimits) => readonly string[];
  readonly read: (solution: string, log: string) => NativeAnswer;
}

/** Decimals after which CBC prints no more of a bound: it is lowered by that. */
const cbcRounding = 1e-3;
/** GLPK prints bounds with ten digits. */
const glpkRounding = 1e-9;

const cbc: NativeSolver = {
  name: 'cbc',
  from: 'coinor-cbc',
  hello: ['-quit'],
  args: ({ timeLimit, gap }) => [
    modelFile,
    ...['-ratioGap', String(gap), '-allowableGap', '0', '-seconds', String(Math.ceil(timeLimit))],
    ...['-solve', '-solution', solutionFile],
  ],
  read(solution, log) {
    const [head = '', ...lines] = solution.split('\n');
    if (/^(Integer infeasible|Infeasible)/.test(head)) return { status: 'infeasible' };
    const found = /^(Optimal|Stopped).* - objective value (\S+)/.exec(head);
    if (!found || head.includes('no integer solution') || head.includes('unbounded'))
      return { status: 'nothing', said: head || lastLine(log) };
    const objective = Number(found[2]);
    const said = /^Lower bound:\s+(\S+)/m.exec(log);
    const whole = found[1] === 'Optimal' ? objective : -Infinity;
    return {
      status: 'solved',
      objective,
      bound: said ? Number(said[1]) - cbcRounding : whole,
      // Number, name, value and reduced cost; ** in front of what breaks a row.
      values: pairs(lines, (words) => [Number(words[0]), Number(words[2])]),
    };
  },
};

const glpsol: NativeSolver = {
  name: 'glpsol',
  from: 'glpk-utils',
  hello: ['--version'],
  args: ({ timeLimit, gap }) => [
    ...['--freemps', modelFile, '--mipgap', String(gap), '--tmlim', String(Math.ceil(timeLimit))],
    ...['--write', solutionFile],
  ],
  read(solution, log) {
    const lines = solution.split('\n');
    const found = /^s mip \d+ \d+ (\w) (\S+)/m.exec(solution);
    if (found?.[1] === 'n') return { status: 'infeasible' };
    if (found?.[1] !== 'o' && found?.[1] !== 'f') return { status: 'nothing', said: lastLine(log) };
    const objective = Number(found[2]);
    return {
      status: 'solved',
      objective,
      bound: found[1] === 'o' ? objective : glpkBound(log),
      values: pairs(
        lines.filter((line) => line.startsWith('j ')),
        (words) => [Number(words[1]) - 1, Number(words[2])],
      ),
    };
  },
};

/** Of the last line of its tree that has one. */
function glpkBound(log: string): number {
  const said = [...log.matchAll(/^\+.*>=\s+([-+.\de]+)\s/gm)].at(-1);
  const bound = said ? Number(said[1]) : NaN;
  return Number.isFinite(bound) ? bound - glpkRounding * Math.abs(bound) : -Infinity;
}

const pairs = (
  lines: readonly string[],
  of: (words: readonly string[]) => readonly [number, number],
): ReadonlyMap<number, number> =>
  new Map(
    lines.flatMap((line) => {
      const words = line.split(/\s+/).filter((w) => w !== '' && w !== '**');
      return words.length < 3 ? [] : [of(words)];
    }),
  );

const lastLine = (log: string): string => {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? 'it said nothing' : nth(lines, lines.length - 1).trim();
};

/** In the order in which they are looked for. */
export const nativeSolvers: readonly NativeSolver[] = [cbc, glpsol];
