// Law: Timeloop's own input files read as the recorded cases do, and evaluate to the recorded counts; what is written reads back.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCase } from '../../../src/interchange/case.js';
import { writeTimeloop } from '../../../src/interchange/timeloop/write.js';
import { timeloopConventions } from '../../../src/model/cost/conventions.js';
import { keepingAll, openKeeps } from '../../../src/model/machine/keeping.js';
import { evaluate } from '../../../src/model/cost/evaluate.js';
import { goldenCases } from '../../support/golden.js';
import { must, read } from '../../support/timeloop.js';

const folder = new URL('../../golden/timeloop-yaml/', import.meta.url);
const golden = new Map(goldenCases().map((c) => [c.id, c]));
const ids = readdirSync(folder)
  .filter((name) => !name.endsWith('.md'))
  .sort();

describe('inputs of timeloop-model', () => {
  test('are here', () => expect(ids).toEqual(['A01_3x3_ws_CxKy', 'B05_1x1', 'D01_3x3']));

  test.each(ids)('%s is the recorded case', (id) => {
    const files = readdirSync(new URL(`${id}/`, folder)).map((name) =>
      readFileSync(new URL(`${id}/${name}`, folder), 'utf8'),
    );
    const { architecture, layer, mapping, notes } = must(read(...files));
    const recorded = golden.get(id)!;
    const wanted = must(parseCase(recorded));
    expect(notes).toEqual([]);
    expect({ ...layer!, name: wanted.layer.name }).toEqual(wanted.layer);
    expect(mapping).toEqual(wanted.mapping);
    // The file names neither the machine nor what it keeps, which is open but outermost: the mapping does.
    expect(openKeeps(architecture!).length).toBe(3 * (architecture!.levels.length - 1));
    const levels = keepingAll(architecture!).levels.map((l, i) => ({
      ...l,
      keeps: wanted.architecture.levels[i]!.keeps,
    }));
    expect({ ...architecture!, levels, name: wanted.architecture.name, source: wanted.architecture.source }).toEqual(
      wanted.architecture,
    );

    const found = evaluate(architecture!, layer!, mapping!, timeloopConventions);
    recorded.result.levels.forEach((level: any, i: number) => {
      for (const [tensor, want] of Object.entries<any>(level.dataspaces)) {
        const got = found.levels[i]!.dataspaces[tensor as 'Weights']!;
        expect({ reads: got.reads, fills: got.fills, updates: got.updates }, `${level.name} ${tensor}`).toEqual({
          reads: want.reads,
          fills: want.fills,
          updates: want.updates,
        });
      }
    });
    expect(Math.abs(found.energy - recorded.result.energy)).toBeLessThanOrEqual(1e-9 * recorded.result.energy);
    expect(Math.abs(found.cycles - recorded.result.cycles)).toBeLessThanOrEqual(1);
  });
});

test.each([...golden.keys()])('%s is the same case after Timeloop v0.4', (id) => {
  const { architecture, layer, mapping } = must(parseCase(golden.get(id)!));
  const files = must(writeTimeloop(architecture, layer, mapping!, id));
  const back = must(read(files.arch, files.ert, files.problem, files.mapping));
  expect(back.notes).toEqual([]);
  expect(back.layer).toEqual(layer);
  expect(back.mapping).toEqual(mapping);
  expect({ ...back.architecture!, source: architecture.source }).toEqual(architecture);
});
