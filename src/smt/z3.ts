// Z3, compiled to WebAssembly, in the thread that asks: text in, a verdict out.
//
// The call blocks its thread: that way whatever goes wrong inside is an exception here. Its clock runs in a thread of
// its own, which keeps no process alive.

import { failed, timeLimit } from '../base/stop-reason.js';
import { defined } from '../base/invariant.js';
import type { Script, Verdict } from './script.js';
import { printScript, spell, withoutBars } from './script.js';
import type { Rational } from '../base/rational.js';
import type { Sexpr } from './sexpr.js';
import { readSexprs, readValue } from './sexpr.js';

export interface SolveScriptOptions {
  /** Seconds that Z3 may think. */
  readonly seconds: number;
}

interface MemoryRoom {
  /** The answers to some commands, in a context that remembers the commands before. */
  say: (context: number, commands: string) => string;
  open: () => number;
  shut: (context: number) => void;
  /** Ends the threads of a room that is not used any more. */
  leave: () => void;
}

/** Megabytes that Z3 may take before it gives up by itself: of 2,048, beyond which it crashes. */
const maxMemory = 1900;

/** Milliseconds that Z3 thinks at least: what is small is settled whatever loading took. */
const shortest = 100;

/** One Z3 per thread, made when it is first asked; a new one after a crash. */
let room: Promise<MemoryRoom> | undefined;

async function enter(): Promise<MemoryRoom> {
  // 35 MB: only who asks pays.
  const { init } = await import('z3-solver');
  const silent = () => {};
  const loaded = await init({ print: silent, printErr: silent });
  const { Z3 } = loaded;
  Z3.global_param_set('memory_max_size', String(maxMemory));
  const { ccall, PThread } = loaded.em as {
    ccall: (name: string, result: string, types: readonly string[], values: readonly unknown[]) => string;
    PThread: { terminateAllThreads: () => void };
  };
  return {
    say: (context, commands) => ccall('Z3_eval_smtlib2_string', 'string', ['number', 'string'], [context, commands]),
    open() {
      const config = Z3.mk_config();
      const context = Z3.mk_context(config);
      Z3.del_config(config);
      return context as unknown as number;
    },
    shut: (context) => Z3.del_context(context as unknown as Parameters<typeof Z3.del_context>[0]),
    leave: () => PThread.terminateAllThreads(),
  };
}

/** What Z3 says of a script, or of SMT-LIB text. Never rejects: what goes wrong is an unknown, in words. */
export async function solveScript(script: Script | string, options: SolveScriptOptions): Promise<Verdict> {
  const from = performance.now();
  const answer = (found: Partial<Verdict> & Pick<Verdict, 'status'>): Verdict => ({
    core: [],
    values: new Map(),
    reason: undefined,
    ...found,
    seconds: (performance.now() - from) / 1000,
  });
  const text = typeof script === 'string' ? script : printScript(script, { check: true });
  let here: MemoryRoom | undefined;
  try {
    here = await (room ??= enter());
    // Loading Z3 counts, so that whoever asks is answered in time; a time of 0 would be no limit at all.
    const milliseconds = Math.max(shortest, Math.round(options.seconds * 1000 - (performance.now() - from)));
    const context = here.open();
    const said = readSexprs(
      here.say(
        context,
        `(set-option :timeout ${milliseconds})\n${text}${/\(\s*check-sat\s*\)/.test(text) ? '' : '\n(check-sat)'}`,
      ),
    );
    const ask = (command: string) => readSexprs(defined(here).say(context, command))[0];
    const found = conclude(script, text, said, ask);
    here.shut(context);
    return answer(found);
  } catch (error) {
    // Nothing inside can be trusted now: the next question gets a new one.
    room = undefined;
    try {
      here?.leave();
    } catch {
      // It crashed: there may be nothing left to end.
    }
    return answer({
      status: 'unknown',
      reason: failed(
        `${here ? 'Z3 crashed' : 'Z3 is not to be had'}: ${error instanceof Error ? error.message : String(error)}`,
      ),
    });
  }
}

function conclude(
  script: Script | string,
  text: string,
  said: readonly Sexpr[],
  ask: (command: string) => Sexpr | undefined,
): Partial<Verdict> & Pick<Verdict, 'status'> {
  const fault = said.find((e) => typeof e !== 'string' && e[0] === 'error');
  const status = said.findLast((e) => e === 'sat' || e === 'unsat' || e === 'unknown');
  if (fault) return { status: 'unknown', reason: failed(`Z3 says: ${String(fault[1]).replace(/^"|"$/g, '')}`) };
  if (status === 'unsat') return { status, core: coreOf(script, ask('(get-unsat-core)')) };
  if (status === 'sat') return { status, values: valuesOf(script, text, ask) };
  const why = status === undefined ? undefined : ask('(get-info :reason-unknown)');
  const words = typeof why === 'object' ? String(why[1]).replace(/^"|"$/g, '') : 'Z3 gave no answer';
  // Z3 has no codes for these, only words.
  return {
    status: 'unknown',
    reason: /timeout|cancel/.test(words) ? timeLimit : failed(/memory/.test(words) ? 'memory' : words),
  };
}

const listed = (e: Sexpr | undefined): readonly Sexpr[] => (typeof e === 'object' ? e : []);

/** In the order of the script, whatever order Z3 found it in. */
function coreOf(script: Script | string, answered: Sexpr | undefined): readonly string[] {
  const said = new Set(listed(answered).map((e) => withoutBars(String(e))));
  if (typeof script === 'string') return [...said];
  const { labels } = spell(script);
  return script.assertions.flatMap(({ name }, i) =>
    name !== undefined && said.has(withoutBars(labels[i]!)) ? [name] : [],
  );
}

/** Constants whose values are no rational numbers are left out. */
function valuesOf(
  script: Script | string,
  text: string,
  ask: (command: string) => Sexpr | undefined,
): ReadonlyMap<string, Rational> {
  const written = typeof script === 'string' ? declaredIn(text) : spell(script).constants;
  if (written.length === 0) return new Map();
  const names = typeof script === 'string' ? written.map(withoutBars) : script.declarations.map(({ name }) => name);
  const pairs = listed(ask(`(get-value (${written.join(' ')}))`));
  return new Map(
    names.flatMap((name, i): [string, Rational][] => {
      const value = readValue(listed(pairs[i])[1] ?? '');
      return value ? [[name, value]] : [];
    }),
  );
}

function declaredIn(text: string): readonly string[] {
  return readSexprs(text).flatMap((e) =>
    typeof e === 'object' && (e[0] === 'declare-const' || (e[0] === 'declare-fun' && listed(e[2]).length === 0))
      ? [String(e[1])]
      : [],
  );
}
