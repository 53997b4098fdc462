// Operators that hold graphs: the branches of an If, the bodies of Loop and Scan, as often as they run.

import { counted } from '../../base/text.js';
import { defined, nth } from '../../base/invariant.js';
import type { Body } from './graph.js';
import { bodiesOf, isStandard } from './graph.js';
import type { Operation } from './operation.js';
import { numbersOf } from './operation.js';
import { nameOf } from './graph-order.js';
import type { Scope } from './scope.js';
import { scopeOf } from './scope.js';
import type { Known, Shape, Value } from './value.js';
import { axisIn, isComplete, unknownValue, valueOf } from './value.js';
import type { Control, Entered, Place, Step, Walk, Walked } from './walk.js';

/** Loops whose sizes change are followed trip by trip up to here. */
const maxTrips = 1024;
const maxUnrolled = 100_000;

/** `undefined` where the operator holds no graph, or one of which it is not known how it runs. */
export function enter(walk: Walk, op: Operation, scope: Scope, place: Place): Entered | undefined {
  const { node } = op;
  if (!isStandard(node.domain)) return undefined;
  const bodies = bodiesOf(node);
  const body = bodies.get('body');
  if (node.operator === 'If') {
    const [yes, no] = [bodies.get('then_branch'), bodies.get('else_branch')];
    return yes && no ? branch(walk, op, { yes, no }, scope, place) : undefined;
  }
  if (body === undefined) return undefined;
  if (node.operator === 'Loop') return loop(walk, op, body, scope, place);
  // Up to version 8 a Scan has a batch of its own, which nobody exports any more.
  return node.operator === 'Scan' && op.opset >= 9 ? scan(walk, op, body, scope, place) : undefined;
}

/** Sizes that differ from trip to trip are no fault of the file: `steady` says that there are none. */
const within = (place: Place, op: Operation, times: number, part = '', steady = true): Place => ({
  ...place,
  times: place.times * times,
  prefix: `${op.node.name}.${part}`,
  depth: place.depth + 1,
  steady: place.steady && steady,
});

function branch(
  walk: Walk,
  op: Operation,
  { yes, no }: { readonly yes: Body; readonly no: Body },
  scope: Scope,
  place: Place,
): Entered {
  const run = (body: Body, part: string) =>
    walk.body(walk, body, scopeOf(new Map(), scope), within(place, op, 1, part));
  const condition = op.inputs[0]?.data?.[0];
  if (condition !== undefined) {
    const taken = condition !== 0;
    return {
      ...run(taken ? yes : no, ''),
      control: { remark: `its condition is ${taken}: that branch runs`, open: false },
    };
  }
  const [a, b] = [run(yes, 'then.'), run(no, 'else.')];
  const why =
    `its size depends on which branch of ${nameOf(op.node)} runs; note the shape of its output in the file ` +
    '(value_info)';
  const outputs = a.outputs.map((value, i) => joined(value, b.outputs[i] ?? unknownValue, why));
  return {
    steps: [...a.steps, ...b.steps],
    outputs,
    control: { remark: 'the layers of both branches are listed, one of which runs', open: false },
  };
}

/** What is known of a value that is one of two. */
function joined(a: Value, b: Value, why: string): Value {
  const same = a.shape !== undefined && b.shape !== undefined && a.shape.length === b.shape.length;
  const shape: Shape | undefined = same
    ? defined(a.shape).map((d, i) => (d === defined(b.shape)[i] ? d : undefined))
    : undefined;
  const equal =
    a.data !== undefined &&
    a.data.length === b.data?.length &&
    a.data.every((x, i) => x !== undefined && x === defined(b.data)[i]);
  const known = shape !== undefined && !shape.includes(undefined);
  return {
    shape,
    data: known && equal ? a.data : undefined,
    whole: a.whole && b.whole,
    fixed: a.fixed === true && b.fixed === true,
    blame: known ? undefined : (a.blame ?? b.blame ?? why),
  };
}
const isSame = (a: Value, b: Value) =>
  (a.data === undefined) === (b.data === undefined) &&
  a.shape?.length === b.shape?.length &&
  (a.shape ?? []).every((d, i) => d === defined(b.shape)[i]);

/** One run of a body on values for its inputs. */
type Run = (inputs: readonly (Value | undefined)[], times: number, part?: string, steady?: boolean) => Walked;
const runner =
  (walk: Walk, op: Operation, body: Body, scope: Scope, place: Place): Run =>
  (inputs, times, part, steady) =>
    walk.body(
      walk,
      body,
      scopeOf(new Map(body.inputs.map(({ name }, i) => [name, inputs[i] ?? unknownValue])), scope),
      within(place, op, times, part, steady),
    );

/** The same without a trace: to see how values change. */
const trial = (walk: Walk): Walk => ({ ...walk, faults: [] });

/** The states that every trip can rely on: those that the body leaves as it finds them. */
function settled(
  run: (states: readonly Value[]) => readonly Value[],
  initial: readonly Value[],
  why: string,
): readonly Value[] {
  let states = initial;
  for (let i = 0; i < 4; i++) {
    const after = run(states);
    const next = states.map((state, at) => joined(state, after[at] ?? unknownValue, why));
    if (next.every((state, at) => isSame(state, nth(states, at)))) return next;
    states = next;
  }
  return initial.map(() => ({ ...unknownValue, blame: why }));
}

const flag = (value: number): Value => valueOf([], [value], true);
const position = (i: Known): Value => valueOf([], [i], true);
const stacked = (trips: Known, value: Value, axis = 0): Value => {
  const at = value.shape && axisIn(axis, value.shape.length + 1);
  return value.shape && at !== undefined
    ? { ...valueOf([...value.shape.slice(0, at), trips, ...value.shape.slice(at)]), blame: value.blame }
    : { ...unknownValue, blame: value.blame };
};

