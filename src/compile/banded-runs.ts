// What stands in the order of runs for the steps of a chain when it is in bands of rows: the runs of its bands, what of them may
// stay in the global buffer, and from which of them on.

import { nth } from '../base/invariant.js';
import { invariant } from '../base/diagnostics.js';
import type { Template } from '../model/machine/template.js';
import type { Layer } from '../model/workload/layer.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { ResidentTensor } from '../model/workload/resident.js';
import type { BandedChain } from '../model/workload/row-bands.js';
import { banded } from '../model/workload/row-bands.js';
import type { Keepables } from './keepable.js';
import { keepables } from './keepable.js';
import { weightsKey } from './kept-weights.js';
import { lowered } from './lower.js';
import type { Lowered } from './lowered.js';
import { runsIn } from './network-program.js';
import { shapesAlone } from './step-layers.js';

/** Tensors by name. */
export interface BandedRun {
  readonly name: string;
  readonly layer: Layer;
  readonly operands: readonly { readonly tensor: string; readonly role: ResidentTensor }[];
  readonly begun: readonly string[];
  readonly ended: readonly string[];
  /** The same of runs that have the same weights. */
  readonly weights: string;
}

export interface BandedRuns {
  readonly chain: BandedChain;
  /** Runs of the network that they stand for: from one up to another, which is not among them. */
  readonly from: number;
  readonly upTo: number;
  readonly runs: readonly BandedRun[];
  /** What may stay between steps of a band: banks. */
  readonly inner: ReadonlyMap<string, number>;
  /** What may stay in the network as it is, and not beside these runs. */
  readonly barred: readonly string[];
}

/** A network whose runs and keepable tensors are known. */
export interface WholeNetwork {
  readonly graph: NetworkGraph;
  readonly template: Template;
  readonly lowered: Lowered;
  readonly may: Keepables;
}

/** Undefined where a band makes no rows, or the host would have to move words for it. */
export function bandedRuns(
  { graph, template, lowered: whole, may }: WholeNetwork,
  chain: BandedChain,
): BandedRuns | undefined {
  const cut = banded(graph, [chain]);
  const bits = template.inputPrecision;
  const made = cut && lowered(cut.graph, shapesAlone(cut.graph, bits), bits);
  if (!cut || !made?.ok) return undefined;
  const isMove = (o: Lowered['operations'][number]) => o.kind === 'rearrangement';
  if (made.value.operations.filter(isMove).length > whole.operations.filter(isMove).length) return undefined;
  const before = runsIn(whole);
  const isIn = (step: number) => chain.first <= step && step <= chain.last;
  const from = before.findIndex((run) => isIn(run.step));
  const upTo = from + before.filter((run) => isIn(run.step)).length;
  const all = runsIn(made.value);
  const end = all.length - (before.length - upTo);
  invariant(from >= 0 && all.slice(from, end).every((run) => isIn(nth(cut.steps, run.step))), 'bands stand together');
  const own = keepables(made.value, template);
  const plain = new Set(may.tensors.map((t) => t.tensor));
  const known = new Set([...graph.tensors.map((t) => t.name), ...plain]);
  const inner = own.tensors.filter((t) => !known.has(t.tensor));
  const counted = new Set([...plain, ...inner.map((t) => t.tensor)]);
  const tensors = own.tensors.filter((t) => counted.has(t.tensor));
  const at = (run: number, key: 'from' | 'upTo') => tensors.flatMap((t) => (t[key] === run ? [t.tensor] : []));
  const runs = all.slice(from, end).map((machineRun, i): BandedRun => {
    const { name, layer } = machineRun;
    const run = from + i;
    const operands = nth(own.operands, run).flatMap(({ tensor, role }) => {
      const { tensor: name } = nth(own.tensors, tensor);
      return counted.has(name) ? [{ tensor: name, role }] : [];
    });
    return {
      name,
      layer,
      operands,
      begun: at(run, 'from'),
      ended: at(run, 'upTo'),
      weights: weightsKey(cut.steps, machineRun),
    };
  });
  return {
    chain,
    from,
    upTo,
    runs,
    inner: new Map(inner.map((t) => [t.tensor, t.banks])),
    barred: own.others.flatMap(({ tensor }) => (plain.has(tensor) ? [tensor] : [])),
  };
}
