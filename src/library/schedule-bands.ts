// Chains in bands of rows as what a schedule may choose in place of the runs of the network as it is.

import { got, nth } from '../base/invariant.js';
import { bandCandidates } from '../compile/band-candidates.js';
import type { BandedRuns, WholeNetwork } from '../compile/banded-runs.js';
import { bandedRuns } from '../compile/banded-runs.js';
import type { NamedChain } from '../model/workload/named-chains.js';
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
  readonly chainOf: (stretch: Stretch) => NamedChain | undefined;
  /** Chains, each in several numbers of bands. */
  readonly chains: number;
}

export const noBands: BandsSpace = {
  detours: { tensors: [], stretches: [] },
  steps: [],
  chainOf: () => undefined,
  chains: 0,
};

/** `runs`: of the network as it is; `layerOf`: what a schedule asks of the layer of a run. */
export function bandsSpace(
  whole: WholeNetwork,
  runs: number,
  layerOf: (run: { readonly layer: Layer }) => Layer,
  candidates = bandCandidates(whole),
): BandsSpace {
  const tensors: { name: string; banks: number }[] = [];
  const numbers = new Map(whole.may.tensors.map(({ tensor }, i) => [tensor, i]));
  const steps: NamedStep[] = [];
  const chains = new Map<Stretch, NamedChain>();
  const stretchOf = ({ chain, from, upTo, runs: own, inner, barred }: BandedRuns): void => {
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
      steps: own.map(({ name, layer, operands, begun, ended }) => {
        steps.push({ name, layer: layerOf({ layer }), roles: operands.map(({ role }) => role) });
        return {
          step: runs + steps.length - 1,
          operands: operands.map(({ tensor }) => number(tensor)),
          begun: begun.map(number),
          ended: ended.map(number),
          ...(off.length > 0 && { barred: off }),
        };
      }),
    };
    chains.set(stretch, namedChain(whole.graph, chain));
  };
  for (const chain of candidates) {
    const found = bandedRuns(whole, chain);
    if (found) stretchOf(found);
  }
  const names = new Set([...chains.values()].map(({ first, last }) => JSON.stringify([first, last])));
  return {
    detours: { tensors, stretches: [...chains.keys()] },
    steps,
    chainOf: (stretch) => chains.get(stretch),
    chains: names.size,
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
