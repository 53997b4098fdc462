// A proof as people read it: what requirements reached on the machine found, what excludes what, and why.

import { defined } from '../../base/invariant.js';
import { printValue } from '../../interchange/template-fields.js';
import type { DesignSpace } from '../../model/space/design-space.js';
import { parameters } from '../../model/space/design-space.js';
import { measure } from '../../model/cost/goal.js';
import { printShape } from '../../model/workload/layer.js';
import { partsText } from '../../model/workload/layer-parts.js';
import type { Parameter, Template } from '../../model/machine/parameters.js';
import { wholeLines } from '../../model/machine/parameters.js';
import { machineryName } from '../../model/machine/presets.js';
import type { CostQuantity, Requirement } from '../../model/cost/requirement.js';
import type { MetView, QuestionView } from '../../report/tables/prove-table.js';
import { excludedText, metText, openText } from '../../report/tables/prove-table.js';
import { totalOf } from '../../tuner/prove/decider.js';
import type { LayerLeast, Proof, Witness } from '../../tuner/prove/proof.js';
import type { ProveRequest } from '../../tuner/prove/prove-request.js';
import { clocksOf } from './requirements.js';

export function proofText(request: ProveRequest, proof: Proof): string {
  const question = questionOf(request, proof.seconds);
  switch (proof.status) {
    case 'feasible':
      return metText(metView(request, question, proof.witness));
    case 'infeasible': {
      const also = proof.also.map((core) => core.map((r) => r.text));
      const named = [...proof.core.map((c) => c.requirement.text), ...also.flat()];
      return excludedText({
        ...question,
        core: proof.core,
        also,
        others: request.requirements.flatMap(({ text }) => (named.includes(text) ? [] : [text])),
        minimal: proof.minimal,
        shortages: proof.shortages,
        layers: proof.layers.map((l) => ({
          name: l.layer.name,
          shape: printShape(l.layer),
          count: l.count,
          bound: leastOf(l),
        })),
      });
    }
    case 'unknown':
      return openText({ ...question, reason: proof.reason, settled: proof.settled });
  }
}

function questionOf({ network, candidates }: ProveRequest, seconds: number): QuestionView {
  const clocks = clocksOf(candidates);
  return {
    network: network.name,
    candidates: candidates.kind,
    name: candidates.kind === 'machine' ? machineryName(candidates.machine) : candidates.space.name,
    clock: clocks.length === 1 ? clocks[0] : undefined,
    seconds,
  };
}

function metView(request: ProveRequest, question: QuestionView, witness: Witness): MetView {
  const { candidates } = request;
  return {
    ...question,
    clock: clocksOf({ kind: 'machine', machine: witness.machine })[0],
    requirements: request.requirements.map((requirement) => ({
      requirement,
      reached: reachedBy(request, witness, requirement),
    })),
    parameters:
      candidates.kind === 'space' && witness.machine.kind === 'template'
        ? parametersOf(witness.machine.template, candidates.space)
        : [],
    area: witness.area,
    layers: witness.layers.map(({ layer, count, found: { evaluation: e, mapping } }) => ({
      name: layer.name,
      shape: `${printShape(layer)}${partsText(mapping)}`,
      count,
      energy: e.energy,
      cycles: e.cycles,
      utilization: e.utilization,
    })),
    energy: sumOf(witness, 'energy'),
    cycles: sumOf(witness, 'latency'),
    edp: sumOf(witness, 'edp'),
  };
}

/** Buffers hold whole lines: where that is less than the menu says, both are shown. */
function parametersOf(template: Template, { menus }: DesignSpace): MetView['parameters'] {
  return parameters.map((p) => {
    const [built, chosen] = [printValue(p, template[p]), printValue(p, chosenOf(template, p, menus[p]))];
    return {
      name: p,
      value: built === chosen ? built : `${built} of ${chosen}`,
      menu: menus[p].map((v) => printValue(p, v)),
    };
  });
}

/** The value of a menu that the machine was made from. */
function chosenOf(template: Template, p: Parameter, menu: readonly number[]): number {
  const lines: Readonly<Partial<Record<Parameter, number>>> = wholeLines(template);
  const line = lines[p] ?? 1;
  return menu.find((v) => v - (v % line) === template[p]) ?? template[p];
}

/** Cycles are whole, so what is proven of them is rounded up. */
export const leastOf = ({ quantity, bound }: LayerLeast): number => (quantity === 'latency' ? Math.ceil(bound) : bound);

/** Over the layers of a witness, each as often as it occurs. */
export const sumOf = ({ layers }: Witness, quantity: CostQuantity): number => totalOf(quantity, layers);

/** What the witness has of what is limited; of a buffer in a space what its menu says, for that is what a limit is on. */
export function reachedBy({ candidates }: ProveRequest, witness: Witness, r: Requirement): number {
  const { machine, area, layers } = witness;
  switch (r.kind) {
    case 'area':
      return area ?? NaN;
    case 'network':
      return sumOf(witness, r.quantity);
    case 'layer':
      return measure(r.quantity, defined(layers.find(({ layer }) => layer.name === r.layer)).found.evaluation);
    case 'parameter': {
      if (machine.kind === 'hierarchy') return NaN;
      if (r.parameter === 'pes') return machine.template.rows * machine.template.columns;
      return candidates.kind === 'space'
        ? chosenOf(machine.template, r.parameter, candidates.space.menus[r.parameter])
        : machine.template[r.parameter];
    }
  }
}
