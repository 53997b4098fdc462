// Small networks for looking at all schedules: a chain of convolutions and additions of drawn sizes, some of which may be in bands.

import type { Random } from '../../src/base/random.js';
import type { NetworkGraph } from '../../src/model/workload/network-graph.js';
import type { BandedChain } from '../../src/model/workload/row-bands.js';
import { whyNoChain } from '../../src/model/workload/row-bands.js';
import { decodeOnnx } from '../../src/workloads/onnx/decode-model.js';
import { graphOf } from './graphs.js';
import { node, onnxFile } from './onnx.js';

export interface SmallChain {
  readonly graph: NetworkGraph;
  readonly chains: readonly BandedChain[];
}

/** Reads its input, which may be folded, in two or three convolutions, and adds what the first put out where it has that shape. */
export function smallChain(random: Random): SmallChain {
  const size = random.pick([4, 6, 8]);
  const channels = [random.pick([1, 3, 8]), random.pick([8, 16]), random.pick([8, 16]), random.pick([8, 16])];
  const layers = 2 + random.below(2);
  const weights: Record<string, readonly number[]> = {};
  const nodes = Array.from({ length: layers }, (_, i) => {
    const kernel = random.pick([1, 3]);
    const pad = (kernel - 1) / 2;
    weights[`w${i}`] = [channels[i + 1]!, channels[i]!, kernel, kernel];
    return node('Conv', [i === 0 ? 'x' : `t${i - 1}`, `w${i}`], [`t${i}`], {
      kernel_shape: [kernel, kernel],
      pads: [pad, pad, pad, pad],
    });
  });
  const last = `t${layers - 1}`;
  const adds = channels[1] === channels[layers] && random.below(2) === 0;
  const end = adds ? node('Add', [last, 't0'], ['y']) : node('Relu', [last], ['y']);
  const file = decodeOnnx(
    onnxFile({ inputs: { x: [1, channels[0]!, size, size] }, weights, nodes: [...nodes, end] }),
    'small',
  );
  if (!file.ok) throw new Error('no file');
  const graph = graphOf(file.value);
  const all = graph.steps.flatMap((_, first) =>
    graph.steps.flatMap((_s, last): readonly BandedChain[] => {
      const chain = { first, last, bands: random.pick([2, 3]) };
      return last > first && whyNoChain(graph, chain) === undefined ? [chain] : [];
    }),
  );
  return { graph, chains: random.shuffle(all).slice(0, 2) };
}
