// Walks a graph in the order of its data and works out what is known of every value; graphs inside it are walked too.

import { defined, nth } from '../../base/invariant.js';
import type { Diagnostic } from '../../base/diagnostics.js';
import { axisName, dimAdvice, sameShapeAdvice } from './advice.js';
import type { Binding } from './bind.js';
import { enter } from './control-flow.js';
import type { Attribute, Body, Graph, GraphFunction, GraphNode, ValueInfo } from './graph.js';
import { functionKey, operatorName } from './graph.js';
import type { Operation, Rule } from './operation.js';
import { nameOf, pathOf, sorted } from './graph-order.js';
import { ruleFor } from './shape-rules.js';
import type { Scope } from './scope.js';
import { scopeOf } from './scope.js';
import type { Value } from './value.js';
import { constantValue, fault, isComplete, isFault, isSize, printSizes, unknownValue } from './value.js';
import type { Place, Step, Walk, Walked } from './walk.js';

/** More axes than any tensor has; keeps a hostile file from doubling them node by node. */
const maxAxes = 64;
/** Functions that call each other twice a level, or bodies in bodies, would go on for ever. */
const maxVisits = 200_000;
const deepest = 64;

/** Every node with what is known of its inputs and outputs, in the order of the file. */
export function infer(
  graph: Graph,
  binding: Binding,
): { readonly steps: readonly Step[]; readonly faults: readonly Diagnostic[] } {
  const walk: Walk = {
    body: walkBody,
    binding,
    opset: graph.opset,
    functions: graph.functions,
    faults: [],
    visits: { left: maxVisits, fault: undefined },
  };
  const place: Place = { times: 1, prefix: '', depth: 0, steady: true, attributes: new Map() };
  const { steps } = walkBody(walk, graph, scopeOf(binding.inputs), place);
  return { steps, faults: walk.visits.fault ? [walk.visits.fault, ...walk.faults] : walk.faults };
}

function walkBody(walk: Walk, body: Body, scope: Scope, place: Place): Walked {
  for (const [name, value] of scope.own) scope.own.set(name, value && bounded(value));
  for (const [name, constant] of body.constants) scope.own.set(name, bounded(constantValue(constant)));
  const { order, faults } = sorted(body, scope.has);
  walk.faults.push(...faults);
  const notes = new Map([...body.outputs, ...body.notes].map((info) => [info.name, info]));
  const found = new Map<GraphNode, readonly Step[]>();
  for (const node of order) {
    if (walk.visits.left-- <= 0) {
      const message =
        `functions and loops of the file come to more than ${maxVisits} nodes. ` + 'Export the model without them';
      walk.visits.fault ??= { code: 'out-of-range', path: pathOf(node), message };
      break;
    }
    found.set(node, visit(walk, node, body, scope, place, notes));
  }
  return {
    steps: body.nodes.flatMap((node) => found.get(node) ?? []),
    outputs: body.outputs.map(({ name }) => scope.get(name) ?? unknownValue),
  };
}

/** As the node is called from outside, its attributes filled in from the call. */
function named(node: GraphNode, { prefix, attributes }: Place): GraphNode {
  const filled = [...node.attributes].flatMap(([name, a]): [string, Attribute][] => {
    const value = a.kind === 'reference' ? attributes.get(a.name) : a;
    return value === undefined ? [] : [[name, value]];
  });
  return { ...node, name: `${prefix}${node.name}`, attributes: new Map(filled) };
}

function visit(
  walk: Walk,
  origin: GraphNode,
  body: Body,
  scope: Scope,
  around: Place,
  notes: ReadonlyMap<string, ValueInfo>,
): readonly Step[] {
  const { binding, functions } = walk;
  const top = around.top ?? origin;
  const place: Place = { ...around, top };
  const node = named(origin, place);
  const { times, steady } = place;
  const where = { origin, body, nested: place.depth > 0, top, times, steady };
  const inputs = node.inputs.map((name) =>
    name === '' ? undefined : scope.has(name) ? scope.get(name) : unknownValue,
  );
  const op: Operation = { node, inputs, opset: walk.opset, rebatch: binding.rebatch };
  const fixed = inputs.every((x) => x === undefined || x.fixed === true);
  const keep = (results: readonly (Value | undefined)[], hasRule: boolean): readonly Value[] => {
    const known = node.outputs.map((name, i) =>
      completed(bounded(results[i] ?? unknownValue), notes.get(name), binding),
    );
    if (place.depth === 0)
      walk.faults.push(...known.flatMap((value, i) => contradictions(value, nth(node.outputs, i), binding)));
    const sized = known.map((value, i) => told(value, nth(node.outputs, i), binding));
    const outputs = sized.map((value, i) => ({
      ...blamed(value, op, hasRule, nth(node.outputs, i), notes.get(nth(node.outputs, i))),
      fixed,
    }));
    for (const [i, name] of node.outputs.entries()) if (name !== '') scope.own.set(name, outputs[i]);
    return outputs;
  };
  const call = functions.get(functionKey(node));
  if (place.depth >= deepest) {
    // That ends it: functions that call themselves twice would go on for ever.
    const message =
      `${operatorName(node)}: functions and loops are nested more than ${deepest} deep; ` +
      'does a function call itself? Export the model again';
    walk.visits.fault ??= { code: 'malformed', path: pathOf(node), message };
    walk.visits.left = 0;
    return [];
  }
  const inner = call ? callFunction(walk, op, call, place) : enter(walk, op, scope, place);
  if (inner) {
    const outputs = keep(inner.outputs, true);
    return inner.control ? [...inner.steps, { ...where, op, outputs, control: inner.control }] : inner.steps;
  }
  const rule = binding.keepsShape(node) ? sameShape : ruleFor(node);
  const result = checked(rule?.(op));
  if (isFault(result)) {
    const hint = binding.rebatch
      ? ` (the batch was changed from ${binding.rebatch.from} to ${binding.rebatch.to}; ` +
        'leave it or export the model with a symbolic batch)'
      : '';
    walk.faults.push({
      code: 'malformed',
      path: pathOf(node),
      message: `${operatorName(node)}: ${result.fault}${hint}. Check the model with onnx.checker or export it again`,
    });
  }
  return [{ ...where, op, outputs: keep(isFault(result) ? [] : (result ?? []), rule !== undefined) }];
}

