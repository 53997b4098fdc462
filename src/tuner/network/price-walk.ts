// The totals that prices support, from the quickest to the leanest: between two of them the line through both is asked for
// next, until nothing lies below it or nothing better can.

import type { Line } from './lines.js';
import type { Stretch, SupportedTotals } from './supported-totals.js';
import { slack } from './supported-totals.js';

/** The line below the minimum energy, and stretches between supported totals and the limits: with a line where one was asked for. */
export interface Walked {
  readonly leanest: Line;
  readonly stretches: readonly Stretch[];
}

/** What no choice has less of. */
export interface Floor {
  readonly energy: number;
  readonly cycles: number;
}

/** Prices at the ends go so far beyond what rules out all totals behind them. */
const beyond = 1.3;

/**
 * 'none' where there is no choice at all, undefined where the time was over. With a floor the ends are tilted prices: what costs
 * least of energy or cycles alone takes far longer to find, and most often nothing out there can be better. Where something may
 * be, it is asked for after all.
 */
export async function walkPrices(totals: SupportedTotals, floor?: Floor): Promise<Walked | 'none' | undefined> {
  if (floor && floor.energy > 0 && floor.cycles > 0) {
    const tilted = await tiltedEnds(totals, floor);
    if (!tilted || tilted === 'none') return tilted;
    const stretches = await refined(totals, tilted.stretches);
    if (!stretches || !stretches.some((s) => totals.mayHave(s))) return stretches && { ...tilted, stretches };
  }
  const ends = await endsOf(totals);
  if (!ends || ends === 'none') return ends;
  const stretches = await refined(totals, ends.stretches);
  return stretches && { ...ends, stretches };
}

async function tiltedEnds(totals: SupportedTotals, floor: Floor): Promise<Walked | 'none' | undefined> {
  const at = (price: number) => totals.by({ energy: 1, cycles: price, both: 0 });
  // Where the product is least its line has the price energy / cycles: asked for twice, it is near enough.
  let near = await at((floor.energy / floor.cycles) * 2);
  if (near && near !== 'none') near = await at(near.energy / near.cycles);
  if (!near || near === 'none') return near;
  const { energy, cycles } = near;
  const { max } = totals;
  // At the fewest cycles, and at those that the least energy would leave, the line is to lie above the best product.
  const slowest = Math.min(totals.limits.cycles ?? Infinity, max / floor.energy);
  const dear = (max / floor.cycles - energy) / Math.max(1, cycles - floor.cycles);
  const cheap = (energy - max / slowest) / Math.max(1, slowest - cycles);
  const quick = await at(Math.max(energy / cycles, dear) * beyond);
  const quickLine = totals.lastLine;
  const lean = await at(Math.min(energy / cycles, cheap) / beyond);
  if (!quick || !lean || quick === 'none' || lean === 'none') return undefined;
  const line = totals.lastLine;
  return {
    leanest: line,
    stretches: [
      { from: Math.min(floor.cycles, quick.cycles), upTo: quick.cycles, line: quickLine },
      ...(quick.cycles < lean.cycles ? [{ from: quick.cycles, upTo: lean.cycles, line: undefined }] : []),
      { from: lean.cycles, upTo: Math.max(slowest, lean.cycles), line },
    ],
  };
}

async function endsOf(totals: SupportedTotals): Promise<Walked | 'none' | undefined> {
  const quickest = await totals.by({ energy: 0, cycles: 1, both: 0 });
  const leanest = quickest && (await totals.by({ energy: 1, cycles: 0, both: 0 }));
  if (!quickest || !leanest) return undefined;
  if (quickest === 'none' || leanest === 'none') return 'none';
  const line = totals.lastLine;
  const end = Math.min(totals.limits.cycles ?? Infinity, totals.max / Math.max(leanest.energy, Number.MIN_VALUE));
  return {
    leanest: line,
    stretches: [
      ...(quickest.cycles < leanest.cycles ? [{ from: quickest.cycles, upTo: leanest.cycles, line: undefined }] : []),
      { from: leanest.cycles, upTo: Math.max(end, leanest.cycles), line },
    ],
  };
}

/** Stretches whose line is known, or which cannot have anything better. */
async function refined(totals: SupportedTotals, begun: readonly Stretch[]): Promise<readonly Stretch[] | undefined> {
  let stretches = begun;
  for (;;) {
    const open = stretches.find((s) => !s.line && totals.mayHave(s));
    if (!open) return stretches;
    const parts = await divided(totals, open);
    if (!parts) return undefined;
    stretches = stretches.flatMap((s) => (s === open ? parts : [s]));
  }
}

/** A stretch in two where totals lie below the line through its ends; with that line where none do. */
async function divided(totals: SupportedTotals, open: Stretch): Promise<readonly Stretch[] | undefined> {
  const [first, last] = [totals.energyAt(open.from), totals.energyAt(open.upTo)];
  const price = (first - last) / (open.upTo - open.from);
  const through = first + price * open.from;
  const point = await totals.by({ energy: 1, cycles: price, both: 0 });
  if (!point || point === 'none') return undefined;
  const isBelow = point.energy + price * point.cycles < through * (1 - slack);
  return isBelow && point.cycles > open.from && point.cycles < open.upTo
    ? [
        { from: open.from, upTo: point.cycles, line: undefined },
        { from: point.cycles, upTo: open.upTo, line: undefined },
      ]
    : [{ ...open, line: totals.lastLine }];
}
