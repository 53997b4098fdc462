// The journeys of docs/architecture.md: short, and through functions that are there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const chapter = page.split('\n## ').find((part) => part.startsWith('Three journeys in code')) ?? '';

interface Step {
  readonly file: string;
  readonly name: string;
}

/** Numbered lists, as they stand one after the other. */
const journeys: readonly (readonly Step[])[] = chapter
  .split(/\n(?=1\. )/)
  .slice(1)
  .map((list) =>
    [...list.matchAll(/^\d+\. `([^`]+)`: `(\w+)` /gm)].map(([, file, name]) => ({ file: file!, name: name! })),
  );

const declares = ({ file, name }: Step): boolean => {
  const path = join(root, 'src', file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return new RegExp(`^export (async )?(function|const|class) ${name}\\b`, 'm').test(text);
};

describe('journeys in code', () => {
  it('are three, each of fewer than ten hops, every line of them a hop', () => {
    expect(journeys).toHaveLength(3);
    for (const steps of journeys) expect(steps.length).toBeLessThan(10);
    expect(journeys.flat()).toHaveLength(chapter.match(/^\d+\. /gm)?.length ?? 0);
  });

  it('name functions that their files export', () => {
    expect(journeys.flat().filter((step) => !declares(step))).toEqual([]);
  });
});
