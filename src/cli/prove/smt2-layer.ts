// `prove --smt2-layer`: the whole problem of one layer on one machine for any SMT solver, without lemmas.

import { stopText } from '../../base/stop-reason.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, refuse } from '../../base/diagnostics.js';
import { arrangementsOf } from '../../model/space/design.js';
import { quantityOfOneLayer } from '../../model/cost/network-goal.js';
import type { CostQuantity } from '../../model/cost/requirement.js';
import type { Task } from '../../search/strategy.js';
import { printScript } from '../../smt/script.js';
import type { ProveRequest } from '../../tuner/prove/prove-request.js';
import type { WholeLayer } from '../../tuner/prove/whole-layer.js';

/** The layer with its limits as a task; refused where there are several layers, or no single machine. */
export function wholeLayerTask({
  network,
  candidates,
  technology,
  conventions,
  padding,
  requirements,
}: ProveRequest): Parsed<Task> {
  const [only, another] = network.layers;
  const no = (message: string) => refuse('not-covered', [], `--smt2-layer: ${message}`);
  if (!only || another || only.count !== 1)
    return no('it writes the problem of one layer that occurs once; choose one with --layer, or take --smt2');
  if (candidates.kind !== 'machine')
    return no('it writes the problem of a layer on one machine; name it with --arch, or take --smt2');
  const limits: Partial<Record<CostQuantity, number>> = {};
  for (const r of requirements) {
    if (r.kind === 'area' || r.kind === 'parameter')
      return no(`${r.text} is about the machine and not about mappings; leave it out here`);
    // Of one layer that runs once the network is the layer.
    const quantity = quantityOfOneLayer(r.quantity);
    limits[quantity] = Math.min(r.max, limits[quantity] ?? Infinity);
  }
  return parsed({
    architectures: arrangementsOf(candidates.machine, technology),
    layer: only.layer,
    conventions,
    padding,
    goal: { objective: 'energy', limits: limits },
  });
}

/** One script after the other, each of a machine whose collectors cut the loops in another order, or of one run of a layer in parts. */
export const wholeLayerText = ({ scripts }: WholeLayer): string =>
  scripts.map((script) => printScript(script, { check: true })).join('(reset)\n');

/** What the file is, and what a solver of one's own then checks. */
export function wholeLayerNote(file: string, { status, scripts, reason }: WholeLayer): string {
  const where = file === '-' ? 'standard output' : file;
  const each =
    scripts.length > 1 ? `, ${scripts.length} scripts, one per order of the collectors and number of parts,` : '';
  switch (status) {
    case 'unsat':
      return `${where}: the whole problem of the layer${each} in SMT-LIB 2.6, unsat: no mapping meets the limits`;
    case 'sat':
      return `${where}: the whole problem of the layer${each} in SMT-LIB 2.6, the last one sat: some mapping meets the limits`;
    case 'unknown':
      return (
        `${where}: the whole problem of the layer${each} in SMT-LIB 2.6, open here ` +
        `(${stopText(reason)}): costs in it are bounds from below, ` +
        'so unsat is a proof, but sat is not'
      );
  }
}
