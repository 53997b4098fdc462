// ONNX out: a built-in network as its whole graph, any other as its layers side by side.

import type { CountedLayer, Network } from '../../model/workload/network.js';
import type { Layer } from '../../model/workload/layer.js';
import { hasBias } from '../../model/workload/layer.js';
import { sketches } from '../builtin.js';
import { encodeOnnx } from './encode-model.js';
import type { Attribute, Constant, Graph, GraphNode, ValueInfo } from './graph.js';

/**
 * Writes a network as a valid ONNX model (operator set 17) whose import gives the same layers with the same counts.
 * Weights are zeros made by ConstantOfShape, so files are small. Only a built-in network has the operators between its
 * layers; those of others are not known, so each of their layers has an input and an output of its own.
 */
export function exportOnnx(network: Network): Uint8Array {
  const sketch = sketches.find((s) => s.name === network.name && sameLayers(s.network.layers, network.layers));
  return encodeOnnx(sketch ? sketch.graph : graphOfLayers(network));
}

/** By value: a network that came through a worker thread is no longer the same object. */
const sameLayers = (a: readonly CountedLayer[], b: readonly CountedLayer[]) => JSON.stringify(a) === JSON.stringify(b);

const ints = (...values: readonly number[]): Attribute => ({ kind: 'numbers', values, whole: true });

function graphOfLayers(network: Network): Graph {
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const constants = new Map<string, Constant>();
  const nodes: GraphNode[] = [];
  for (const [i, { layer, count }] of network.layers.entries()) {
    const shapes = shapesOf(layer);
    const weights = `weights_${i}`;
    constants.set(weights, { shape: shapes.weights, whole: false, values: undefined });
    const bias = hasBias(layer) ? [`bias_${i}`] : [];
    for (const name of bias) constants.set(name, { shape: shapes.bias, whole: false, values: undefined });
    for (let n = 0; n < count; n++) {
      const [input, output] = [`in_${i}_${n}`, `out_${i}_${n}`];
      inputs.push({ name: input, shape: shapes.input, whole: false });
      outputs.push({ name: output, shape: shapes.output, whole: false });
      const name = n === 0 ? layer.name : `${layer.name}_${n + 1}`;
      const put = (
        nodeName: string,
        operator: string,
        from: readonly string[],
        to: string,
        attributes = new Map<string, Attribute>(),
      ) => nodes.push({ name: nodeName, operator, domain: '', inputs: from, outputs: [to], attributes });
      if (!shapes.addedBehind) put(name, shapes.operator, [input, weights, ...bias], output, shapes.attributes);
      else {
        put(name, shapes.operator, [input, weights], `sums_${i}_${n}`, shapes.attributes);
        put(`${name}_bias`, 'Add', [`sums_${i}_${n}`, ...bias], output);
      }
    }
  }
  return { name: network.name, opset: 17, inputs, outputs, notes: [], constants, nodes, functions: new Map() };
}

/**
 * Matrix products become MatMul, or Gemm where one has biases; everything else Conv on an image that
 * the window fits without padding.
 */
function shapesOf({ bounds: b, stride, dilation, bias }: Layer) {
  const plain = [b.N, b.Q, b.R, b.S, stride.P, stride.Q, dilation.R, dilation.S].every((x) => x === 1);
  if (plain) {
    const front = b.G > 1 ? [b.G] : [];
    const one = b.G === 1 && hasBias({ bias });
    const added = { bias: b.G > 1 ? [b.G, 1, b.K] : [b.K], addedBehind: hasBias({ bias }) && !one };
    return {
      ...added,
      operator: one ? 'Gemm' : 'MatMul',
      input: [...front, b.P, b.C],
      weights: [...front, b.C, b.K],
      output: [...front, b.P, b.K],
      attributes: new Map<string, Attribute>(),
    };
  }
  const reach = (out: number, step: number, kernel: number, spread: number) =>
    (out - 1) * step + (kernel - 1) * spread + 1;
  return {
    operator: 'Conv',
    bias: [b.G * b.K],
    addedBehind: false,
    input: [b.N, b.G * b.C, reach(b.Q, stride.Q, b.S, dilation.S), reach(b.P, stride.P, b.R, dilation.R)],
    weights: [b.G * b.K, b.C, b.S, b.R],
    output: [b.N, b.G * b.K, b.Q, b.P],
    attributes: new Map<string, Attribute>([
      ['strides', ints(stride.Q, stride.P)],
      ['dilations', ints(dilation.S, dilation.R)],
      ['group', { kind: 'number', value: b.G, whole: true }],
    ]),
  };
}
