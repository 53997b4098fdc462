// Branch and bound over the sizes of one shape for the smallest machine on which networks keep their limits: a box stays open
// as long as they may be kept in it on less area than is known to do, each layer on a machine of its own.

import type { LimitedLayer } from '../../enumerate/box-minima.js';
import type { Places } from '../../enumerate/columns.js';
import { sizes } from '../../enumerate/columns.js';
import type { ShapeCosts } from '../../enumerate/item-costs.js';
import type { Box, Weights } from '../../enumerate/item.js';
import { areasAt } from '../../enumerate/item.js';
import type { TotalsProblem } from './codesign-problem.js';
import type { BoxSearch } from './box-search.js';
import type { BoxNode, PickedMachine, TotalsSearch } from './totals-search.js';
import type { Unsettled } from './walked-columns.js';

/** As `TotalsSearch`, with areas for values. */
export class AreaSearch implements BoxSearch {
  readonly reach = Infinity;
  readonly costs: ShapeCosts;

  constructor(
    private readonly problem: Pick<TotalsProblem, 'area'>,
    private readonly totals: TotalsSearch,
  ) {
    this.costs = totals.costs;
  }

  get askedLayers(): readonly LimitedLayer[] {
    return this.totals.askedLayers;
  }

  begin(open: readonly BoxNode[]): void {
    this.totals.begin(open);
  }

  floor(): number {
    return this.totals.floor() === Infinity ? Infinity : this.costs.min.area;
  }

  /** Bounds hold of machines within the area that was of interest alone. */
  get rootLearned(): undefined {
    return undefined;
  }

  get maxValue(): number {
    return Math.min(this.problem.area, this.areaOf(this.totals.whole.high));
  }

  valueOf(places: Places): number {
    return this.areaOf(places);
  }

  root(
    prices: readonly Weights[] | undefined,
    target: number,
    over: () => boolean,
    _learned?: object,
  ): BoxNode | undefined {
    return this.valued(this.totals.root(prices, Infinity, over, { area: target }));
  }

  child(node: BoxNode, box: Box, target: number, over: () => boolean): BoxNode | undefined {
    return this.valued(this.totals.child(node, { ...box, area: target }, Infinity, over));
  }

  wanted(node: BoxNode): Places | undefined {
    return this.totals.wanted(node);
  }

  /** Of a box in which larger machines do, the smallest one is not known yet. */
  agreed(node: Pick<BoxNode, 'picks' | 'box'>): boolean {
    const [first] = node.picks;
    return (
      first !== undefined &&
      sizes.every((size) => first.item.places[size] === node.box.low[size]) &&
      this.totals.agreed(node)
    );
  }

  joined(): undefined {
    return undefined;
  }

  machine(places: Places, node: BoxNode, target: number, over: () => boolean): PickedMachine | undefined {
    const value = this.areaOf(places);
    const picked = value < target ? this.totals.machine(places, node, Infinity, over) : undefined;
    return picked && { ...picked, value };
  }

  exact(node: BoxNode, _target: number, over: () => boolean): PickedMachine | Unsettled {
    const found = this.totals.exact(node, Infinity, over);
    return typeof found === 'string' ? found : { ...found, value: node.bound };
  }

  /** Of a box bounded when larger machines were of interest those that still are. */
  split(node: BoxNode, target: number): readonly Box[] {
    return node.box.area !== undefined && node.box.area > target ? [node.box] : this.totals.split(node);
  }

  private areaOf(places: Places): number {
    return areasAt(this.costs, places).area;
  }

  private valued(node: BoxNode | undefined): BoxNode | undefined {
    return node && { ...node, bound: this.areaOf(node.box.low) };
  }
}
