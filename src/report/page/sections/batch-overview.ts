// What a batch comes to at a glance: energy, time and area of every job as a figure, and all jobs
// in a table that can be sorted.

import { defined, nth } from '../../../base/invariant.js';
import type { JobLine } from '../../../results/batch-result.js';
import { parseHardware } from '../../../interchange/hardware-file.js';
import type { ResultFile } from '../../../results/result-file.js';
import type { Coverage } from '../../../model/workload/coverage.js';
import { sumCoverage } from '../../../model/workload/coverage.js';
import { coverageIn } from '../../../results/coverage-fields.js';
import { leftOutShort } from '../../tables/coverage-text.js';
import { arrangementsOf } from '../../../model/space/design.js';
import type { ChartFigure, ChartPoint } from '../../figures/figure.js';
import type { Block, Section } from '../blocks.js';
import { cards, drawing, tableOf, text } from '../blocks.js';
import {
  digits,
  durationText,
  energyScale,
  energyText,
  grouped,
  magnitude,
  percent,
  timeScale,
  timeText,
} from '../../tables/quantities.js';
import { areaText, orNone } from './layer-sections.js';
import { listed } from './summary-text.js';
import { counted } from '../../../base/text.js';
import { areaOfMachine } from '../../../model/machine/architecture.js';

/** A job with what its result holds, where there is one. */
export interface ReadJob {
  readonly line: JobLine;
  /** Of its section. */
  readonly key: string;
  readonly result: ResultFile | undefined;
}

interface Figures {
  readonly network: string;
  readonly on: string;
  readonly coverage: Coverage | null;
  /** pJ, seconds, mm2. */
  readonly energy: number | null;
  readonly seconds: number | null;
  readonly area: number | null;
}

export function batchOverview(
  file: string,
  asked: number,
  jobs: readonly ReadJob[],
  remarks: readonly string[],
): Section {
  const settled = jobs.filter(({ line }) => line.settled).length;
  const known = jobs.map((j) => ({ ...j, figures: j.result && figuresOf(j.result) }));
  const chart = scatter(known.flatMap(({ line, figures }) => (figures ? [{ label: line.label, ...figures }] : [])));
  return {
    title: `Batch of ${counted(asked, 'job')}`,
    source: `Batch, read from ${file}.`,
    aside: true,
    summary:
      jobs.length === 0
        ? 'No job is done yet.'
        : `${grouped(jobs.length)} of ${counted(asked, 'job')} done: ${statusCounts(jobs)}.${partly(known)}`,
    status:
      settled === asked
        ? { text: 'all settled', mood: 'good' }
        : { text: `${settled} of ${asked} settled`, mood: 'open' },
    blocks:
      jobs.length === 0
        ? []
        : [
            overviewCards(
              jobs,
              known.flatMap((k) => k.figures ?? []),
            ),
            ...(chart ? [drawing(chart)] : []),
            jobTable(known),
            ...remarks.map(text),
          ],
  };
}

const overviewCards = (jobs: readonly ReadJob[], figures: readonly Figures[]): Block => {
  const gaps = jobs.flatMap(({ line }) => line.gap ?? []);
  return cards(
    {
      name: 'Settled',
      value: `${grouped(jobs.filter(({ line }) => line.settled).length)} of ${counted(jobs.length, 'job')}`,
      note: statusCounts(jobs),
    },
    figures.length === 0
      ? undefined
      : {
          name: 'Networks and machines',
          value:
            `${grouped(new Set(figures.map((f) => f.network)).size)} ` +
            `x ${grouped(new Set(figures.map((f) => f.on)).size)}`,
          note: 'different networks, different machines or spaces',
        },
    gaps.length === 0
      ? undefined
      : {
          name: 'Largest gap',
          value: percent(Math.max(...gaps)),
          note: `of ${counted(gaps.length, 'job')} with a bound`,
        },
    {
      name: 'Time to solve',
      value: durationText(jobs.reduce((n, { line }) => n + line.seconds, 0)),
      note: 'of all jobs, one after the other',
    },
  );
};

/** `3 optimal and 1 failed`. */
function statusCounts(jobs: readonly ReadJob[]): string {
  const statuses = [...new Set(jobs.map(({ line }) => line.status))];
  return listed(
    statuses.map((status) => `${grouped(jobs.filter(({ line }) => line.status === status).length)} ${status}`),
  );
}

const shortOf = (f: Figures | undefined): string => (f?.coverage ? leftOutShort(f.coverage) : '');

/** What is proved is proved of the mapped layers. */
const noteOf = (j: JobLine, f: Figures | undefined): string =>
  [shortOf(f), j.reason].filter((w) => w !== '').join('; ');

function partly(jobs: readonly { readonly figures: Figures | undefined }[]): string {
  const n = jobs.filter(({ figures }) => shortOf(figures) !== '').length;
  return n === 0
    ? ''
    : ` In ${counted(n, 'job')} the network is more than its mapped layers, of which alone this is said.`;
}

