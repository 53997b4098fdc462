// What the machine does for a network as a whole: the layers of all runs, with residuals, pools and element-wise steps
// among them, and what is left for the host.

import type { GraphIntegers, StepIntegers } from '../reference/integer-arithmetic.js';
import { divisorsOf, ratioOf, weightKey } from '../reference/integer-arithmetic.js';
import { nth } from '../base/invariant.js';
import type { KnownWords } from '../model/workload/given-words.js';
import type { CountedLayer, Network, Unmapped } from '../model/workload/network.js';
import { mergeCounted } from '../model/workload/network.js';
import type { GraphStep, NetworkGraph } from '../model/workload/network-graph.js';
import { weightsOf } from '../model/workload/network-graph.js';
import type { Numbers } from '../reference/numbers.js';
import { CannotLower } from './cannot-lower.js';
import { lowerStep } from './lower.js';
import { Lowering } from './lowering.js';

const nothingKnown: KnownWords = { weights: new Map(), ranges: new Map() };

/** Which layers there are does not depend on how wide words are. */
const anyBits = 8;

/**
 * The network of `network`, the list of layers that `graph` has, with every run that the machine does in their place: a
 * step that no run does keeps its layers as the list has them. What only the host does, copies too, is left in `unmapped`. Where
 * words are known, layers say how many bits they need.
 */
export function networkOfSteps(network: Network, graph: NetworkGraph, words: KnownWords = nothingKnown): Network {
  const l = new Lowering(graph, shapesAlone(graph, anyBits, words));
  const layers: CountedLayer[] = [];
  const hosted = new Map<string, number>();
  const host = (operator: string) => hosted.set(operator, (hosted.get(operator) ?? 0) + 1);
  // What has no size that is known has no place, and nothing that reads it runs.
  const place = (name: string) => {
    try {
      l.homes.place(name);
    } catch (error) {
      if (!(error instanceof CannotLower)) throw error;
    }
  };
  graph.inputs.filter((name) => !l.indices.has(name)).forEach(place);
  for (const [i, step] of graph.steps.entries()) {
    const before = l.operations.length;
    try {
      lowerStep(l, step, i, anyBits);
    } catch (error) {
      if (!(error instanceof CannotLower)) throw error;
      l.operations.splice(before);
      step.outputs.forEach(place);
      if (step.kind === 'layer') layers.push(...step.layers);
      else host(step.kind === 'host' ? step.operator : step.kind);
    }
    for (const operation of l.operations.splice(before)) {
      if (operation.kind === 'run') layers.push({ layer: operation.layer, count: 1 });
      else host(operation.kind === 'host' ? operation.operator : 'copy');
    }
  }
  return { ...network, layers: mergeCounted(layers), unmapped: left(network.unmapped, hosted) };
}

/** Of what the list left out: what multiplies somehow, and the host's; all else has a run now or is part of one. */
function left(unmapped: readonly Unmapped[], hosted: ReadonlyMap<string, number>): readonly Unmapped[] {
  const kept = unmapped.filter((u) => u.macs !== 0 || hosted.has(u.operator));
  const named = new Set(kept.map((u) => u.operator));
  const rest = [...hosted].filter(([operator]) => !named.has(operator));
  return [...kept, ...rest.map(([operator, count]) => ({ operator, count, macs: 0 }))];
}

const channel = (scale: number) => ({ scale, shift: 1, bias: 0, second: 1 });
const [odd, even] = [channel(2), channel(1)];
/** By their number: whoever lowers a network in many ways asks for the same again. */
const channelLists = new Map<number, StepIntegers['channels']>();

function channelsAlone(count: number): StepIntegers['channels'] {
  const made = channelLists.get(count) ?? Array.from({ length: count }, (_, k) => (k % 2 === 0 ? even : odd));
  channelLists.set(count, made);
  return made;
}

/**
 * Integers without words but those that are known, of so many bits: constants of its own for each channel, as
 * calibrated networks have them.
 */
export function shapesAlone(graph: NetworkGraph, bits = anyBits, known: KnownWords = nothingKnown): GraphIntegers {
  const shapes = new Map(graph.tensors.map((t) => [t.name, t.shape]));
  const countOf = (step: GraphStep): number => {
    if (step.kind === 'layer') {
      const { G, K } = nth(step.layers, 0).layer.bounds;
      return step.run.kind === 'product' ? K : G * K;
    }
    return step.kind === 'scale' && step.axis !== null ? (shapes.get(nth(step.inputs, 0))?.[step.axis] ?? 1) : 1;
  };
  const of = (step: GraphStep): StepIntegers => ({
    channels: channelsAlone(countOf(step)),
    low: -(2 ** (bits - 1)),
    high: 2 ** (bits - 1) - 1,
    ...known.ranges.get(nth(step.outputs, 0)),
    ...(step.kind === 'pool' && { byDivisor: new Map(divisorsOf(step).map((n) => [n, ratioOf(1 / n)] as const)) }),
  });
  const words = new Map<string, Numbers>();
  for (const [i, step] of graph.steps.entries())
    for (const w of weightsOf(step))
      words.set(weightKey(i, w), {
        shape: w.shape,
        values: known.weights.get(w.value) ?? new Float64Array(0),
      });
  return { steps: new Map(graph.steps.map((step, i) => [i, of(step)] as const)), weights: words };
}
