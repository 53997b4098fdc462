// Timeloop's results on (architecture, problem, mapping) cases, as stored in test/golden/timeloop.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = new URL('../golden/timeloop/', import.meta.url).pathname;

export interface GoldenCase {
  id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [key: string]: any;
}

export function goldenCases(): GoldenCase[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line) as GoldenCase),
    );
}
