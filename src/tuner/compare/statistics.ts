// Middles of a few numbers, some of which may be infinite: what was never reached.

/** Mean of the two middle ones where their number is even; +Infinity where one of them is; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => (a === b ? 0 : a - b));
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
