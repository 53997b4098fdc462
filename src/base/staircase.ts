// Things with two costs of which none undercuts another: from step to step the first rises and the second falls.

export class Staircase<T> {
  private readonly firsts: number[] = [];
  private readonly seconds: number[] = [];
  private readonly kept: T[] = [];

  get items(): readonly T[] {
    return this.kept;
  }

  /** Whether something kept has no more of either. */
  undercuts(first: number, second: number): boolean {
    const steps = this.upTo(first);
    return steps > 0 && (this.seconds[steps - 1] ?? Infinity) <= second;
  }

  /** Keeps it unless it is undercut, in place of all that it undercuts. */
  add(first: number, second: number, item: T): void {
    if (this.undercuts(first, second)) return;
    let from = this.upTo(first);
    if (this.firsts[from - 1] === first) from--;
    let to = from;
    while ((this.seconds[to] ?? -Infinity) >= second) to++;
    this.firsts.splice(from, to - from, first);
    this.seconds.splice(from, to - from, second);
    this.kept.splice(from, to - from, item);
  }

  /** How many steps have no more of the first. */
  private upTo(first: number): number {
    let low = 0;
    let high = this.firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.firsts[middle] ?? Infinity) <= first) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
