// `edp` is energy x delay of the totals in every verb, `layer-edp` the sum of the layers' own: the same figures of one design.

import { expect, test } from 'vitest';
import { got } from '../../src/base/invariant.js';
import { parseCodesignResult } from '../../src/results/codesign-result.js';
import { parseDesign } from '../../src/results/design-file.js';
import { parseMapResult } from '../../src/results/map-result.js';
import { parseProveResult } from '../../src/results/prove-result.js';
import { run } from './run.js';

const table =
  'name: two\nlayers:\n  - {name: a, K: 16, C: 24, P: 14, Q: 14}\n  - {name: b, K: 40, C: 16, P: 7, Q: 7, R: 3, S: 3}\n';
const one = 'name: one\nlayers:\n  - {name: a, K: 16, C: 24, P: 14, Q: 14}\n';
const files = { 'two.yaml': table, 'one.yaml': one };

function value<T>(
  read: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: unknown },
): T {
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}
const answer = async <T>(
  argv: readonly string[],
  parse: (data: unknown) => Parameters<typeof value<T>>[0],
  more = {},
) => {
  const { written, code } = await run([...argv, '--json', 'r.json', '--design', 'd.json', '-q'], { ...files, ...more });
  return { code, result: value(parse(JSON.parse(got(written, 'r.json')))), design: written.get('d.json') ?? '' };
};
const mapped = (argv: readonly string[], more = {}) => answer(['map', ...argv], parseMapResult, more);

test('one machine: codesign, map and prove say the same of it, to the last digits', { timeout: 120_000 }, async () => {
  const found = await answer(
    ['codesign', 'two.yaml', '--space', 'magnet-small', '--limit', 'area=1mm2', '--gap', '1e-9'],
    parseCodesignResult,
  );
  expect(found.result).toMatchObject({ goal: 'edp', status: 'optimal' });
  const [network] = found.result.networks;
  expect(network?.edp).toBe(found.result.objective);
  const { totals, machineProof } = value(parseDesign(found.design, 'd.json'));
  expect(totals?.edp).toBe(network?.edp);
  expect(machineProof?.goal).toBe('edp');

  const chip = { 'chip.json': found.design };
  const again = await mapped(['two.yaml', '--arch', 'chip.json', '-o', 'edp'], chip);
  expect(again.result.edp! / network!.edp!).toBeCloseTo(1, 9);
  expect(again.result.objective).toBe(again.result.edp);
  const alone = await mapped(['two.yaml', '--arch', 'chip.json'], chip);
  expect(alone.result.goal).toBe('layer-edp');
  expect(alone.result.objective!).toBeLessThanOrEqual(network!.layerEdp! * (1 + 1e-9));
  expect(again.result.edp!).toBeLessThanOrEqual(alone.result.edp! * (1 + 1e-12));
  expect(again.result.bound!).toBeLessThanOrEqual(again.result.edp!);

  const asked = (limit: string) =>
    answer(['prove', 'two.yaml', '--arch', 'chip.json', '--limit', limit], parseProveResult, chip);
  const least = again.result.edp!;
  const met = await asked(`edp=${least * (1 + 1e-9)}`);
  expect(met.result.witness!.edp).toBe(met.result.witness!.energy * met.result.witness!.cycles);
  const missed = await asked(`edp=${least * (1 - 1e-8)}`);
  expect(missed.result).toMatchObject({ status: 'infeasible', core: [{ name: 'edp', needed: { kind: 'exact' } }] });
  const { needed } = missed.result.core[0]!;
  expect(needed.kind === 'exact' && needed.value / least).toBeCloseTo(1, 9);
  const bySum = await asked(`layer-edp=${alone.result.objective! * (1 - 1e-8)}`);
  expect(bySum.result).toMatchObject({
    status: 'infeasible',
    core: [{ name: 'layer-edp', needed: { kind: 'exact' } }],
  });
});

test('of one layer both are the same', { timeout: 60_000 }, async () => {
  const [sum, whole] = await Promise.all(
    ['layer-edp', 'edp'].map((o) => mapped(['one.yaml', '--arch', 'simba', '-o', o])),
  );
  expect(whole!.result).toMatchObject({ goal: 'edp', objective: sum!.result.objective, edp: sum!.result.edp });
  expect(sum!.result.objective).toBe(sum!.result.edp);
  const said = await run(['compare', 'two.yaml', '--arch', 'simba', '-o', 'edp'], files);
  expect(said.code).toBe(3);
  expect(said.err).toContain('take --objective layer-edp');
  const twice = await run(
    ['map', 'two.yaml', '--arch', 'simba', '--limit', 'edp@a=1', '--limit', 'layer-edp@a=2'],
    files,
  );
  expect(twice.err).toContain('edp@a is limited twice');
});
