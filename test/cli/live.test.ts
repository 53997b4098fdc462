// Progress of work in parts: how far it is, for how long, and about how long it still takes; and that it goes on where nothing ends.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Io } from '../../src/cli/io.js';
import { makeLive } from '../../src/cli/live.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function world(columns: number | undefined) {
  const said: string[] = [];
  let time = 0;
  const io = { err: (text: string) => void said.push(text), now: () => time, columns } as unknown as Io;
  const pass = (ms: number) => {
    for (let t = 0; t < ms; t += 500) {
      time += 500;
      vi.advanceTimersByTime(500);
    }
  };
  return { io, said, pass };
}

test('where there is no terminal: a line per part, and every five seconds what is at work', () => {
  const { io, said, pass } = world(undefined);
  const live = makeLive(io, 3, 'layers', false);
  live.working(0, 'conv1', false);
  pass(6000);
  live.finished(0, 'conv1: done');
  live.working(1, 'conv2 gap 5 %', true);
  pass(6000);
  live.end();
  pass(10_000);
  expect(said).toEqual([
    '0/3 layers; 5 s; conv1\n',
    '[1/3] conv1: done\n',
    '1/3 layers; 11 s; about 22 s left; conv2 gap 5 %\n',
  ]);
});

test('what is over in a moment has no line but its own; quiet is quiet', () => {
  const { io, said, pass } = world(undefined);
  for (const quiet of [false, true]) {
    const live = makeLive(io, 1, 'layers', quiet);
    live.working(0, 'conv1', false);
    pass(1000);
    live.finished(0, 'conv1: done');
    live.end();
  }
  expect(said).toEqual(['[1/1] conv1: done\n']);
});

test('on a terminal the line is drawn each second, also with nothing new', () => {
  const { io, said, pass } = world(80);
  const live = makeLive(io, 2, 'runs', false);
  live.working(0, 'conv1: highs', false);
  pass(2000);
  live.end();
  expect(said).toEqual(
    ['0/2 runs  conv1: highs', '0/2 runs  1 s  conv1: highs', '0/2 runs  2 s  conv1: highs', ''].map(
      (line) => `\r\u001b[K${line}`,
    ),
  );
});
