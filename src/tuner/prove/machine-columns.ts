// Columns of the layers of a network on one machine: equal questions about equal layers are asked once.

import type { Limits } from '../../model/cost/goal.js';
import type { NetworkQuantity } from '../../model/cost/network-goal.js';
import type { Requirement } from '../../model/cost/requirement.js';
import type { TemplateMachine } from '../../model/machine/template.js';
import { shapeKey } from '../../model/workload/layer.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { Lemma } from '../../smt/network-script.js';
import { LayerColumns } from '../network/layer-columns.js';
import type { NetworkQuestion } from '../network/network-question.js';
import { columnsLemma } from './columns-lemma.js';
import { layerQuantityOf, limitsOn } from './decider.js';
import type { MachineRequest } from './machine-knowledge.js';
import { pure } from './machine-knowledge.js';
import type { LayerMinimum } from './proof.js';
import type { ProveHooks } from './prove-request.js';

export class MachineColumns {
  /** By shape and limits. */
  private readonly known = new Map<string, LayerColumns>();

  constructor(
    private readonly request: MachineRequest,
    private readonly machine: TemplateMachine,
    private readonly search: ProveHooks['columns'],
  ) {}

  /** All layers within their own limits, as a question about the network has them. */
  under(requirements: readonly Requirement[]): NetworkQuestion['layers'] {
    const { network, sharedMappings = false } = this.request;
    return network.layers.map((l) => ({
      ...l,
      columns: this.of(l, limitsOn(l.layer.name, requirements)),
      choices: sharedMappings ? 1 : l.count,
    }));
  }

  /** What the columns found so far prove of each layer. */
  lemmas(requirements: readonly Requirement[]): readonly Lemma[] {
    return this.under(requirements).map((l) => columnsLemma(l, limitsOn(l.layer.name, requirements)));
  }

  /** Of the layers whose minimum is known without limits; none of what is not a sum over layers. */
  minima(quantity: NetworkQuantity): readonly LayerMinimum[] {
    const own = layerQuantityOf[quantity];
    if (own === undefined) return [];
    return this.request.network.layers.flatMap((l) => {
      const bound = this.of(l, {}).minSettled(pure[own]);
      return bound === undefined ? [] : [{ ...l, quantity: own, bound }];
    });
  }

  private of({ layer }: CountedLayer, limits: Limits): LayerColumns {
    const key = JSON.stringify([shapeKey(layer), Object.entries(limits).sort()]);
    const known = this.known.get(key);
    if (known) return known;
    const { conventions, padding } = this.request;
    const task = {
      layer,
      conventions,
      padding,
      goal: { objective: 'edp' as const, limits },
      machine: this.machine,
    };
    const columns = new LayerColumns(task, this.search);
    this.known.set(key, columns);
    return columns;
  }
}