function loop(walk: Walk, op: Operation, body: Body, scope: Scope, place: Place): Entered {
  const [max, condition, ...given] = op.inputs;
  const initial = given.map((value) => value ?? unknownValue);
  const limit = max === undefined ? Infinity : max.data?.[0];
  const begins = condition === undefined ? 1 : condition.data?.[0];
  if (begins === 0 || (limit !== undefined && limit <= 0))
    return { steps: [], outputs: initial, control: { remark: 'it never runs', open: false } };
  const quiet = runner(trial(walk), op, body, scope, place);
  const why =
    `its size changes from one trip of ${nameOf(op.node)} to the next; note its shape in the file ` + '(value_info)';
  const carried = (states: readonly Value[]) => quiet([position(undefined), flag(1), ...states], 1).outputs.slice(1);
  const states = settled(carried, initial, why);
  const first = quiet([position(undefined), flag(1), ...states], 1);
  const goesOn = first.outputs[0]?.data?.[0];
  const trips =
    begins === undefined || goesOn === undefined
      ? undefined
      : goesOn === 0
        ? 1
        : limit === Infinity
          ? undefined
          : limit;
  const shapeOf = (value: Value): Value => ({ ...value, data: undefined });
  const steady = states.every((state, i) => isSame(shapeOf(state), shapeOf(nth(initial, i))));
  // Sizes inside may follow the number of the trip.
  const vague = first.steps.some(({ outputs }) => outputs.some(({ shape }) => !isComplete(shape)));
  if (trips === undefined || !steady || vague) {
    // Exporters give a loop that only its condition ends the largest integer for a limit.
    const ends = (limit ?? Infinity) <= maxTrips || goesOn === undefined;
    const unrolled =
      begins === 1 && limit !== undefined && ends && unroll(walk, op, body, scope, place, initial, limit);
    if (unrolled) return unrolled;
  }
  const { steps, outputs } = runner(
    walk,
    op,
    body,
    scope,
    place,
  )([position(undefined), flag(1), ...states], trips ?? 1, '', steady);
  const scans = outputs.slice(1 + initial.length).map((value) => stacked(trips, value));
  return { steps, outputs: [...states, ...scans], control: tripsControl(trips) };
}

const tripsControl = (trips: Known): Control =>
  trips === undefined
    ? { remark: 'how often it runs is known only at run time: its layers are counted once', open: true }
    : { remark: counted(trips, 'trip'), open: false };

/** Trip by trip, as sizes and conditions say; `undefined` where they do not, or where that takes too long. */
function unroll(
  walk: Walk,
  op: Operation,
  body: Body,
  scope: Scope,
  place: Place,
  initial: readonly Value[],
  limit: number,
): Entered | undefined {
  const apart = trial(walk);
  const run = runner(apart, op, body, scope, place);
  const steps: Step[] = [];
  const scanned: Value[][] = [];
  let states = initial;
  for (let trip = 0; ; trip++) {
    if (trip > maxTrips || trip * body.nodes.length > maxUnrolled) return undefined;
    const { steps: inside, outputs } = run([position(trip), flag(1), ...states], 1, `${trip}.`);
    steps.push(...inside);
    states = outputs.slice(1, 1 + initial.length);
    scanned.push(outputs.slice(1 + initial.length));
    const goesOn = outputs[0]?.data?.[0];
    if (goesOn === undefined) return undefined;
    if (goesOn !== 0 && trip + 1 < limit) continue;
    walk.faults.push(...apart.faults);
    const scans = nth(scanned, 0).map((value, i) =>
      stacked(trip + 1, scanned.every((row) => isSame(nth(row, i), value)) ? value : unknownValue),
    );
    return { steps, outputs: [...states, ...scans], control: tripsControl(trip + 1) };
  }
}

function scan(walk: Walk, op: Operation, body: Body, scope: Scope, place: Place): Entered {
  const { node } = op;
  const attribute = node.attributes.get('num_scan_inputs');
  const lists = attribute?.kind === 'number' ? attribute.value : 1;
  const count = Math.max(0, op.inputs.length - lists);
  const initial = op.inputs.slice(0, count).map((value) => value ?? unknownValue);
  const axes = numbersOf(op, 'scan_input_axes');
  const slices = op.inputs.slice(count).map((value, i) => {
    const axis = value?.shape && axisIn(axes?.[i] ?? 0, value.shape.length);
    return { value: value ?? unknownValue, axis, length: axis === undefined ? undefined : value?.shape?.[axis] };
  });
  const trips = slices.find(({ length }) => length !== undefined)?.length;
  if (trips === 0) return { steps: [], outputs: initial, control: { remark: 'it never runs', open: false } };
  const elements = slices.map(({ value, axis }) => ({
    ...valueOf(
      axis === undefined ? undefined : defined(value.shape).filter((_, i) => i !== axis),
      undefined,
      value.whole,
    ),
    blame: value.blame,
  }));
  const why = `its size changes from one trip of ${nameOf(node)} to the next; note its shape in the file (value_info)`;
  const quiet = runner(trial(walk), op, body, scope, place);
  const states = settled((s) => quiet([...s, ...elements], 1).outputs, initial, why);
  const { steps, outputs } = runner(walk, op, body, scope, place)([...states, ...elements], trips ?? 1);
  const outAxes = numbersOf(op, 'scan_output_axes');
  const scans = outputs.slice(count).map((value, i) => stacked(trips, value, outAxes?.[i] ?? 0));
  return {
    steps,
    outputs: [...states, ...scans],
    control: { ...tripsControl(trips), blame: trips === undefined ? slices[0]?.value.blame : undefined },
  };
}