const sameShape: Rule = (op) => op.node.outputs.map(() => ({ ...unknownValue, shape: op.inputs[0]?.shape }));

/** The nodes of a function in place of its call. */
function callFunction(walk: Walk, { node, inputs }: Operation, f: GraphFunction, place: Place) {
  const given = new Map(f.inputs.map(({ name }, i): [string, Value | undefined] => [name, inputs[i]]));
  const attributes = new Map([...f.defaults, ...node.attributes]);
  const inside: Place = { ...place, prefix: `${node.name}.`, depth: place.depth + 1, attributes };
  return { ...walkBody(walk, f, scopeOf(given), inside), control: undefined };
}

/** A rule does sums with what the file says; what comes out must still be sizes. */
function checked(result: ReturnType<Rule>): ReturnType<Rule> {
  if (result === undefined || isFault(result)) return result;
  const bad = result.find(({ shape }) => shape && !shape.every(isSize));
  return bad?.shape ? fault(`its output would have the shape ${printSizes(bad.shape)}; expected whole sizes`) : result;
}

const bounded = (value: Value): Value =>
  value.shape !== undefined && value.shape.length > maxAxes
    ? { ...unknownValue, blame: `a tensor has ${value.shape.length} axes; at most ${maxAxes} are followed` }
    : value;

/** Fills gaps from what the file itself notes about the value. */
function completed(value: Value, info: ValueInfo | undefined, binding: Binding): Value {
  const note = info && binding.resolve(info);
  if (note === undefined || note.length > maxAxes) return value;
  if (value.shape === undefined) return { ...value, shape: note };
  if (note.length !== value.shape.length) return value;
  return { ...value, shape: value.shape.map((d, i) => d ?? note[i]) };
}

/** Fills gaps by what the caller says: sizes, or the whole shape where not even the rank is known. */
function told(value: Value, name: string, binding: Binding): Value {
  const sizes = binding.told.get(name);
  if (sizes === undefined) return value;
  return {
    ...value,
    shape:
      value.shape === undefined ? (isComplete(sizes) ? sizes : undefined) : value.shape.map((d, i) => d ?? sizes[i]),
  };
}

/** Where the caller says otherwise than the file. */
const contradictions = ({ shape }: Value, name: string, binding: Binding): readonly Diagnostic[] =>
  (shape ? (binding.told.get(name) ?? []) : []).flatMap((size, axis) => {
    if (size === undefined || (axis < defined(shape).length && (defined(shape)[axis] ?? size) === size)) return [];
    const message =
      axis < defined(shape).length
        ? `${size} was given, but the size is ${defined(shape)[axis]} already`
        : `"${name}" has the shape ${printSizes(defined(shape))} and no axis ${axis}`;
    return [{ code: 'conflict', path: ['dims', axisName(name, axis)], message }];
  });

/** Names the first cause of a gap: that of an input where one has a gap, else this node. */
function blamed(
  value: Value,
  { node, inputs }: Operation,
  hasRule: boolean,
  name: string,
  info: ValueInfo | undefined,
): Value {
  if (isComplete(value.shape)) return { ...value, blame: undefined };
  const inherited = inputs.find((x) => x?.blame !== undefined)?.blame;
  return { ...value, blame: value.blame ?? inherited ?? ownBlame(node, hasRule, value, name, info) };
}

function ownBlame(node: GraphNode, hasRule: boolean, value: Value, name: string, info: ValueInfo | undefined): string {
  const symbol = info?.shape?.find((d, i): d is string => typeof d === 'string' && value.shape?.[i] === undefined);
  const ways = [
    ...(symbol === undefined ? [] : [`give the size that the file calls "${symbol}" (${dimAdvice([symbol])})`]),
    ...(symbol === undefined && value.shape
      ? [`give it (${dimAdvice(value.shape.flatMap((d, i) => (d === undefined ? [axisName(name, i)] : [])))})`]
      : []),
    ...(hasRule ? [] : [`if it keeps the shape of its first input, say so (${sameShapeAdvice(operatorName(node))})`]),
    ...(value.shape
      ? []
      : [
          `give its shape, every axis of it (\`--dim '${axisName(name, 0)}=SIZE' --dim ` +
            `'${axisName(name, 1)}=SIZE'\` and so on)`,
        ]),
    'note the shape of its output in the file (value_info)',
  ];
  const what = hasRule
    ? `the size of the output of ${nameOf(node)} depends on data known only at run time`
    : `no shape rule is known for ${nameOf(node)}`;
  return `${what}; ${ways.join(', or ')}`;
}
