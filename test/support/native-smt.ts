// Other solvers of SMT-LIB where they are installed: what they say of the text that Z3 in WebAssembly got.

import { execute, inFolder } from '../../src/pool/node/programs.js';

const commands = {
  z3: (seconds: number) => [`-T:${seconds}`, 'script.smt2'],
  cvc5: (seconds: number) => [`--tlimit=${seconds * 1000}`, 'script.smt2'],
} as const;
export type NativeSolver = keyof typeof commands;
export const nativeSolvers = Object.keys(commands) as NativeSolver[];

export const isInstalled = async (solver: NativeSolver): Promise<boolean> =>
  (await execute(solver, ['--version'], {})).code === 0;

/** `sat`, `unsat`, or `none` where it gave no answer in its time; what it found wrong with the text. */
export async function askNative(
  solver: NativeSolver,
  text: string,
  seconds: number,
): Promise<{ readonly status: 'sat' | 'unsat' | 'none'; readonly errors: readonly string[] }> {
  const { stdout, stderr } = await inFolder({ 'script.smt2': text }, (cwd) =>
    execute(solver, commands[solver](seconds), { cwd, timeLimit: (seconds + 5) * 1000 }),
  );
  const lines = `${stdout}\n${stderr}`.split('\n');
  const status = lines.find((l) => l === 'sat' || l === 'unsat') as 'sat' | 'unsat' | undefined;
  return { status: status ?? 'none', errors: lines.filter((l) => /error/i.test(l) && !/interrupted|timeout/i.test(l)) };
}
