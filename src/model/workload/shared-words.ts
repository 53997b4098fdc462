// Tensors that have words in common: what is only placed, a maximum of a window, an upsampled image, what the host moves.

import { nth } from '../../base/invariant.js';
import { movesWords } from './host-function.js';
import type { HostStep, NetworkGraph } from './network-graph.js';

/** To each tensor the name that all of its group have; whoever has no words in common stands for itself. */
export function sharedWords(graph: NetworkGraph): (tensor: string) => string {
  const parent = new Map<string, string>();
  const root = (name: string): string => {
    let at = name;
    for (let up = parent.get(at); up !== undefined; up = parent.get(at)) at = up;
    return at;
  };
  const join = (names: readonly string[]) => {
    for (const name of names.slice(1))
      if (root(name) !== root(nth(names, 0))) parent.set(root(name), root(nth(names, 0)));
  };
  for (const { inputs, outputs } of graph.placements)
    join([...outputs, ...inputs.flatMap((x) => (x.kind === 'tensor' ? [x.name] : []))]);
  for (const step of graph.steps)
    if ((step.kind === 'pool' && step.mode === 'max') || step.kind === 'upsampling')
      join([...step.inputs, ...step.outputs]);
    else if (step.kind === 'host' && movedTensor(step) !== undefined)
      join([...step.outputs, ...step.inputs.filter((name) => name === movedTensor(step))]);
  return root;
}

/** The tensor whose words the host only puts elsewhere; undefined where it computes, or takes weights apart. */
export function movedTensor({ work }: HostStep): string | undefined {
  const [from] = work?.operands ?? [];
  return work && movesWords(work.function) && from?.kind === 'tensor' ? from.name : undefined;
}
