// The study as figures: dataflows side by side on every machine, and where their energy goes on one.

import type { BarFigure } from '../../src/report/figures/figure.js';
import { drawFigure } from '../../src/report/figures/figure.js';
import { networkNames, widths } from './cases.js';
import { dataflows } from './dataflows.js';
import type { StudyRow } from './study-task.js';

const titles: Readonly<Record<string, string>> = { alexnet: 'AlexNet', resnet50: 'ResNet-50', pilotnet: 'PilotNet' };
/** Those of the paper: with local stationarity of weights or inputs inside IS the figure would be too full. */
const drawn = dataflows.filter((d) => d.local === undefined || !d.name.startsWith('IS'));

export const rowOf = (
  rows: readonly StudyRow[],
  network: string,
  vector: number,
  lanes: number,
  dataflow: string,
): StudyRow | undefined =>
  rows.find((r) => r.network === network && r.vectorSize === vector && r.numLanes === lanes && r.dataflow === dataflow);

export const machines = widths.flatMap((vector) => widths.map((lanes) => ({ vector, lanes })));

function bars(rows: readonly StudyRow[], network: string): BarFigure {
  return {
    kind: 'bars',
    title: `${titles[network]}: energy per operation by dataflow, without DRAM`,
    subtitle:
      'best mapping of every layer within the dataflow, 16 PEs, 8 bits, constants of 16nm uncalibrated; ' +
      'machines are VectorSize \u00d7 NumLanes',
    y: { label: 'fJ per operation', scale: 'linear' },
    groups: machines.map(({ vector, lanes }) => `${vector} \u00d7 ${lanes}`),
    // A bar is for all layers or not at all.
    series: drawn.map((d) => ({
      name: d.name,
      values: machines.map(({ vector, lanes }) => {
        const row = rowOf(rows, network, vector, lanes, d.name);
        return row && row.missing.length === 0 ? row.fjPerOp : undefined;
      }),
    })),
  };
}

/** Parts of the energy model, as few as can be told apart. */
const shares: readonly (readonly [string, readonly string[]])[] = [
  ['multipliers', ['MACs']],
  ['collectors', ['collectors']],
  ['weight buffers', ['weight buffers']],
  ['input buffers', ['input buffers']],
  ['buffers of sums', ['accumulation buffers', 'output buffers']],
  ['global buffer and post-processing', ['global buffer', 'post-processing']],
  ['wires', ['wires']],
];

function stack(rows: readonly StudyRow[], network: string): BarFigure {
  const found = dataflows.map((d) => rowOf(rows, network, 16, 16, d.name));
  // What the operations of a row are: its energy without DRAM over that per operation.
  const share = (row: StudyRow, names: readonly string[]) => {
    const onChip = row.parts.filter((p) => p.part !== 'DRAM').reduce((n, p) => n + p.energy, 0);
    return (row.parts.filter((p) => names.includes(p.part)).reduce((n, p) => n + p.energy, 0) / onChip) * row.fjPerOp;
  };
  return {
    kind: 'bars',
    stacked: true,
    title: `${titles[network]}: where the energy goes, without DRAM`,
    subtitle: '16 PEs with vectors of 16 and 16 lanes, 8 bits, constants of 16nm uncalibrated',
    y: { label: 'fJ per operation', scale: 'linear' },
    groups: dataflows.map((d) => d.name),
    series: shares.map(([name, names]) => ({ name, values: found.map((row) => row && share(row, names)) })),
  };
}

export const figures = (rows: readonly StudyRow[]): readonly { readonly name: string; readonly svg: string }[] => [
  ...networkNames.map((network) => ({ name: network, svg: drawFigure(bars(rows, network)) })),
  { name: 'resnet50-parts', svg: drawFigure(stack(rows, 'resnet50')) },
];
