// The headline as Markdown.

import type { Technology } from '../../src/index.js';
import { squareMillimetres, megahertz } from '../../src/base/units.js';
import { idleMilliwatts, idlePower } from '../../src/model/machine/idle-power.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { percent, sizeText } from '../../src/report/tables/quantities.js';
import type { Effort, HeadlineRow } from './study.js';
import { abstractNumbers } from './study.js';
import { energyRatio } from './voltage.js';

const table = (headings: readonly string[], rows: readonly (readonly string[])[], sign = '---:'): string =>
  [headings, headings.map((_, i) => (i === 0 ? '---' : sign)), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const objectiveNames = { edp: 'EDP of the network', 'layer-edp': "sum of the layers' EDPs", energy: 'energy' } as const;
const nameOf = ({ objective, area }: HeadlineRow) => `${objectiveNames[objective]}, ${area} mm2`;

const figures = (rows: readonly HeadlineRow[]) =>
  table(
    [
      'objective, area at most',
      'mm2',
      'fJ/op without DRAM',
      'with',
      'TOPS peak',
      'achieved',
      'TOPS/mm2 peak',
      'achieved',
      'status',
      'gap',
      'seconds',
    ],
    rows.map((r) => [
      nameOf(r),
      r.mm2.toFixed(3),
      r.figures.fjPerOp.toFixed(1),
      r.figures.fjPerOpWithDram.toFixed(1),
      r.figures.topsPeak.toFixed(2),
      r.figures.tops.toFixed(2),
      r.figures.topsPerMm2Peak!.toFixed(2),
      r.figures.topsPerMm2!.toFixed(2),
      r.status,
      r.gap < 1 ? percent(r.gap) : 'nothing proven',
      r.seconds.toFixed(0),
    ]),
  );

const machines = (rows: readonly HeadlineRow[]) =>
  table(
    [
      'objective, area at most',
      'VectorSize',
      'NumLanes',
      'rows x columns',
      'weight buffer',
      'input buffer',
      'accumulation buffer',
      'global buffer',
      'collectors w, i, sums',
      'bits of sums',
    ],
    rows.map((r) => {
      const p = r.point;
      return [
        nameOf(r),
        String(p.vectorSize),
        String(p.numLanes),
        `${p.rows} x ${p.columns}`,
        ...[p.weightBuffer, p.inputBuffer, p.accumBuffer, p.globalBuffer].map(sizeText),
        `${p.weightCollector}, ${p.inputCollector}, ${p.accumCollector}`,
        String(p.accumPrecision),
      ];
    }),
  );

const voltages = (rows: readonly HeadlineRow[]) =>
  table(
    [
      'objective, area at most',
      'fJ/op at 0.8 V',
      `supply for ${abstractNumbers.fjPerOp} fJ/op`,
      ...[0.7, 0.6, 0.5].map((v) => `at ${v} V`),
    ],
    rows.map((r) => [
      nameOf(r),
      r.figures.fjPerOp.toFixed(1),
      r.voltage.volts === undefined ? 'none' : `${r.voltage.volts.toFixed(2)} V`,
      ...[0.7, 0.6, 0.5].map((v) => (r.figures.fjPerOp * energyRatio(v, r.voltage.nominal)).toFixed(1)),
    ]),
  );

/** mW of a chip over its TOPS are fJ for each operation. */
const idle = (rows: readonly HeadlineRow[]) =>
  table(
    [
      'objective, area at most',
      'mW',
      'fJ/op at the peak',
      'fJ/op as achieved',
      'with that, fJ/op without DRAM',
      'with',
    ],
    rows.map((r) => {
      const power = idleMilliwatts(squareMillimetres(r.mm2), megahertz(1000));
      const achieved = power / r.figures.tops;
      return [
        nameOf(r),
        power.toFixed(1),
        ...[
          power / r.figures.topsPeak,
          achieved,
          r.figures.fjPerOp + achieved,
          r.figures.fjPerOpWithDram + achieved,
        ].map((x) => x.toFixed(1)),
      ];
    }),
  );

const constants = ({ constants: all }: Technology) =>
  table(
    ['constant', 'value', 'source'],
    Object.entries(all).map(([name, { value, source }]) => [`\`${name}\``, String(value), source]),
    '---',
  );

/** Values of the machines at an end of their menu, which the space may have kept from going on. */
function ends(rows: readonly HeadlineRow[], { menus }: DesignSpace): string {
  const found = rows.flatMap((r) => {
    const at = (Object.entries(menus) as [keyof typeof r.point, readonly number[]][])
      .filter(([name, menu]) => menu.length > 1 && r.point[name] === menu.at(-1))
      .map(([name]) => `\`${name}\``);
    return at.length > 0 ? [`- ${nameOf(r)}: ${at.join(', ')}`] : [];
  });
  return found.length > 0 ? found.join('\n') : 'None.';
}

/** Searches that ended with the machine that they began with, and those without any. */
function open(rows: readonly HeadlineRow[], nothing: readonly string[]): readonly string[] {
  const same = rows.flatMap((r, i) => {
    const first = rows.slice(0, i).find((other) => JSON.stringify(other.point) === JSON.stringify(r.point));
    return first
      ? [
          `${nameOf(r)}: the search found no better machine than the one it began with, ` +
            `that of ${nameOf(first)}; only the mappings are other ones.`,
        ]
      : [];
  });
  return [...same, ...nothing.map((name) => `${name}: no machine was found within the time.`)];
}

function verdict(rows: readonly HeadlineRow[]): string {
  const range = (of: (r: HeadlineRow) => number) => {
    const all = rows.map(of);
    return [Math.min(...all), Math.max(...all)].map((x) => x.toFixed(2)).join(' to ');
  };
  return (
    `Energy per operation without DRAM is ${range((r) => r.figures.fjPerOp / abstractNumbers.fjPerOp)} times the ` +
    `abstract's ${abstractNumbers.fjPerOp} fJ. The peak is ${range((r) => r.figures.topsPerMm2Peak!)} TOPS/mm2, ` +
    `what ResNet-50 achieves ${range((r) => r.figures.topsPerMm2!)}; the abstract ` +
    `has ${abstractNumbers.topsPerMm2}, and we do not know at which clock and of what part of the chip. ` +
    'The objectives here count DRAM, which is most of the energy, so that no machine was chosen for its energy ' +
    'without it.'
  );
}

export const headlinePage = (
  rows: readonly HeadlineRow[],
  nothing: readonly string[],
  space: DesignSpace,
  technology: Technology,
  effort: Effort,
): string =>
  `${[
    '# The abstract in our model',
    `The abstract of MAGNet (ICCAD 2019) gives ${abstractNumbers.fjPerOp} fJ/op and ${abstractNumbers.topsPerMm2} TOPS/mm2 for a design for ResNet-50 with 8 bits at 16 nm. Here are the machines that \`magnet codesign\` finds for the same in the space \`${space.name}\` under limits of area, with the constants of \`${technology.name}\` as they are: **nothing is calibrated to the paper**, and nothing here is a result of it. One operation is half a multiply-accumulate; work on padding costs but does not count. TOPS are at 1 GHz, which our area model does not promise (no timing target). Area is of the whole chip: PEs, global buffer, post-processing and control, at a placement of 0.75. Sums are as wide as no layer overflows.`,
    `Made by \`npx tsx benchmarks/headline.ts\`: gap ${percent(effort.gap)}, time limit ${effort.timeLimit} s for each, two processes on an idle machine. A search begins with the machine of the next smaller limit that is known.`,
    '## Figures',
    figures(rows),
    verdict(rows),
    '## Leakage and clock',
    `**Assumed, and in none of the figures above**: ${idlePower.leakage.value} mW/mm2 of leakage (${idlePower.leakage.source.replace('mW per mm2; ', '')}) and at 1 GHz ${idlePower.clock.value / 1000} mW/mm2 of the clock (${idlePower.clock.source.replace('fJ per cycle and mm2, assumed: ', '')}). No objective counts them; a technology file with \`staticEnergy\` above 0 has them counted everywhere.`,
    idle(rows),
    ...open(rows, nothing),
    '## Machines',
    machines(rows),
    'At the upper end of their menu, where the space may be what limits them:',
    ends(rows, space),
    '## What if: the supply',
    `**Not a result.** Energy of digital logic at 16 nm goes with the supply V as 0.2958 V^2 - 0.1241 V + 0.03024 (Stillmaker and Baas, Integration 58, 2017, as tabulated in Accelergy). If all energy on the chip did, SRAM and wires too, this is the supply at which energy without DRAM would come to ${abstractNumbers.fjPerOp} fJ/op, starting from ${technology.constants.voltage.value} V. The clock that such a supply allows is not modelled, nor is leakage, so TOPS/mm2 do not carry over.`,
    voltages(rows),
    '## Constants',
    'As the model has them; [cost-model.md](../../docs/cost-model.md) explains them.',
    constants(technology),
  ].join('\n\n')}\n`;
