// A schedule of a lowered network: which of its tensors lie in the global buffer, and from which bank on, from the run that makes them
// to the last that reads them. All others lie in DRAM.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { defined, got, nth } from '../base/invariant.js';
import { blockDiagonal, blockSizes } from '../model/workload/block-diagonal.js';
import type { Layer } from '../model/workload/layer.js';
import type { Template } from '../model/machine/template.js';
import type { Hardware } from '../rtl/hardware.js';
import { hardwareOf } from '../rtl/hardware.js';
import { imageRows } from '../rtl/program/image.js';
import type { Border, Region } from '../rtl/program/region.js';
import { banksOf, partsOf, placeOfBank } from '../rtl/program/region.js';
import type { Residency } from '../rtl/residency.js';
import type { Lowered, MachineRun, Operation, Walked } from './lowered.js';
import { isMoved } from './lowered.js';
import type { Life } from './rooms.js';
import { livesOf, touchedBy } from './rooms.js';
import type { Storage } from './storage.js';
import { numberAbove } from './storage.js';

/** A tensor that stays, with all that lies in its storage: the parts of a concat stay together. */
export interface KeptTensor {
  readonly tensor: string;
  /** The first bank that it takes. */
  readonly bank: number;
}
export type Schedule = readonly KeptTensor[];

/** Banks of the global buffer, from the first on. */
export interface Banks {
  readonly first: number;
  readonly count: number;
}

interface KeptStorage extends Banks {
  readonly storage: Storage;
  readonly tensor: string;
  readonly life: Life;
}

type BankedMachine = Pick<Hardware, 'residency' | 'globalBanks' | 'globalBankDepth' | 'inputBits' | 'lanes' | 'vector'>;

/** The same network with what stays on its layers; refused, by name, where something cannot stay. */
export function scheduled(lowered: Lowered, h: BankedMachine, schedule: Schedule): Parsed<Lowered> {
  const { residency: r } = h;
  const faults: Diagnostic[] = [];
  const refuse = (tensor: string, why: string) =>
    void faults.push({
      code: 'cannot-stay',
      path: ['schedule', tensor],
      message: `${tensor} cannot stay in the global buffer: ${why}; leave it out of the schedule`,
    });
  if (!r) {
    for (const { tensor } of schedule) refuse(tensor, 'the machine has residency: 0');
    return schedule.length === 0 ? parsed(lowered) : refused(faults);
  }
  const lives = livesOf(lowered);
  const kept = new Map<Storage, KeptStorage>();
  for (const { tensor, bank } of schedule) {
    const storage = (lowered.tensors.get(tensor) ?? lowered.between.get(tensor))?.storage;
    const why = storage ? whyNot(lowered, h, r, storage) : 'no step of the network makes it';
    if (!storage || why !== undefined) {
      refuse(tensor, defined(why));
      continue;
    }
    const count = banksFor(h, r, storage);
    if (bank + count > h.globalBanks)
      refuse(tensor, `it takes ${count} banks from bank ${bank} on, and there are ${h.globalBanks}`);
    const own: KeptStorage = { storage, tensor, first: bank, count, life: got(lives, storage) };
    const other = [...kept.values()].find((k) => k.storage !== storage && meet(k, own) && meetInTime(k.life, own.life));
    if (other) refuse(tensor, `${other.tensor} lies in its banks at the same time`);
    kept.set(storage, own);
  }
  if (faults.length > 0) return refused(faults);
  const operations = lowered.operations.map((o, i) => (o.kind === 'run' ? withPlaces(h, r, o, i, kept) : o));
  return parsed({ ...lowered, operations });
}

/** On the machine of a template. */
export const scheduledOn = (lowered: Lowered, template: Template, schedule: Schedule): Parsed<Lowered> =>
  scheduled(lowered, hardwareOf(template), schedule);

const meet = (a: Banks, b: Banks): boolean => a.first < b.first + b.count && b.first < a.first + a.count;
const meetInTime = (a: Life, b: Life): boolean => a.from <= b.to && b.from <= a.to;

function withPlaces(
  h: BankedMachine,
  r: Residency,
  run: MachineRun,
  at: number,
  kept: ReadonlyMap<Storage, KeptStorage>,
): MachineRun {
  const live = [...kept.values()].filter(({ life }) => life.from <= at && at <= life.to);
  if (live.length === 0) return run;
  const free = Array.from(
    { length: h.globalBanks },
    (_, bank) => !live.some((k) => meet(k, { first: bank, count: 1 })),
  );
  const regionAt = (walked: Walked | undefined): Region | undefined => {
    const own = walked && kept.get(walked.storage);
    return own && regionFor(r, walked, placeOfBank(h, r, own.first));
  };
  const input = regionAt(run.input);
  const [output, residual] = [regionAt(run.output), regionAt(run.residual)];
  const places = {
    ...(input && { input: { ...input, ...borderOf(h, run.input) } }),
    ...(output && { output }),
    ...(residual && { residual }),
  };
  const resident: Layer['resident'] = {
    ...(input && { input: true }),
    ...(output && { output: true }),
    ...(residual && { residual: true }),
    banks: free.filter((is) => !is).length,
  };
  return { ...run, layer: { ...run.layer, resident }, kept: { places, free } };
}

