// Which axis of a tensor that comes from outside its readers want innermost.

import { nth } from '../base/invariant.js';
import type { GraphStep, NetworkGraph } from '../model/workload/network-graph.js';

/** What the first reader that minds wants, through what works element by element; undefined where none does. */
export function wantedAxis(graph: NetworkGraph, name: string, seen = new Set<string>()): number | undefined {
  if (seen.has(name)) return undefined;
  seen.add(name);
  const tensor = graph.tensors.find((t) => t.name === name);
  const last = (tensor?.shape?.length ?? 1) - 1;
  for (const i of tensor?.consumers ?? []) {
    const found = ofStep(nth(graph.steps, i), last, (next) => wantedAxis(graph, next, seen));
    if (found !== undefined && found <= last) return found;
  }
  for (const i of tensor?.placements ?? []) {
    const placement = nth(graph.placements, i);
    if (placement.kind === 'reshape') continue;
    const after = wantedAxis(graph, nth(placement.outputs, 0), seen);
    if (after === undefined) continue;
    return placement.kind === 'transpose' ? placement.order[after] : after;
  }
  return undefined;
}

/** The innermost axis of what layers and pools read and write; undefined of other steps, which take it as it is. */
export function ownAxis(step: GraphStep, last: number): number | undefined {
  switch (step.kind) {
    case 'layer':
      return step.run.kind === 'product' ? last : Math.min(1, last);
    case 'pool':
    case 'upsampling':
      return Math.min(1, last);
    default:
      return undefined;
  }
}

function ofStep(step: GraphStep, last: number, behind: (name: string) => number | undefined): number | undefined {
  switch (step.kind) {
    case 'addition':
    case 'multiplication':
    case 'scale':
      return behind(nth(step.outputs, 0));
    default:
      return ownAxis(step, last);
  }
}
