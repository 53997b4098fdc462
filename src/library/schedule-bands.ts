// Chains in bands of rows as what a schedule may choose in place of the runs of the network as it is.

import { got, nth } from '../base/invariant.js';
import { bandCandidates } from '../compile/band-candidates.js';
import type { ScheduledChain, WeightsThatStay } from '../compile/kept-weights.js';
import type { BandedRuns, WholeNetwork } from '../compile/banded-runs.js';
import { bandedRuns } from '../compile/banded-runs.js';
import { turn } from '../pool/turn.js';
import { layersWith } from './schedule-weights.js';
import { namedChain } from '../model/workload/named-chains.js';
import type { Layer } from '../model/workload/layer.js';
import type { Detours, ScheduleQuestion, ScheduleStep, Stretch } from '../tuner/schedule/schedule-question.js';

/** A run that stands in some route. */
export interface NamedStep extends ScheduleStep {
  readonly name: string;
}

export interface BandsSpace {
  readonly detours: Detours;
  /** Of the detours, numbered behind the runs of the network. */
  readonly steps: readonly NamedStep[];
  readonly chainOf: (stretch: Stretch) => ScheduledChain | undefined;
  /** Chains, each in several numbers of bands. */
  readonly chains: number;
  /** Of the stretches, those in which weights stay. */
  readonly keeping: number;
}

export const noBands: BandsSpace = {
  detours: { tensors: [], stretches: [] },
  steps: [],
  chainOf: () => undefined,
  chains: 0,
  keeping: 0,
};

/** Chains of a network that may be in bands, as runs; workers are given their tasks meanwhile. */
export async function chainsInBands(whole: WholeNetwork): Promise<readonly BandedRuns[]> {
  const chains: BandedRuns[] = [];
  for (const chain of bandCandidates(whole)) {
    const found = bandedRuns(whole, chain);
    if (found) chains.push(found);
    await turn();
  }
  return chains;
}

/** `runs`: of the network as it is; `layerOf`: what a schedule asks of the layer of a run. */
export const bandsSpace = (
  whole: WholeNetwork,
  runs: number,
  layerOf: (run: { readonly layer: Layer }) => Layer,
  found: readonly BandedRuns[],
): BandsSpace =>
  extended(
    noBands,
    whole,
    runs,
    found.map((own) => ({ own, layers: own.runs.map(layerOf) })),
  );

/** The same, with chains once more whose weights stay. */
export const withKeptWeights = (
  space: BandsSpace,
  whole: WholeNetwork,
  runs: number,
  layerOf: (run: { readonly layer: Layer }) => Layer,
  weights: ReadonlyMap<BandedRuns, readonly WeightsThatStay[]>,
): BandsSpace =>
  extended(
    space,
    whole,
    runs,
    [...weights].map(([own, stay]) => ({ own, layers: layersWith(own, stay, layerOf), stay })),
  );

/** Behind what a space has: stretches, steps and tensors of it keep their numbers. */
function extended(
  space: BandsSpace,
  whole: WholeNetwork,
  runs: number,
  more: readonly {
    readonly own: BandedRuns;
    readonly layers: readonly Layer[];
    readonly stay?: readonly WeightsThatStay[];
  }[],
): BandsSpace {
  const tensors = [...space.detours.tensors];
  const numbers = new Map(whole.may.tensors.map(({ tensor }, i) => [tensor, i]));
  const steps = [...space.steps];
  const chains = new Map<Stretch, ScheduledChain>();
  for (const { own, layers, stay } of more) {
    const { chain, from, upTo, inner, barred } = own;
    // Parts of one chain in other bands have the same names.
    const here = new Map<string, number>();
    for (const [name, banks] of inner) {
      here.set(name, whole.may.tensors.length + tensors.length);
      tensors.push({ name, banks });
    }
    const number = (name: string) => here.get(name) ?? got(numbers, name);
    const off = barred.map(number);
    const stretch: Stretch = {
      from,
      upTo,
      steps: own.runs.map(({ name, operands, begun, ended }, i) => {
        steps.push({ name, layer: nth(layers, i), roles: operands.map(({ role }) => role) });
        return {
          step: runs + steps.length - 1,
          operands: operands.map(({ tensor }) => number(tensor)),
          begun: begun.map(number),
          ended: ended.map(number),
          ...(off.length > 0 && { barred: off }),
        };
      }),
    };
    chains.set(stretch, { ...namedChain(whole.graph, chain), ...(stay && { weights: stay }) });
  }
  const stretches = [...space.detours.stretches, ...chains.keys()];
  const chainOf = (stretch: Stretch) => chains.get(stretch) ?? space.chainOf(stretch);
  const all = stretches.flatMap((stretch) => chainOf(stretch) ?? []);
  return {
    detours: { tensors, stretches },
    steps,
    chainOf,
    chains: new Set(all.map(({ first, last }) => JSON.stringify([first, last]))).size,
    keeping: all.filter(({ weights }) => weights).length,
  };
}

/** A question with the chains of a space in bands too. */
export const withBands = (question: ScheduleQuestion, { detours, steps }: BandsSpace): ScheduleQuestion => ({
  ...question,
  detours,
  steps: [...question.steps, ...steps],
});

/** The name of each step of a route. */
export const namesOn = (
  route: readonly Stretch[],
  runs: readonly { readonly name: string }[],
  space: BandsSpace,
): readonly string[] =>
  route.flatMap((stretch) =>
    stretch.steps.map(({ step }) => (step < runs.length ? nth(runs, step) : nth(space.steps, step - runs.length)).name),
  );