/** Rows, columns and channels of a storage: its last axis has channels, the one before columns, all others are rows. */
function sizesOf({ axes }: Storage): { readonly rows: number; readonly columns: number; readonly channels: number } {
  const sizes = axes.map((a) => a.size);
  const channels = defined(sizes.at(-1));
  const columns = sizes.at(-2) ?? 1;
  return { rows: sizes.slice(0, -2).reduce((a, b) => a * b, 1), columns, channels };
}

const lineWords = (r: Residency): number => r.parts * r.words;
/** In parts: whole lines. */
const pitchOf = (r: Residency, storage: Storage): number =>
  Math.ceil(sizesOf(storage).channels / lineWords(r)) * r.parts;

/** As a walk goes through it, whose words `walkFault` has looked at. */
function regionFor(r: Residency, walked: Walked, start: number): Region {
  const { channels } = sizesOf(walked.storage);
  const own = channelsIn(walked);
  if (own > channels) {
    // Channels of all positions as one: they have no gaps.
    const all = partsOf(r, own);
    return { base: start, rows: 1, columns: 1, pitch: all, channels: all };
  }
  const pitch = pitchOf(r, walked.storage);
  const { before, wide, high, inputs } = partOfImage(walked);
  const base = start + nth(walked.at, walked.at.length - 1) / r.words + before * pitch;
  return {
    base,
    rows: high,
    columns: wide,
    ...(high > 1 && { width: sizesOf(walked.storage).columns }),
    ...(inputs && { inputs: { along: inputs.along, step: inputs.step } }),
    pitch,
    channels: partsOf(r, own),
  };
}

/** Positions from one to the next along an axis. */
const positionsWithin = ({ axes }: Storage, axis: number): number =>
  axes.slice(axis + 1, -1).reduce((n, { size }) => n * size, 1);

interface PartOfImage {
  readonly before: number;
  readonly wide: number;
  readonly high: number;
  readonly inputs?: { readonly along: 'columns' | 'rows' | 'images'; readonly step: number; readonly count: number };
}

/**
 * Positions of an image that a walk goes through: how many lie before them, in how many rows of how many columns they are, those
 * that its inputs go along among them; inputs along any axis further out are images, so many positions one behind the other.
 */
function partOfImage({ storage, at, n, y, x }: Walked): PartOfImage {
  const before = at.slice(0, -1).reduce((sum, p, axis) => sum + Math.max(0, p) * positionsWithin(storage, axis), 0);
  const [wide, high] = [x?.size ?? 1, y?.size ?? 1];
  if (!n || n.size === 1) return { before, wide, high };
  const columns = storage.axes.length - 2;
  const more = (n.size - 1) * n.step;
  if (n.axis === columns)
    return { before, wide: wide + more, high, inputs: { along: 'columns', step: n.step, count: n.size } };
  if (n.axis === columns - 1 && (y === undefined || y.axis === n.axis))
    return { before, wide, high: high + more, inputs: { along: 'rows', step: n.step, count: n.size } };
  const step = n.step * positionsWithin(storage, n.axis);
  return { before, wide, high, inputs: { along: 'images', step, count: n.size } };
}

const channelsIn = ({ g, c }: Walked): number => (g?.size ?? 1) * (c?.size ?? 1);

function borderOf({ inputBits }: BankedMachine, { storage, at, y, x }: Walked): Border {
  const before = (axis: number | undefined) => (axis === undefined ? 0 : Math.max(0, -nth(at, axis)));
  return { top: before(y?.axis), left: before(x?.axis), word: -numberAbove(storage, inputBits) };
}

/** Banks that a storage takes as a whole image. */
export const banksFor = (h: BankedMachine, r: Residency, storage: Storage): number =>
  banksOf(h, r, { ...sizesOf(storage), pitch: pitchOf(r, storage) });

/** Why a storage cannot stay; undefined where it can. */
export function whyNot(lowered: Lowered, h: BankedMachine, r: Residency, storage: Storage): string | undefined {
  const named = (name: string) => got(lowered.tensors, name).storage === storage;
  if (lowered.inputs.some(named)) return 'it is an input of the network';
  if (lowered.outputs.some(named)) return 'it is an output of the network';
  if ([...lowered.upper.values()].flat().some((v) => v.storage === storage)) return 'it is part of an output';
  if (lowered.constants.some(({ view }) => view.storage === storage)) return 'it is a constant';
  for (const o of lowered.operations) {
    const why = touchedBy(o).includes(storage) ? whyNotIn(o, h, r, storage) : undefined;
    if (why !== undefined) return why;
  }
  return undefined;
}

