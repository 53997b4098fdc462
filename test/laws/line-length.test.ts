// No line is so long that a reader scrolls: the formatter folds code, and long texts are folded by hand.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Columns; the formatter's own are 120, and a text may stand out a little. */
const longest = 140;

/** Made by scripts. */
const generated = ['src/rtl/verilog-modules.ts', 'src/workloads/onnx/descriptor.ts'];

const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file).replaceAll('\\', '/'))
    .filter((file) => /\.(ts|js|mjs)$/.test(file) && !generated.includes(file));

/** Neither imports nor addresses can be folded. */
const isWhole = (line: string) => /^\s*(import|export) .* from '/.test(line) || /https?:\/\/\S{80}/.test(line);

describe('lines', () => {
  it.each(['src', 'examples', 'scripts'])(`of %s have at most ${longest} columns`, (folder) => {
    const files = filesOf(folder);
    expect(files.length).toBeGreaterThan(0);
    const long = files.flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, i) => ([...line].length > longest && !isWhole(line) ? [`${file}:${i + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });
});
