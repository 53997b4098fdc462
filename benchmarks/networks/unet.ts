// A small U-Net: two levels down by max-pools, two up by nearest upsampling and concat, weights by shape alone.

import { encodeOnnx } from '../../src/workloads/onnx/encode-model.js';
import type { Attribute, Constant, GraphNode } from '../../src/workloads/onnx/graph.js';

interface Value {
  readonly name: string;
  readonly shape: readonly [number, number, number, number];
}

const ints = (...values: readonly number[]): Attribute => ({ kind: 'numbers', values, whole: true });

/** 1 x 3 x 64 x 64 to 1 x 2 x 64 x 64. */
export function unet(): Uint8Array {
  const nodes: GraphNode[] = [];
  const constants = new Map<string, Constant>();
  const put = (
    name: string,
    operator: string,
    inputs: readonly string[],
    shape: Value['shape'],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value => {
    const output = `${name}.out`;
    nodes.push({
      name,
      operator,
      domain: '',
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return { name: output, shape };
  };
  const conv = (name: string, { name: x, shape: [n, c, h, w] }: Value, channels: number, kernel = 3): Value => {
    constants.set(`${name}.w`, { shape: [channels, c, kernel, kernel], whole: false, values: undefined });
    constants.set(`${name}.b`, { shape: [channels], whole: false, values: undefined });
    const pad = (kernel - 1) / 2;
    return put(name, 'Conv', [x, `${name}.w`, `${name}.b`], [n, channels, h, w], {
      kernel_shape: ints(kernel, kernel),
      pads: ints(pad, pad, pad, pad),
    });
  };
  const relu = (x: Value): Value => put(`${x.name}.relu`, 'Relu', [x.name], x.shape);
  const twice = (name: string, x: Value, channels: number): Value =>
    relu(conv(`${name}.2`, relu(conv(`${name}.1`, x, channels)), channels));
  const down = (name: string, { name: x, shape: [n, c, h, w] }: Value): Value =>
    put(name, 'MaxPool', [x], [n, c, h / 2, w / 2], { kernel_shape: ints(2, 2), strides: ints(2, 2) });
  constants.set('scales', { shape: [4], whole: false, values: [1, 1, 2, 2] });
  const up = (name: string, { name: x, shape: [n, c, h, w] }: Value, beside: Value): Value => {
    const wide = put(`${name}.up`, 'Resize', [x, '', 'scales'], [n, c, 2 * h, 2 * w], {
      mode: { kind: 'text', value: 'nearest' },
      coordinate_transformation_mode: { kind: 'text', value: 'asymmetric' },
      nearest_mode: { kind: 'text', value: 'floor' },
    });
    return put(`${name}.concat`, 'Concat', [wide.name, beside.name], [n, c + beside.shape[1], 2 * h, 2 * w], {
      axis: { kind: 'number', value: 1, whole: true },
    });
  };
  const input: Value = { name: 'image', shape: [1, 3, 64, 64] };
  const a = twice('down1', input, 16);
  const b = twice('down2', down('pool1', a), 32);
  const c = twice('bottom', down('pool2', b), 64);
  const d = twice('up2', up('up2', c, b), 32);
  const e = twice('up1', up('up1', d, a), 16);
  const y = conv('head', e, 2, 1);
  return encodeOnnx({
    name: 'unet',
    opset: 17,
    inputs: [{ ...input, whole: false }],
    outputs: [{ ...y, whole: false }],
    notes: [],
    constants,
    nodes,
    functions: new Map(),
  });
}