function whyNotIn(o: Operation, h: BankedMachine, r: Residency, storage: Storage): string | undefined {
  if (o.kind !== 'run') return `${o.name} of the host ${o.kind === 'host' ? 'reads or writes' : 'moves'} it`;
  if (isMoved(o.weights) && o.weights.from.storage === storage) return `${o.name} takes it as weights`;
  const { stride, dilation, bounds, pool } = o.layer;
  const { N, K, G, P, Q, R, S } = bounds;
  const made = { inputs: N, columns: P / (pool?.P ?? 1), rows: Q / (pool?.Q ?? 1), channels: K * G };
  const read = {
    inputs: N,
    columns: imageRows(P, R, stride.P, dilation.R),
    rows: imageRows(Q, S, stride.Q, dilation.S),
    channels: bounds.C * G,
  };
  const walks = [
    ['input', o.input, read],
    ['output', o.output, made],
    ['residual', o.residual, made],
  ] as const;
  const own = walks.filter(([, walked]) => walked?.storage === storage);
  if (own.length > 1)
    return `${o.name} has it as ${own.map(([name]) => name).join(' and ')} at once, in one port of a bank`;
  const [name, walked, sizes] = defined(own[0]);
  if (!hasLines(o.layer, h, name === 'input'))
    return `groups of ${o.name} fill no whole lines, neither single nor in blocks`;
  const fault = walkFault(r, defined(walked), sizes, name === 'input');
  return fault === undefined ? undefined : `the ${name} of ${o.name} ${fault}`;
}

/** Whether some mapping may have lines of neighbouring channels: those of one group always, those of several where they fill lines. */
const hasLines = (layer: Layer, { lanes, vector }: BankedMachine, isInput: boolean): boolean =>
  blockSizes({ ...layer, resident: { [isInput ? 'input' : 'output']: true, banks: 0 } }, lanes, vector).some(
    (block) => {
      const { G, K, C } = blockDiagonal(layer, block).bounds;
      return G === 1 || (isInput ? C % vector : K % lanes) === 0;
    },
  );

/** Why words do not lie as in a region: rows of columns of neighbouring channels, all of them. */
function walkFault(
  r: Residency,
  walked: Walked,
  of: { readonly inputs: number; readonly columns: number; readonly rows: number; readonly channels: number },
  isInput: boolean,
): string | undefined {
  const { storage, at, y, x, g, c } = walked;
  const last = storage.axes.length - 1;
  const { rows, columns, channels } = sizesOf(storage);
  const isOne = (f: typeof x) => f === undefined || f.size === 1;
  const width = isOne(c) ? 1 : defined(c).size;
  if (!isOne(c) && (c?.axis !== last || c.step !== 1)) return 'has no neighbouring channels';
  if (!isOne(g) && (g?.axis !== last || g.step !== width)) return 'has groups that are no neighbours';
  if (isOne(c) && isOne(g) && channels > 1) return 'has one channel of several';
  const start = nth(at, last);
  if (start % lineWords(r) !== 0) return `begins at channel ${start}, in the middle of a line of ${lineWords(r)}`;
  const all = channelsIn(walked);
  if (all !== of.channels) return 'repeats channels';
  const { before, wide, high, inputs } = partOfImage(walked);
  if ((inputs?.count ?? 1) !== of.inputs) return 'is the same for several inputs';
  if (all > channels) {
    const isWhole = !inputs && all === rows * columns * channels && at.every((p) => p === 0) && (g?.size ?? 1) === 1;
    return isWhole && channels % lineWords(r) === 0 ? undefined : 'flattens an image whose channels are no whole lines';
  }
  const step = (f: typeof x) => defined(f).step * positionsWithin(storage, defined(f).axis);
  if (!isOne(x) && step(x) !== 1) return 'goes through other columns';
  if (!isOne(y) && (step(y) !== columns || defined(y).axis >= last - 1)) return 'goes through other rows';
  // A row of its own may be several of the image, which lie one behind the other.
  if (high > 1 && (before % columns) + wide > columns) return 'goes from one row into the next';
  const furthest = inputs?.along === 'images' ? (inputs.count - 1) * inputs.step : 0;
  if (before + furthest + (high - 1) * columns + wide > rows * columns) return 'begins inside of the image';
  const along = (what: 'columns' | 'rows') =>
    of[what] + (inputs?.along === what ? (inputs.count - 1) * inputs.step : 0);
  if (!isInput && (wide !== along('columns') || high !== along('rows'))) return 'has rows or columns that are repeated';
  if (!isInput && at.slice(0, last).some((p) => p < 0)) return 'begins in front of the image';
  const most = 2 ** r.positionBits - 1;
  const [top, left] = [isOne(y) ? 0 : -nth(at, defined(y).axis), isOne(x) ? 0 : -nth(at, defined(x).axis)];
  if (Math.max(along('columns'), along('rows'), left + wide, top + high) > most / 2)
    return `is longer than ${Math.floor(most / 2)}`;
  if (partsOf(r, all) >= 2 ** (r.channelBits - 1))
    return `has more than ${2 ** (r.channelBits - 1) - 1} parts of channels`;
  return undefined;
}
