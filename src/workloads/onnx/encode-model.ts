// From a plain graph to the bytes of an .onnx file.

import { defined } from '../../base/invariant.js';
import type { Attribute, Body, Constant, Graph, GraphFunction, GraphNode, ValueInfo } from './graph.js';
import { operatorsOf } from './graph.js';
import type { WireAttribute, WireFunction, WireGraph, WireModel, WireNode, WireTensor, WireValueInfo } from './wire.js';
import { attributeTypes, dataTypes, modelCodec } from './wire.js';

/** IR version 8 goes with operator set 17 (ONNX 1.12). */
const irVersion = 8;

export function encodeOnnx(graph: Graph): Uint8Array {
  const domains = [
    ...new Set(
      [...operatorsOf(graph).values()].flatMap((name) =>
        name.includes('.') ? [name.slice(0, name.lastIndexOf('.'))] : [],
      ),
    ),
  ];
  const model: WireModel = {
    irVersion,
    opsetImport: [{ domain: '', version: graph.opset }, ...domains.map((domain) => ({ domain, version: 1 }))],
    producerName: 'magnet',
    graph: { name: graph.name, ...bodyMessage(graph) },
    functions: [...graph.functions].map(([key, f]) => functionMessage(key, f, graph.opset)),
  };
  return modelCodec().encode(model).finish();
}

function bodyMessage(body: Body): WireGraph {
  const constants = [...body.constants];
  return {
    node: [
      ...constants.flatMap(([name, constant]) => (constant.values ? [] : [zeros(name)])),
      ...body.nodes.map(nodeMessage),
    ],
    initializer: constants.map(([name, constant]) =>
      constant.values ? tensorMessage(name, constant) : sizesMessage(name, constant),
    ),
    input: body.inputs.map(infoMessage),
    output: body.outputs.map(infoMessage),
    valueInfo: body.notes.map(infoMessage),
  };
}

function functionMessage(
  key: string,
  f: GraphFunction,
  opset: number,
): WireFunction & { readonly opsetImport: WireModel['opsetImport'] } {
  const [domain, name] = key.split(':');
  return {
    name: defined(name),
    domain: defined(domain),
    input: f.inputs.map((info) => info.name),
    output: f.outputs.map((info) => info.name),
    node: f.nodes.map(nodeMessage),
    attributeProto: [...f.defaults].flatMap(([key, attribute]) => attributeMessage(key, attribute) ?? []),
    opsetImport: [{ domain: '', version: opset }],
  };
}

/**
 * A weight without numbers is made by a ConstantOfShape (zeros): the file stays small and still runs,
 * where an initializer without data would be invalid. ONNX's own "light" models do the same.
 */
const zeros = (name: string): WireNode => ({
  name: `${name}.zeros`,
  opType: 'ConstantOfShape',
  input: [`${name}.shape`],
  output: [name],
});
const sizesMessage = (name: string, { shape }: Constant): WireTensor =>
  tensorMessage(`${name}.shape`, { shape: [shape.length], whole: true, values: shape });

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
      ...(shape && {
        shape: {
          dim: shape.map((d) => (typeof d === 'number' ? { dimValue: d } : d === undefined ? {} : { dimParam: d })),
        },
      }),
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
  const { float, int, string, tensor, graph, floats, ints } = attributeTypes;
  switch (attribute.kind) {
    case 'number':
      return attribute.whole ? { name, type: int, i: attribute.value } : { name, type: float, f: attribute.value };
    case 'numbers':
      return attribute.whole
        ? { name, type: ints, ints: attribute.values }
        : { name, type: floats, floats: attribute.values };
    case 'text':
      return { name, type: string, s: new TextEncoder().encode(attribute.value) };
    case 'tensor':
      return { name, type: tensor, t: tensorMessage('', attribute.value) };
    case 'graph':
      return { name, type: graph, g: { name, ...bodyMessage(attribute.graph) } };
    case 'reference':
      return { name, type: attributeTypes.int, refAttrName: attribute.name };
    case 'other':
      // Nothing that magnet writes has them.
      return undefined;
  }
}
