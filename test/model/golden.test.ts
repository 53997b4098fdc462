// The evaluator under `timeloop` conventions is Timeloop: counts exactly, energy to 1e-9, cycles to +-1.
// Results were measured with timeloop-model 4cf6d4cd; where Timeloop extrapolates wrongly, `cleanModel` is the target.

import { describe, expect, test } from 'vitest';
import { parseCase } from '../../src/interchange/case.js';
import { timeloopConventions } from '../../src/model/cost/conventions.js';
import { evaluate } from '../../src/model/cost/evaluate.js';
import { goldenCases } from '../support/golden.js';

const cases = goldenCases();

describe('golden Timeloop cases', () => {
  test('are all here', () => expect(cases.length).toBe(200));

  test.each(cases.map((c) => [c.id, c] as const))('%s', (_, golden) => {
    const parsed = parseCase(golden);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
    const { architecture, layer, mapping } = parsed.value;
    const found = evaluate(architecture, layer, mapping!, timeloopConventions);
    const clean = new Map<string, number>();
    for (const d of golden.cleanModel.diffs ?? []) clean.set(d.where.join('/'), d.clean);
    const networkless = golden.result.levels.reduce((n: number, l: any) => n + l.energy, golden.result.compute.energy);

    golden.result.levels.forEach((level: any, i: number) => {
      for (const [tensor, want] of Object.entries<any>(level.dataspaces)) {
        const got = found.levels[i]!.dataspaces[tensor as 'Weights']!;
        for (const action of ['reads', 'fills', 'updates'] as const) {
          // Differences are given per instance.
          const perInstance = clean.get(`${level.name}/${tensor}/${action}`);
          expect(got[action], `${level.name} ${tensor} ${action}`).toBe(
            perInstance === undefined ? want[action] : perInstance * want.instances,
          );
        }
        if (golden.cleanModel.matches)
          expect(Math.abs(got.energy - want.energy)).toBeLessThanOrEqual(1e-9 * want.energy);
      }
    });
    const energy = clean.get('energy') ?? networkless;
    expect(Math.abs(found.energy - energy)).toBeLessThanOrEqual(1e-9 * energy);
    const cycles = golden.cleanModel.matches
      ? golden.result.cycles
      : (golden.cleanModel.cycles ?? golden.result.cycles);
    expect(Math.abs(found.cycles - cycles)).toBeLessThanOrEqual(1);
  });
});
