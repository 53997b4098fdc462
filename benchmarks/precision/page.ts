// The page of best machines by precision, made from the results of `codesign`.

import type { CodesignResultFile } from '../../src/results/codesign-result.js';

export interface Row {
  readonly network: string;
  readonly tried: string;
  readonly found: string;
  readonly sums: number;
  /** pJ, cycles, mm2, pJ x cycles; the bound on the last. */
  readonly energy: number;
  readonly cycles: number;
  readonly area: number;
  readonly edp: number;
  readonly bound: number;
  readonly machine: string;
  readonly test: NonNullable<NonNullable<CodesignResultFile['accuracy']>['chosen']>;
  /** Of all that were measured, on validation data. */
  readonly measured: readonly { readonly name: string; readonly loss: number; readonly allowed: boolean }[];
}

export function rowOf(
  network: string,
  tried: string,
  { accuracy, networks, area, objective, bound, point }: CodesignResultFile,
): Row {
  const [totals] = networks;
  if (!accuracy?.chosen || !totals || !point) throw new Error(`${network}: no machine`);
  const { chosen, precisions, limit } = accuracy;
  const kb = (bits: number) => `${bits / 8 / 1024} KB`;
  return {
    network,
    tried,
    found: `w${chosen.weightBits}a${chosen.activationBits}`,
    sums: point.accumPrecision,
    energy: totals.energy ?? NaN,
    cycles: totals.cycles ?? NaN,
    area: area.reduce((n, { mm2 }) => n + mm2, 0),
    edp: objective ?? NaN,
    bound: bound ?? NaN,
    machine:
      `${point.rows} x ${point.columns} PEs, ${point.numLanes} lanes of ${point.vectorSize}, weights ${kb(point.weightBuffer)}, ` +
      `global ${kb(point.globalBuffer)}`,
    test: chosen,
    measured: precisions.map((p) => ({
      name: `w${p.weightBits}a${p.activationBits}`,
      loss: p.loss,
      allowed: p.loss <= limit,
    })),
  };
}

const points = (x: number) => (100 * x).toFixed(2);

export function precisionPage(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const titles = [
    'network',
    'precisions tried',
    'found',
    'bits of sums',
    'energy (uJ)',
    'cycles',
    'area (mm2)',
    'EDP (pJ x cycles)',
    'proven: none below',
    'top-1 on test data',
    'loss, points',
    '95 %',
    'claim',
  ];
  return `# The best machine within a loss of 1 %

\`magnet codesign NETWORK --space magnet-quick --limit area=1mm2 --limit accuracy-loss=1% --unsigned --no-residency\`, energy x delay of the whole network with all its steps, to 1 %. Scales are set and precisions chosen by validation data (1,000 images, 200 digits), which the networks were not trained on; the last columns are of test data (10,000 images, 797 digits), which had no part in it. Measured: every loss, by running the integers. Modelled: energy, cycles, area. Proven: that no machine of the space with a precision that was tried and lost 1 % or less of the validation data is better than the bound.

${line(titles)}
${line(titles.map(() => '---'))}
${rows
  .map((r) =>
    line([
      r.network,
      r.tried,
      r.found,
      r.sums,
      (r.energy / 1e6).toFixed(3),
      r.cycles.toLocaleString('en-US'),
      r.area.toFixed(3),
      r.edp.toExponential(3),
      r.bound.toExponential(3),
      `${points(r.test.integer)} % of ${r.test.samples}`,
      points(r.test.loss),
      `${points(r.test.low)} to ${points(r.test.high)}`,
      r.test.status,
    ]),
  )
  .join('\n')}

${rows.map((r) => `- ${r.network}, ${r.tried}: ${r.machine}`).join('\n')}

Losses on validation data, points; those beyond 1 in brackets:

${rows
  .filter((r) => r.measured.length > 1)
  .map(
    (r) =>
      `- ${r.network}: ${r.measured.map((m) => (m.allowed ? `${m.name} ${points(m.loss)}` : `(${m.name} ${points(m.loss)})`)).join(', ')}`,
  )
  .join('\n')}

The choice is by the loss that was counted, so the most favourable of many precisions is taken, and on test data it may lose more than on validation data: the claim is made on test data alone. Where it is undecided the samples show neither that 1 % is kept nor that it is not; where it is beyond, they show that it is not, and the command ends with exit code 2: a tighter limit or more samples to choose by is the way out.
`;
}
