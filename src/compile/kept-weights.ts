// Weights that stay in the weight buffers while a chain runs band by band: which of its runs have weights in common, where all of
// them have room together, and a lowered network whose runs find theirs there.

import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import { groupBy } from '../base/group-by.js';
import { got, nth } from '../base/invariant.js';
import type { Template } from '../model/machine/template.js';
import type { WeightLayout } from '../model/workload/kept-weights.js';
import { linesOf } from '../model/workload/kept-weights.js';
import type { NamedChain } from '../model/workload/named-chains.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { BandedGraph } from '../model/workload/row-bands.js';
import { hardwareOf } from '../rtl/hardware.js';
import type { WeightPlace } from '../rtl/program/region.js';
import type { Lowered, MachineRun } from './lowered.js';
import { runsIn } from './network-program.js';

/** Of the weights of one run and of those that have the same. */
export interface WeightsThatStay {
  /** The name of the first, which loads them. */
  readonly run: string;
  /** Of the weight buffers, and the first line there. */
  readonly half: number;
  readonly line: number;
  readonly layout: WeightLayout;
}

/** A chain in bands, and its weights where they stay. */
export interface ScheduledChain extends NamedChain {
  readonly weights?: readonly WeightsThatStay[] | undefined;
}

/** What runs of the same step and the same key have in common are their weights; `steps` are those of the graph before it was cut. */
export const weightsKey = (steps: readonly number[], { step, layer, weights }: MachineRun): string => {
  const { bounds, weightBits, diagonal } = layer;
  const { G, K, C, R, S } = bounds;
  const words = typeof weights === 'number' ? weights : 'own';
  return JSON.stringify([nth(steps, step), words, G, K, C, R, S, weightBits, diagonal]);
};

/** A product behind a flattened map has its words in another order, made anew for each of its runs. */
const areSameWords = (a: MachineRun['weights'], b: MachineRun['weights']): boolean =>
  a === b ||
  (a instanceof Float64Array &&
    b instanceof Float64Array &&
    a.length === b.length &&
    a.every((word, i) => word === b[i]));

/** Places for layouts in the two halves, the longest first; undefined where they have no room together. */
export function placesFor(
  layouts: readonly WeightLayout[],
  template: Template,
): readonly Pick<WeightPlace, 'half' | 'line'>[] | undefined {
  const { weightDepth: depth } = hardwareOf(template);
  const ends: [number, number] = [0, 0];
  const places = new Map<number, Pick<WeightPlace, 'half' | 'line'>>();
  const order = [...layouts.keys()].toSorted((a, b) => linesOf(nth(layouts, b)) - linesOf(nth(layouts, a)));
  for (const i of order) {
    const lines = linesOf(nth(layouts, i));
    const half = ends[0] + lines <= depth ? 0 : 1;
    if (ends[half] + lines > depth) return undefined;
    places.set(i, { half, line: ends[half] });
    ends[half] += lines;
  }
  return layouts.map((_, i) => got(places, i));
}

/** The same network with the weights of its chains where they stay; refused, by name, where they cannot. */
export function withWeights(
  lowered: Lowered,
  template: Template,
  graph: NetworkGraph,
  { steps }: Pick<BandedGraph, 'steps'>,
  chains: readonly ScheduledChain[],
): Parsed<Lowered> {
  const h = hardwareOf(template);
  const faults: Diagnostic[] = [];
  const refuse = (run: string, why: string) =>
    void faults.push({
      code: 'cannot-stay',
      path: ['schedule', run],
      message: `the weights of ${run} cannot stay in the weight buffers: ${why}; leave "weights" out of its chain`,
    });
  const stays = new Map<MachineRun, { readonly layout: WeightLayout; readonly place: WeightPlace }>();
  for (const { first, last, weights = [] } of chains) {
    if (weights.length === 0) continue;
    if (!h.residency) {
      refuse(nth(weights, 0).run, 'the machine has residency: 0');
      continue;
    }
    const [from, upTo] = [first, last].map((name) => graph.steps.findIndex((s) => s.name === name));
    const own = runsIn(lowered).filter(({ step }) => from! <= nth(steps, step) && nth(steps, step) <= upTo!);
    const groups = groupBy(own, (run) => weightsKey(steps, run));
    for (const [i, { run: name, half, line, layout }] of weights.entries()) {
      const run = own.find((r) => r.name === name);
      const group = run && got(groups, weightsKey(steps, run));
      const lines = linesOf(layout);
      const other = weights.find(
        (w, j) => j < i && w.half === half && w.line < line + lines && line < w.line + linesOf(w.layout),
      );
      if (!run || !group) refuse(name, `${first} to ${last} in bands has no such run`);
      else if (group[0] !== run) refuse(name, `${nth(group, 0).name} has the same before it`);
      else if (group.some((r) => !areSameWords(r.weights, run.weights)))
        refuse(name, 'they are others in another band');
      else if (half > 1) refuse(name, `there are halves 0 and 1, and no ${half}`);
      else if (line + lines > h.weightDepth)
        refuse(name, `they end at line ${line + lines}, and a half has ${h.weightDepth}`);
      else if (other) refuse(name, `those of ${other.run} lie in their lines`);
      else for (const r of group) stays.set(r, { layout, place: { held: r !== run, half: half === 0 ? 0 : 1, line } });
    }
    // Whatever else is loaded meanwhile lies from line 0 on.
    const loads = own.find((r) => !stays.has(r));
    if (loads && faults.length === 0) refuse(nth(weights, 0).run, `${loads.name} loads its own over them`);
  }
  if (faults.length > 0) return refused(faults);
  const all = Array.from({ length: h.globalBanks }, () => true);
  const operations = lowered.operations.map((o) => {
    const own = o.kind === 'run' ? stays.get(o) : undefined;
    if (o.kind !== 'run' || !own) return o;
    const { kept = { places: {}, free: all }, layer } = o;
    const weights = { held: own.place.held, layout: own.layout };
    return {
      ...o,
      layer: { ...layer, resident: { ...layer.resident, weights, banks: layer.resident?.banks ?? 0 } },
      kept: { ...kept, places: { ...kept.places, weights: own.place } },
    };
  });
  return parsed({ ...lowered, operations });
}
