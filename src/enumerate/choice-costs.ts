// What a choice of what runs side by side costs at least, whole or only begun, before any tile is looked at.

import { fewestSteps } from '../model/cost/tile-bounds.js';
import type { Limits } from '../model/cost/goal.js';
import type { Layer } from '../model/workload/layer.js';
import { pooledOf } from '../model/workload/layer.js';
import { C, G, K, N, P, Q, R, S, cell, reductionOf } from './columns.js';
import type { ShapeCosts } from './item-costs.js';
import type { Weights } from './item.js';
import { costOf, exceeds, limitSlack } from './item.js';
import { leastWork } from './least-work.js';
import type { Extremes, Traffic } from './reuse.js';
import { anyLoads, leastTraffic, trafficOf } from './reuse.js';
import type { Begun, Spatial } from './spatial.js';
import { energyPerMac, perOutput, rowsP, rowsQ, spreadOf } from './spread.js';

/** pJ of words and of lines that go once through all levels of the smallest machine. */
interface Once {
  readonly weight: number;
  readonly weightLine: number;
  readonly input: number;
  readonly inputLine: number;
  readonly sum: number;
  readonly sumLine: number;
  readonly output: number;
  readonly outputLine: number;
}

const onceOf = (layer: Layer, c: ShapeCosts, wire: number): Once => ({
  weight: c.dram.weight + c.weightBits * wire,
  weightLine: cell(c.weight.fill, 0),
  input: c.dram.input + c.inputBits * wire,
  // Each line into the global buffer, out of it, and into a PE.
  inputLine: cell(c.global.fill, 0) + cell(c.global.read, 0) + cell(c.input.fill, 0),
  sum: c.sumBits * wire,
  sumLine: cell(c.sum.out, 0),
  output: perOutput(layer, c),
  outputLine: cell(c.global.out, 0),
});

export class ChoiceCosts {
  private readonly once: Once;

  constructor(
    private readonly layer: Layer,
    private readonly costs: ShapeCosts,
    private readonly weights: Weights,
    private readonly limits: Limits,
  ) {
    this.once = onceOf(layer, costs, costs.wire(costs.min.array));
  }

  /** What every mapping with at least these cycles costs at least: no word of padding, every word once through DRAM. */
  anyhow(cycles: number): number {
    const least = leastWork(this.layer, this.costs);
    return costOf(this.weights, least.energy, Math.max(cycles, least.cycles));
  }

  /**
   * No mapping with more cycles costs less than `limit` and within the limits: the cost grows
   * in a straight line with cycles.
   */
  cyclesWithin(limit: number): number {
    const [one, two] = [this.anyhow(1e15), this.anyhow(2e15)];
    const slope = (two - one) / 1e15;
    return Math.min(
      slope > 0 ? (limit - (2 * one - two)) / slope : Infinity,
      (this.limits.latency ?? Infinity) * (1 + limitSlack),
    );
  }

  /**
   * What a whole choice costs at least: with the room that the largest buffers have too, where that may
   * matter against a limit; +Infinity where it is beyond the limits of the layer.
   */
  ofWhole(s: Spatial, limit: number, extremes: Extremes): number {
    const { layer, costs } = this;
    const once = this.of(s);
    return once >= limit ? once : this.loaded(once, trafficOf(layer, costs, spreadOf(layer, costs, s), extremes));
  }

  /** The same of all that goes on from a choice of which lanes and vector are chosen. */
  ofBegun(begun: Begun, limit: number, extremes: Extremes): number {
    const once = this.of(begun);
    return once >= limit ? once : this.loaded(once, leastTraffic(this.layer, this.costs, begun, extremes));
  }

  private loaded(once: number, traffic: Traffic): number {
    let loaded = Infinity;
    anyLoads(traffic, undefined, (energy, cycles) => {
      if (!exceeds(this.limits, energy, cycles)) loaded = Math.min(loaded, costOf(this.weights, energy, cycles));
      return loaded <= once;
    });
    return Math.max(once, loaded);
  }

  /**
   * What a choice costs at least, on the smallest machine: multiplications and collectors as they are, each word
   * once through each level and each channel; +Infinity where that is beyond the limits. It rises with bounds and
   * cycles and falls with lanes and vector: of one that is only begun it holds for all that go on from there.
   */
  of(s: Begun): number {
    const { costs: c, layer, once } = this;
    const b = s.bound;
    const weights = b[G] * b[K] * reductionOf(b);
    const outputs = b[N] * b[G] * b[K] * b[P] * b[Q];
    const pooled = outputs / pooledOf(layer);
    const inputs = b[N] * b[G] * b[C] * rowsP(layer, b[P], b[R]) * rowsQ(layer, b[Q], b[S]);
    const energy =
      weights * b[N] * b[P] * b[Q] * energyPerMac(c, s) +
      weights * (once.weight + once.weightLine / s.vector) +
      inputs * (once.input + once.inputLine / s.vector) +
      outputs * (once.sum + once.sumLine / s.lanes) +
      pooled * (once.output + once.outputLine / s.lanes);
    const per = c.beatsPerLine;
    const operands = Math.max(weights * per.load_w, inputs * Math.max(per.fill, per.load_i)) / s.vector;
    const results = Math.max(outputs, pooled * Math.max(per.drain, per.spill)) / s.lanes;
    const cycles = Math.max(s.cycles, operands, results) + fewestSteps * c.step;
    const whole = energy + c.static * c.min.area * cycles;
    return exceeds(this.limits, whole, cycles) ? Infinity : costOf(this.weights, whole, cycles);
  }
}
