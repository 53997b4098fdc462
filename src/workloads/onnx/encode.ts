// From a plain graph to the bytes of an .onnx file.

import type { Attribute, Constant, Graph, GraphNode, ValueInfo } from './graph.js';
import type { WireAttribute, WireModel, WireNode, WireTensor, WireValueInfo } from './wire.js';
import { attributeTypes, dataTypes, modelCodec } from './wire.js';

/** IR version 8 goes with operator set 17 (ONNX 1.12). */
const irVersion = 8;

export function encodeOnnx(graph: Graph): Uint8Array {
  const constants = [...graph.constants];
  const model: WireModel = {
    irVersion,
    opsetImport: [{ domain: '', version: graph.opset }],
    producerName: 'magnet',
    graph: {
      name: graph.name,
      node: [...constants.flatMap(([name, constant]) => (constant.values ? [] : [zeros(name)])), ...graph.nodes.map(nodeMessage)],
      initializer: constants.map(([name, constant]) => (constant.values ? tensorMessage(name, constant) : sizesMessage(name, constant))),
      input: graph.inputs.map(infoMessage),
      output: graph.outputs.map(infoMessage),
      valueInfo: graph.notes.map(infoMessage),
    },
  };
  return modelCodec().encode(model).finish();
}

/**
 * A weight without numbers is made by a ConstantOfShape (zeros): the file stays small and still runs,
 * where an initializer without data would be invalid. ONNX's own "light" models do the same.
 */
const zeros = (name: string): WireNode => ({ name: `${name}.zeros`, opType: 'ConstantOfShape', input: [`${name}.shape`], output: [name] });
const sizesMessage = (name: string, { shape }: Constant): WireTensor => tensorMessage(`${name}.shape`, { shape: [shape.length], whole: true, values: shape });

const tensorMessage = (name: string, { shape, whole, values }: Constant): WireTensor => ({
  name,
  dims: shape,
  dataType: whole ? dataTypes.int64 : dataTypes.float,
  ...(whole ? { int64Data: values ?? [] } : { floatData: values ?? [] }),
});

const infoMessage = ({ name, shape, whole }: ValueInfo): WireValueInfo => ({
  name,
  type: {
    tensorType: {
      elemType: whole ? dataTypes.int64 : dataTypes.float,
      ...(shape && { shape: { dim: shape.map((d) => (typeof d === 'number' ? { dimValue: d } : d === undefined ? {} : { dimParam: d })) } }),
    },
  },
});

const nodeMessage = ({ name, operator, domain, inputs, outputs, attributes }: GraphNode): WireNode => ({
  name,
  opType: operator,
  domain,
  input: inputs,
  output: outputs,
  attribute: [...attributes].flatMap(([key, attribute]) => attributeMessage(key, attribute) ?? []),
});

function attributeMessage(name: string, attribute: Attribute): WireAttribute | undefined {
  const { float, int, string, tensor, floats, ints } = attributeTypes;
  switch (attribute.kind) {
    case 'number':
      return attribute.whole ? { name, type: int, i: attribute.value } : { name, type: float, f: attribute.value };
    case 'numbers':
      return attribute.whole ? { name, type: ints, ints: attribute.values } : { name, type: floats, floats: attribute.values };
    case 'text':
      return { name, type: string, s: new TextEncoder().encode(attribute.value) };
    case 'tensor':
      return { name, type: tensor, t: tensorMessage('', attribute.value) };
    case 'graph':
    case 'other':
      // Only their operators were kept; nothing that magnet writes has them.
      return undefined;
  }
}
