// A program outside of magnet that one talks to, line by line, as long as it runs.

import { spawn } from 'node:child_process';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';

export interface Conversation {
  /**
   * Says a line, and hears lines up to one that is `last`, each of which `heard` is told at once. Never rejects: a
   * program that ends before is a refusal with what it said. One question at a time.
   */
  readonly ask: (line: string, last: string, heard?: (line: string) => void) => Promise<Parsed<readonly string[]>>;
  /** Says no more, and waits until the program has ended. */
  readonly close: () => Promise<void>;
}

export function converse(
  command: string,
  args: readonly string[],
  { cwd, name, signal }: { readonly cwd: string; readonly name: string; readonly signal?: AbortSignal | undefined },
): Conversation {
  const child = spawn(command, args, { cwd, killSignal: 'SIGKILL', ...(signal && { signal }) });
  let [rest, complaint] = ['', ''];
  let lines: string[] = [];
  let line: ((line: string) => void) | undefined;
  let ended: string | undefined;
  let end = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const all = (rest + text).split('\n');
    rest = all.pop() ?? '';
    for (const one of all) line?.(one);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (complaint = (complaint + text).slice(-1000)));
  // What is said to a program that has ended is lost; that it has ended is heard below.
  child.stdin.on('error', () => {});
  const over = new Promise<void>((resolve) => {
    const because = (why: string) => {
      ended ??= why;
      end();
      resolve();
    };
    child.on('error', (error) => because(error.message));
    child.on('close', (code, killed) => because(code === null ? `killed by ${killed}` : `exit code ${code}`));
  });
  return {
    ask: (question, last, heard) =>
      new Promise((resolve) => {
        lines = [];
        end = () => {
          const said = [complaint.trim(), ...lines.slice(-5)].filter((text) => text !== '').join('; ');
          resolve(refuse('failed', [], `${name} ended in the middle (${ended}): ${said}`));
        };
        line = (one) => {
          if (one === last) return resolve(parsed(lines));
          lines.push(one);
          heard?.(one);
        };
        if (ended !== undefined) end();
        else child.stdin.write(`${question}\n`);
      }),
    close: () => {
      child.stdin.end();
      return over;
    },
  };
}
