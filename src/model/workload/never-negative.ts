// Which tensors of a network have no negative number, whatever its inputs and weights: by limits, and by what keeps a sign.

import { nth } from '../../base/invariant.js';
import type { ElementFunction, HostFunction, JoinFunction, Reduction } from './host-function.js';
import type { GraphStep, HostOperand, HostStep, NetworkGraph, Operand } from './network-graph.js';

/**
 * A clip from 0 up, a sigmoid, an absolute value and the like, and what is made of such alone. `given` are inputs of the network of
 * which that is known.
 */
export function neverNegative(graph: NetworkGraph, given: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const found = new Set(given);
  const producers = new Map(graph.tensors.map((t) => [t.name, t.producer]));
  const known = new Map<string, boolean>();
  const has = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const producer = producers.get(name);
    const is =
      producer?.kind === 'placement'
        ? nth(graph.placements, producer.placement).inputs.every((x) => x.kind === 'tensor' && has(x.name))
        : found.has(name);
    known.set(name, is);
    return is;
  };
  // A step reads what steps before it wrote.
  for (const step of graph.steps) if (isNever(step, has)) for (const name of step.outputs) found.add(name);
  return new Set(graph.tensors.flatMap(({ name }) => (has(name) ? [name] : [])));
}

function isNever(step: GraphStep, has: (tensor: string) => boolean): boolean {
  const { clip } = step.epilogue;
  if (clip && clip.low !== null && clip.low >= 0 && (clip.high === null || clip.high >= 0)) return true;
  // A high limit below zero leaves nothing else.
  if (clip && clip.high !== null && clip.high < 0) return false;
  const all = (operands: readonly Operand[]) => operands.every((x) => x.kind === 'tensor' && has(x.name));
  switch (step.kind) {
    case 'pool':
    case 'upsampling':
      return step.inputs.every(has);
    case 'addition':
      return step.signs.every((sign) => sign > 0) && all(step.operands);
    case 'multiplication': {
      const [a, b] = step.operands;
      const isSquare = a.kind === 'tensor' && b.kind === 'tensor' && a.name === b.name;
      return isSquare || all(step.operands);
    }
    case 'host':
      return isNeverOnHost(step, has);
    case 'layer':
    case 'scale':
      return false;
  }
}

function isNeverOnHost({ work }: HostStep, has: (tensor: string) => boolean): boolean {
  if (!work) return false;
  const is = (x: HostOperand | undefined): boolean =>
    x?.kind === 'tensor' ? has(x.name) : x?.kind === 'numbers' && x.values.every((v) => v >= 0);
  return ofFunction(work.function, work.operands, is);
}

/** What is no number becomes the word 0. */
function ofFunction(f: HostFunction, operands: readonly HostOperand[], is: (x: HostOperand | undefined) => boolean) {
  switch (f.kind) {
    case 'element':
      return whateverElement.has(f.function) || (keepsElement(f) && is(operands[0]));
    case 'join':
      return whateverJoin.has(f.function)
        ? true
        : f.function === 'max'
          ? operands.some(is)
          : f.function === 'power' || f.function === 'slope'
            ? is(operands[0])
            : keepsJoin.has(f.function) && operands.every(is);
    case 'softmax':
      return !f.log;
    case 'neighbours':
      return f.alpha >= 0 && f.bias >= 0 && is(operands[0]);
    case 'reduce':
      return whateverSum.has(f.by) || (keepsSum.has(f.by) && is(operands[0]));
    case 'place':
      return true;
    case 'choose':
      return is(operands[1]) && is(operands[2]);
    case 'cumulate':
    case 'shuffle':
    case 'gather':
    case 'pad':
      return is(operands[0]);
    case 'normalise':
      return false;
  }
}

const whateverElement: ReadonlySet<ElementFunction> = new Set<ElementFunction>([
  'abs',
  'exp',
  'not',
  'sigmoid',
  'softplus',
  'sqrt',
  'truth',
]);
const keepingElement: ReadonlySet<ElementFunction> = new Set<ElementFunction>([
  'ceil',
  'celu',
  'elu',
  'erf',
  'floor',
  'gelu',
  'gelu-tanh',
  'leaky-relu',
  'mish',
  'reciprocal',
  'round',
  'selu',
  'sign',
  'softsign',
  'swish',
  'tanh',
  'truncate',
]);
/** The factor of a SELU is one of its own. */
const keepsElement = ({ function: name, beta }: Extract<HostFunction, { kind: 'element' }>): boolean =>
  keepingElement.has(name) && (name !== 'selu' || beta >= 0);

/** 1 or 0. */
const whateverJoin: ReadonlySet<JoinFunction> = new Set<JoinFunction>([
  'and',
  'equal',
  'greater',
  'greater-or-equal',
  'less',
  'less-or-equal',
  'or',
  'xor',
]);
const keepsJoin: ReadonlySet<JoinFunction> = new Set<JoinFunction>(['add', 'divide', 'min', 'multiply']);

const whateverSum: ReadonlySet<Reduction> = new Set<Reduction>(['l1', 'l2', 'sum-of-squares']);
const keepsSum: ReadonlySet<Reduction> = new Set<Reduction>(['max', 'mean', 'min', 'product', 'sum']);
