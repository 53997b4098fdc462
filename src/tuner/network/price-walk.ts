// The totals that prices support, from the quickest to the leanest: between two of them the line through both is asked for
// next, until nothing lies below it or nothing better can.

import { nth } from '../../base/invariant.js';
import type { Totals } from '../../milp/master/master.js';
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
/** The first prices beside that of the least product, as it is guessed. */
const beside = 1.5;
/** A price that is known does in place of one that so much lies between. */
const alike = 1.2;

/** What a search of before learned of alike choices. */
export interface PricesKnown {
  /** About where the product is least: energy / cycles. */
  readonly near: number;
  /** By which much is settled: what a cycle counts for in energy. */
  readonly asked: readonly number[];
}

/**
 * 'none' where there is no choice at all, undefined where the time was over. With a floor the ends are tilted prices: what costs
 * least of energy or cycles alone takes far longer to find, and most often nothing out there can be better. Where something may
 * be, it is asked for after all.
 */
export async function walkPrices(
  totals: SupportedTotals,
  floor?: Floor,
  known?: PricesKnown,
): Promise<Walked | 'none' | undefined> {
  if (floor && floor.energy > 0 && floor.cycles > 0) {
    const tilted = await tiltedEnds(totals, floor, known);
    if (!tilted || tilted === 'none') return tilted;
    const stretches = await refined(totals, tilted.stretches);
    if (!stretches || !stretches.some((s) => totals.mayHave(s))) return stretches && { ...tilted, stretches };
  }
  const ends = await endsOf(totals);
  if (!ends || ends === 'none') return ends;
  const stretches = await refined(totals, ends.stretches);
  return stretches && { ...ends, stretches };
}

async function tiltedEnds(
  totals: SupportedTotals,
  floor: Floor,
  known: PricesKnown | undefined,
): Promise<Walked | 'none' | undefined> {
  const weightsAt = (price: number): Totals => ({ energy: 1, cycles: price, both: 0 });
  const familiar = (price: number, may: (other: number) => boolean = () => true): number => {
    const distance = (other: number) => Math.abs(Math.log(other / price));
    const [closest = price] = (known?.asked ?? []).filter(may).toSorted((a, b) => distance(a) - distance(b));
    return distance(closest) <= Math.log(alike) ? closest : price;
  };
  const at = (price: number) => totals.by(weightsAt(familiar(price)));
  // Where the product is least its line has the price energy / cycles: asked for twice, it is near enough.
  let near = await at(known?.near ?? (floor.energy / floor.cycles) * 2);
  if (near && near !== 'none' && !known) near = await at(near.energy / near.cycles);
  if (!near || near === 'none') return near;
  const price = near.energy / near.cycles;
  const quick = await at(price * beside);
  const lean = await at(price / beside);
  if (!quick || !lean || quick === 'none' || lean === 'none') return undefined;
  const between = stretchesBetween(quick, near, lean);
  const leanest = totals.lastLine;
  // At the fewest cycles, and at those that the least energy would leave, the line is to lie above the best product.
  const { max } = totals;
  const fewest = Math.min(floor.cycles, quick.cycles);
  const most = Math.max(lean.cycles, Math.min(totals.limits.cycles ?? Infinity, max / floor.energy));
  const dear = (max / floor.cycles - quick.energy) / Math.max(1, quick.cycles - floor.cycles);
  const cheap = (lean.energy - max / most) / Math.max(1, most - lean.cycles);
  const dearest = Math.max(price * beside, dear) * beyond;
  const cheapest = Math.min(price / beside, cheap) / beyond;
  const quicker = { from: fewest, upTo: quick.cycles };
  const leaner = { from: lean.cycles, upTo: most };
  const first = await beyondPoint(
    familiar(dearest, (p) => p >= dearest),
    quicker,
  );
  const last =
    first &&
    (await beyondPoint(
      familiar(cheapest, (p) => p <= cheapest),
      leaner,
    ));
  if (!first || !last) return undefined;
  const before = first.point ? stretchesBetween(first.point, quick) : [];
  const behind = last.point ? stretchesBetween(lean, last.point) : [];
  const outside = [
    { ...quicker, upTo: first.point?.cycles ?? quicker.upTo, line: first.line },
    { ...leaner, from: last.point?.cycles ?? leaner.from, line: last.line },
  ];
  return { leanest, stretches: [...before, ...between, ...behind, ...outside] };

  /** The line of such a price; with the totals that lie on it, unless none of these cycles can have anything better. */
  async function beyondPoint(
    price: number,
    reach: Pick<Stretch, 'from' | 'upTo'>,
  ): Promise<{ readonly line: Line; readonly point: Totals | undefined } | undefined> {
    const stretch = { ...reach, line: undefined };
    const found = totals.mayHave(stretch) ? await totals.ruling(weightsAt(price), stretch) : 'ruled-out';
    if (!found || found === 'none') return undefined;
    return { line: totals.lastLine, point: found === 'ruled-out' ? undefined : found };
  }
}

/** Between supported totals, from the quickest on. */
const stretchesBetween = (...points: readonly Totals[]): readonly Stretch[] =>
  points.slice(1).flatMap((b, i) => {
    const a = nth(points, i);
    return a.cycles < b.cycles ? [{ from: a.cycles, upTo: b.cycles, line: undefined }] : [];
  });

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
  const point = await totals.ruling({ energy: 1, cycles: price, both: 0 }, open);
  if (!point || point === 'none') return undefined;
  if (point === 'ruled-out') return [{ ...open, line: totals.lastLine }];
  const isBelow = point.energy + price * point.cycles < through * (1 - slack);
  return isBelow && point.cycles > open.from && point.cycles < open.upTo
    ? [
        { from: open.from, upTo: point.cycles, line: undefined },
        { from: point.cycles, upTo: open.upTo, line: undefined },
      ]
    : [{ ...open, line: totals.lastLine }];
}
