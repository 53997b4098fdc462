// Tasks in processes of their own: named functions of modules, called with plain data. Processes and not threads: `tsx` reaches into those.

import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';

export interface Processes {
  readonly width: number;
  readonly run: (url: URL, name: string, input: unknown) => Promise<unknown>;
  readonly close: () => void;
}

export interface Task {
  readonly url: string;
  readonly name: string;
  readonly input: unknown;
}

export type Answer = { readonly answer: unknown } | { readonly error: string };

export function openProcesses(width: number): Processes {
  const idle: ChildProcess[] = [];
  const waiting: ((child: ChildProcess) => void)[] = [];
  let started = 0;
  // Not JSON: limits may be infinite.
  const start = () => fork(new URL('./process.ts', import.meta.url), { serialization: 'advanced' });
  const take = (): Promise<ChildProcess> => {
    const child = idle.pop();
    if (child) return Promise.resolve(child);
    if (started === width) return new Promise((resolve) => waiting.push(resolve));
    started++;
    return Promise.resolve(start());
  };
  return {
    width,
    async run(url, name, input) {
      const child = await take();
      const told = await new Promise<Answer>((resolve) => {
        child.once('message', resolve).once('exit', (code) => resolve({ error: `a process ended with code ${code}` }));
        child.send({ url: url.href, name, input } satisfies Task);
      });
      child.removeAllListeners();
      const usable = child.connected ? child : start();
      const next = waiting.shift();
      if (next) next(usable);
      else idle.push(usable);
      if ('error' in told) throw new Error(told.error);
      return told.answer;
    },
    close() {
      for (const child of idle) child.disconnect();
    },
  };
}
