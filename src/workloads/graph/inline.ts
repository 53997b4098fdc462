// Functions in place of their calls, the file's and one of ONNX: nodes as the walk of shapes names them, values told apart by call.

import type { Attribute, Body, Graph, GraphFunction, GraphNode } from '../onnx/graph.js';
import { functionKey, isStandard } from '../onnx/graph.js';

/** For files that the walk of shapes has been through: it refuses functions that call themselves. */
export function withoutFunctions(graph: Graph): Graph {
  if (graph.functions.size === 0 && !graph.nodes.some(isHardSwish)) return graph;
  const notes = [...graph.notes];
  const nodes = graph.nodes.flatMap((node) => called(node, graph, notes));
  return { ...graph, nodes, notes, functions: new Map() };
}

function called(node: GraphNode, graph: Graph, notes: Graph['notes'][number][]): readonly GraphNode[] {
  const f = graph.functions.get(functionKey(node));
  if (!f) return isHardSwish(node) ? hardSwish(node) : [node];
  const names = namesIn(f, node);
  const rename = (name: string) => (name === '' ? '' : (names.get(name) ?? `${node.name}/${name}`));
  notes.push(...f.notes.map((info) => ({ ...info, name: rename(info.name) })));
  const given = new Map([...f.defaults, ...node.attributes]);
  const inner = f.nodes.map((n) => ({
    ...n,
    name: `${node.name}.${n.name}`,
    inputs: n.inputs.map(rename),
    outputs: n.outputs.map(rename),
    attributes: attributesIn(n, given, rename),
  }));
  return [...inner, ...passedOn(f, node, names)].flatMap((n) => called(n, graph, notes));
}

const isHardSwish = ({ operator, domain }: GraphNode): boolean => operator === 'HardSwish' && isStandard(domain);

/** As ONNX defines it: x times what a hard sigmoid makes of it, which a machine scales and multiplies. */
function hardSwish(node: GraphNode): readonly GraphNode[] {
  const gate = `${node.name}/gate`;
  const real = (value: number): Attribute => ({ kind: 'number', value, whole: false });
  const attributes = new Map([
    ['alpha', real(1 / 6)],
    ['beta', real(0.5)],
  ]);
  const [x = ''] = node.inputs;
  return [
    { name: `${node.name}.gate`, operator: 'HardSigmoid', domain: '', inputs: [x], outputs: [gate], attributes },
    { ...node, operator: 'Mul', inputs: [x, gate] },
  ];
}

/** What a function calls its inputs and outputs, by what the call gives. */
function namesIn(f: GraphFunction, node: GraphNode): ReadonlyMap<string, string> {
  const inputs = f.inputs.map(({ name }, i): [string, string] => [name, node.inputs[i] ?? '']);
  const taken = new Set(f.inputs.map(({ name }) => name));
  const outputs = f.outputs.flatMap(({ name }, i): [string, string][] => {
    const outside = node.outputs[i] ?? '';
    return outside === '' || taken.has(name) ? [] : [[name, outside]];
  });
  return new Map([...inputs, ...outputs]);
}

/** An output that is an input of the function. */
const passedOn = (f: GraphFunction, node: GraphNode, names: ReadonlyMap<string, string>): readonly GraphNode[] =>
  f.outputs.flatMap(({ name }, i) => {
    const [inside, outside] = [names.get(name), node.outputs[i] ?? ''];
    if (outside === '' || inside === undefined || inside === outside) return [];
    return [
      {
        name: `${node.name}.${name}`,
        operator: 'Identity',
        domain: '',
        inputs: [inside],
        outputs: [outside],
        attributes: new Map<string, Attribute>(),
      },
    ];
  });

function attributesIn(
  { attributes }: GraphNode,
  given: ReadonlyMap<string, Attribute>,
  rename: (name: string) => string,
): ReadonlyMap<string, Attribute> {
  return new Map(
    [...attributes].flatMap(([name, a]): [string, Attribute][] => {
      if (a.kind === 'graph') return [[name, { kind: 'graph', graph: bodyIn(a.graph, given, rename) }]];
      const value = a.kind === 'reference' ? given.get(a.name) : a;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A branch or a body inside a function: what it reads from outside is renamed. */
function bodyIn(body: Body, given: ReadonlyMap<string, Attribute>, rename: (name: string) => string): Body {
  const own = new Set([
    ...body.inputs.map(({ name }) => name),
    ...body.constants.keys(),
    ...body.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const outer = (name: string) => (own.has(name) ? name : rename(name));
  return {
    ...body,
    outputs: body.outputs.map((info) => ({ ...info, name: outer(info.name) })),
    nodes: body.nodes.map((n) => ({
      ...n,
      inputs: n.inputs.map(outer),
      attributes: attributesIn(n, given, outer),
    })),
  };
}