function jobTable(jobs: readonly (ReadJob & { readonly figures: Figures | undefined })[]): Block {
  const mixed = new Set(jobs.map(({ line }) => line.kind)).size > 1;
  const rows = jobs.map(({ line: j, figures: f }) => [
    j.label,
    ...(mixed ? [j.kind] : []),
    j.status,
    orNone(f?.energy, energyText),
    orNone(f?.seconds, timeText),
    orNone(f?.area, areaText),
    orNone(j.objective, magnitude),
    orNone(j.gap, percent),
    durationText(j.seconds),
    noteOf(j, f),
  ]);
  const order = jobs.map(({ line: j, figures: f }) => [
    undefined,
    ...(mixed ? [undefined] : []),
    undefined,
    f?.energy,
    f?.seconds,
    f?.area,
    j.objective,
    j.gap,
    j.seconds,
    undefined,
  ]);
  return tableOf(
    'Jobs; a name leads to its result',
    [
      'job',
      ...(mixed ? ['kind'] : []),
      'status',
      '>energy',
      '>time',
      '>area',
      '>objective',
      '>gap',
      '>solved in',
      'note',
    ],
    rows,
    { order, links: jobs.map((j) => j.key) },
  );
}

/** Networks that have a colour of their own. */
const maxColors = 7;

/** Energy over time on logarithmic axes, areas as sizes of dots; undefined where no job has both. */
function scatter(jobs: readonly (Figures & { readonly label: string })[]): ChartFigure | undefined {
  const placed = jobs.flatMap((j) =>
    j.energy !== null && j.seconds !== null && j.energy > 0 && j.seconds > 0
      ? [{ ...j, energy: j.energy, seconds: j.seconds }]
      : [],
  );
  if (placed.length < 2) return undefined;
  const scale = energyScale(placed.map((p) => p.energy));
  const [unit, size] = timeScale(Math.max(...placed.map((p) => p.seconds)));
  const areas = placed.flatMap((p) => p.area ?? []);
  const [min, max] = [Math.min(...areas), Math.max(...areas)];
  const networks = [...new Set(placed.map((p) => p.network))];
  const groups = networks.length <= maxColors ? networks : [undefined];
  /** Dots grow with the area itself, not their radius. */
  const radius = (area: number | null) => (area === null || max === min ? 6 : Math.sqrt(20 + 200 * (area / max)));
  const point = (p: (typeof placed)[number]): ChartPoint => ({
    x: p.seconds / size,
    y: p.energy / scale.pJ,
    radius: radius(p.area),
    label: networks.length <= maxColors ? p.on : p.label,
    note:
      `${p.label}: ${energyText(p.energy)}, ${timeText(p.seconds)}` + (p.area === null ? '' : `, ${areaText(p.area)}`),
  });
  return {
    kind: 'chart',
    title: 'Energy and time of every job',
    subtitle:
      areas.length === 0 || max === min
        ? 'one run of its network; down and to the left is better'
        : `one run of its network; a dot's area is the chip's, ${digits(min)} to ${digits(max)} mm2; ` +
          'down and to the left is better',
    description:
      `${counted(placed.length, 'job')}, from ${energyText(Math.min(...placed.map((p) => p.energy)))} ` +
      `to ${energyText(Math.max(...placed.map((p) => p.energy)))} and ` +
      `from ${timeText(Math.min(...placed.map((p) => p.seconds)))} ` +
      `to ${timeText(Math.max(...placed.map((p) => p.seconds)))}; the table has them all.`,
    x: { label: `time (${unit})`, scale: 'log' },
    y: { label: `energy (${scale.unit})`, scale: 'log' },
    series: groups.map((g) => ({
      name: g ?? 'jobs',
      mark: 'points' as const,
      points: placed.filter((p) => g === undefined || p.network === g).map(point),
    })),
  };
}

function figuresOf(r: ResultFile): Figures | undefined {
  switch (r.kind) {
    case 'map': {
      const { workload, arch, energy, cycles, hardware } = r.result;
      const machine = machineOf(hardware);
      return {
        network: workload,
        coverage: coverageIn(r.result),
        on: arch,
        energy,
        seconds: cycles === null || !machine ? null : cycles / machine.clock / 1e6,
        area: machine?.area ?? null,
      };
    }
    case 'codesign': {
      const { networks, space, area } = r.result;
      const sum = (of: (n: (typeof networks)[number]) => number | null) =>
        networks.reduce<number | null>(
          (n, x) => (n === null || of(x) === null ? null : n + x.weight * defined(of(x))),
          0,
        );
      return {
        network: networks.map((n) => n.name).join(' + '),
        coverage: sumCoverage(networks.flatMap((n) => coverageIn(n) ?? [])),
        on: space.name,
        energy: sum((n) => n.energy),
        seconds: sum((n) => n.time),
        area: area.length === 0 ? null : area.reduce((n, p) => n + p.mm2, 0),
      };
    }
    case 'prove': {
      const { network, machine, space, witness, hardware } = r.result;
      const found = witness && machineOf(hardware);
      return {
        network,
        coverage: coverageIn(r.result),
        on: machine ?? space?.name ?? '',
        energy: witness?.energy ?? null,
        seconds: witness && found ? witness.cycles / found.clock / 1e6 : null,
        area: witness?.area ?? null,
      };
    }
    case 'design':
    case 'front':
    case 'compare':
      return undefined;
  }
}

/** MHz and mm2 of what a result names; undefined where it does not say its machine. */
function machineOf(file: unknown): { readonly clock: number; readonly area: number | null } | undefined {
  const hardware = file === null ? undefined : parseHardware(file);
  if (!hardware?.ok) return undefined;
  const a = nth(arrangementsOf(hardware.value.machine, hardware.value.technology), 0);
  return { clock: a.clock, area: areaOfMachine(a) ?? null };
}
