// A simulated layer beside its model: cycles, every counter, energy, and where they part.

import { table } from '../../base/text.js';
import type { Compared } from '../../results/simulate-answer.js';
import { differences, sameEnergy } from '../../results/simulate-answer.js';
import type { SimulateResultLayer } from '../../results/simulate-result.js';
import { lines, tableOf } from '../page/blocks.js';
import type { PlainBlock } from './blocks-text.js';
import { blocksText } from './blocks-text.js';
import { amount, digits, energyIn, energyScale, grouped, percent, secondsText } from './quantities.js';

const difference = ({ model, rtl }: Compared) =>
  rtl === model ? '0' : `${rtl > model ? '+' : '-'}${grouped(Math.abs(rtl - model))}`;
const share = (c: Compared) =>
  sameEnergy(c)
    ? '0 %'
    : c.model === 0
      ? '-'
      : `${c.rtl > c.model ? '+' : '-'}${percent(Math.abs(c.rtl / c.model - 1))}`;

/** A simulated layer beside the model, as `magnet simulate` prints it. */
export const simulationTable = (s: SimulateResultLayer): string => blocksText(simulationBlocks(s));

/** The same as tables and lines: counts, then energies in one unit with their sum, then what came out. `blocksHtml` prints them. */
export function simulationBlocks(s: SimulateResultLayer): readonly PlainBlock[] {
  const total = { component: 'total', model: sum(s.energy, 'model'), rtl: sum(s.energy, 'rtl') };
  const scale = energyScale([total.model, total.rtl]);
  const counts = [{ name: 'cycles', ...s.cycles }, ...s.counters].map((c) => [
    c.name,
    grouped(c.model),
    grouped(c.rtl),
    difference(c),
  ]);
  const energies = [...s.energy, total].map((e) => [
    e.component,
    energyIn(scale, e.model),
    energyIn(scale, e.rtl),
    share(e),
  ]);
  return [
    tableOf('Counts by the model and in the Verilog', ['count', '>model', '>RTL', '>difference'], counts),
    tableOf('Energy by the counts of each', [`energy (${scale.unit})`, '>model', '>RTL', '>difference'], energies, {
      sum: true,
    }),
    lines([...dataLines(s), `outputs     ${outputsText(s)}`, `simulation  ${simulationText(s)}`]),
  ];
}

/** What went in, so that it can be made again: post-processing, and where each tensor lay (docs/hardware.md, DRAM). */
function dataLines({ post, dram }: SimulateResultLayer): readonly string[] {
  const place = <K extends string>(image: Readonly<Record<K | 'base' | 'words', number>>, indices: readonly K[]) => {
    const terms = indices.map((i) => (image[i] === 1 ? i : `${image[i]} ${i}`));
    return `word ${[image.base, ...terms].join(' + ')}; ${grouped(image.words)} words`;
  };
  return [
    `post        ${scaled(post)}, ` +
      (post.wrap ? 'low bits' : `${post.low} to ${post.high}${post.unsigned ? ', unsigned' : ''}`) +
      `; biases ${range(post.bias)}`,
    `inputs      ${place(dram.input, ['n', 'y', 'x', 'g', 'c'])}`,
    `weights     ${weightsText(dram.weights, place)}`,
    `results     ${place(dram.output, ['n', 'y', 'x', 'g', 'c'])}`,
    ...(dram.residual ? [`residual    ${place(dram.residual, ['n', 'y', 'x', 'g', 'c'])}`] : []),
  ];
}

type Weights = SimulateResultLayer['dram']['weights'];
type Place = (image: Weights, indices: readonly ('g' | 'k' | 'r' | 's' | 'c')[]) => string;

function weightsText(weights: Weights, place: Place): string {
  if (weights.packed) return `${place(weights, ['g', 'k', 'r', 's'])}, ${packed(weights.packed)}`;
  const words = place(weights, ['g', 'k', 'r', 's', 'c']);
  return weights.pairs ? `${words}, two of ${weights.pairs.bits} bits in each` : words;
}

const packed = ({ bits, vector }: { readonly bits: number; readonly vector: number }): string =>
  `${bits} bits each, ${vector} from a word on`;

/** What becomes of a sum before limits. */
function scaled({ scale, shift, residual }: SimulateResultLayer['post']): string {
  const divided = `x ${range(scale)} / 2^${range(shift, '..')}`;
  if (!residual) return `(sum + bias) ${divided}`;
  const words = residual.unsigned ? 'unsigned residual' : 'residual';
  return residual.combine === 'multiply'
    ? `(sum + bias) x ${words} ${divided}`
    : `(sum + bias) ${divided} + ${words} x ${residual.scale ?? 0} / 2^${residual.shift ?? 0}`;
}

const range = ([min, max]: readonly [number, number], to = ' to ') => (min === max ? `${min}` : `${min}${to}${max}`);

/** A run, and apart from it what its engine took to build. */
function simulationText(s: SimulateResultLayer): string {
  const built = s.buildSeconds > 0 ? `built in ${secondsText(s.buildSeconds)}, ` : '';
  return `${s.engine}: ${built}run in ${secondsText(s.seconds)}, ${amount(s.cyclesPerSecond)} cycles a second`;
}

const sum = (xs: readonly Compared[], key: keyof Compared) => xs.reduce((n, x) => n + x[key], 0);

function outputsText({ outputs: o }: SimulateResultLayer): string {
  const words = `${grouped(o.words)} words`;
  const unknown = o.unknown > 0 ? ` (${grouped(o.unknown)} of them unknown (X))` : '';
  const verdict =
    o.mismatches === 0
      ? 'all right'
      : `${grouped(o.mismatches)} wrong${unknown}` +
        (o.firstMismatch === undefined ? '' : `, the first: ${o.firstMismatch}`);
  const of = (n: number) => (o.words === 0 ? '0 %' : percent(n / o.words));
  return `${words}, ${verdict}; ${of(o.zeros)} zero, ${of(o.saturated)} saturated`;
}

/** A line per layer. */
export function simulationsTable(all: readonly SimulateResultLayer[]): string {
  const scale = energyScale(all.map((s) => sum(s.energy, 'rtl')));
  return table(
    [
      'layer',
      'cycles (model)',
      'cycles (RTL)',
      'difference',
      'counters equal',
      `energy (RTL, ${scale.unit})`,
      'outputs',
      'wrong',
      'built',
      'run',
    ],
    all.map((s) => [
      s.layer,
      grouped(s.cycles.model),
      grouped(s.cycles.rtl),
      difference(s.cycles),
      `${s.counters.filter((c) => c.model === c.rtl).length} of ${s.counters.length}`,
      energyIn(scale, sum(s.energy, 'rtl')),
      grouped(s.outputs.words),
      grouped(s.outputs.mismatches),
      s.buildSeconds > 0 ? secondsText(s.buildSeconds) : '',
      secondsText(s.seconds),
    ]),
    [false, true, true, true, true, true, true, true, true, true],
  );
}

/** Where RTL and model differ, in words; empty where they agree. */
export function disagreements(s: SimulateResultLayer, slow: boolean): readonly string[] {
  const { counts, energies, outputs } = differences(s, slow);
  return [
    ...counts.map((c) => `${c.name}: ${grouped(c.model)} by the model, ${grouped(c.rtl)} in the RTL`),
    ...energies.map(
      (e) => `energy of ${e.component}: ${digits(e.model)} pJ by the model, ${digits(e.rtl)} pJ in the RTL`,
    ),
    ...(outputs ? [`outputs: ${outputsText(s)}`] : []),
  ];
}
