// Work of the host in QDQ: operators on real numbers between the words that it reads and those that it writes.

import { got, nth } from '../base/invariant.js';
import type { ElementFunction, HostFunction, JoinFunction, Reduction } from '../model/workload/host-function.js';
import type { HostStep } from '../model/workload/network-graph.js';
import type { GraphIntegers, StepIntegers } from '../reference/integer-arithmetic.js';
import { weightKey } from '../reference/integer-arithmetic.js';
import { countOf } from '../reference/numbers.js';
import { dataTypes } from '../workloads/onnx/wire.js';
import type { FileBuilder } from './file-builder.js';
import { float } from './file-builder.js';
import type { Values } from './qdq-values.js';

/** Whether it could be said: a gather by an input of the network cannot, whose places are no words. */
export function hostStep(v: Values, step: HostStep, i: number, own: StepIntegers, all: GraphIntegers): boolean {
  const { work, outputs } = step;
  const { host } = own;
  if (!work || !host) return false;
  const output = nth(outputs, 0);
  const operands = work.operands.map((x, k): Operand | undefined => {
    if (x.kind === 'tensor')
      return v.has(x.name) ? { name: v.read(x.name, nth(host.operands, k)), shape: v.shape(x.name) } : undefined;
    const { shape, values } =
      x.kind === 'numbers' ? { shape: x.shape, values: x.values } : got(all.weights, weightKey(i, x));
    return { name: v.file.reals(v.file.name(`${output}.numbers`), shape, [...values]), shape, values: [...values] };
  });
  if (!operands.every((x) => x !== undefined)) return false;
  const made = new HostWriter(v.file, output, operands, v.shape(output)).write(work.function);
  if (made === undefined) return false;
  const words = host.result === 1 ? made : v.file.put('Div', [made, v.file.real(host.result)], output);
  v.write(output, words, own);
  return true;
}

interface Operand {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of what the file has. */
  readonly values?: readonly number[];
}

class HostWriter {
  readonly x: Operand;

  constructor(
    readonly file: FileBuilder,
    readonly stem: string,
    readonly operands: readonly Operand[],
    readonly shape: readonly number[],
  ) {
    this.x = nth(operands, 0);
  }

  put = (operator: string, inputs: readonly string[], attributes: Parameters<FileBuilder['put']>[3] = {}): string =>
    this.file.put(operator, inputs, this.stem, attributes);
  shaped = (value: string, shape: readonly number[]): string => this.put('Reshape', [value, this.file.sizes(shape)]);
  real = (value: string): string => this.put('Cast', [value], { to: dataTypes.float });
  truth = (value: string): string => this.put('Cast', [value], { to: dataTypes.bool });

  write(f: HostFunction): string | undefined {
    const { x, file, put } = this;
    switch (f.kind) {
      case 'element':
        return this.#element(f.function, f.alpha, f.beta);
      case 'join':
        return this.operands.map((o) => o.name).reduce((a, b) => this.#join(f.function, a, b));
      case 'softmax': {
        const count = countOf(x.shape.slice(f.first, f.last + 1));
        const inner = countOf(x.shape.slice(f.last + 1));
        const lines = this.shaped(x.name, [countOf(x.shape.slice(0, f.first)), count, inner]);
        return this.shaped(put(f.log ? 'LogSoftmax' : 'Softmax', [lines], { axis: 1 }), this.shape);
      }
      case 'normalise':
        return this.#normalised(f);
      case 'neighbours':
        return put('LRN', [x.name], {
          size: f.size,
          alpha: float(f.alpha),
          beta: float(f.beta),
          bias: float(f.bias),
        });
      case 'reduce':
        return this.shaped(this.#reduced(reductions[f.by], x.name, f.axes), this.shape);
      case 'cumulate':
        return put('CumSum', [x.name, file.sizes([f.axis])], {
          exclusive: Number(f.exclusive),
          reverse: Number(f.reverse),
        });
      case 'place': {
        const operator = f.of === 'max' ? 'ArgMax' : 'ArgMin';
        const places = put(operator, [x.name], { axis: f.axis, select_last_index: Number(f.last) });
        return this.shaped(this.real(places), this.shape);
      }
      case 'choose': {
        const [is, a, b] = this.operands.map((o) => o.name);
        return put('Where', [this.truth(is ?? ''), a ?? '', b ?? '']);
      }
      case 'shuffle':
        return this.shaped(put('Transpose', [this.shaped(x.name, f.shape)], { perm: f.order }), this.shape);
      case 'gather': {
        const by = nth(this.operands, 1);
        if (!by.values) return undefined;
        return this.shaped(put('Gather', [x.name, file.sizes(by.values)], { axis: f.axis }), this.shape);
      }
      case 'pad': {
        const after = this.shape.map((size, axis) => size - nth(x.shape, axis) - nth(f.before, axis));
        const mode = f.mode === 'zero' ? 'constant' : f.mode;
        return put('Pad', [x.name, file.sizes([...f.before, ...after])], { mode });
      }
    }
  }

  #element(name: ElementFunction, alpha: number, beta: number): string {
    const { file, put } = this;
    const x = this.x.name;
    const times = (value: string, by: number) => put('Mul', [value, file.real(by)]);
    const plus = (value: string, by: number) => put('Add', [value, file.real(by)]);
    switch (name) {
      case 'celu':
      case 'elu':
      case 'leaky-relu':
        return put(named[name], [x], { alpha: float(alpha) });
      case 'selu':
        return put('Selu', [x], { alpha: float(alpha), gamma: float(beta) });
      case 'gelu':
        return put('Mul', [times(x, 0.5), plus(put('Erf', [times(x, Math.SQRT1_2)]), 1)]);
      case 'gelu-tanh': {
        const inner = put('Add', [x, times(put('Mul', [x, put('Mul', [x, x])]), 0.044715)]);
        return put('Mul', [times(x, 0.5), plus(put('Tanh', [times(inner, Math.sqrt(2 / Math.PI))]), 1)]);
      }
      case 'mish':
        return put('Mul', [x, put('Tanh', [put('Softplus', [x])])]);
      case 'swish':
        return put('Mul', [x, put('Sigmoid', [times(x, alpha)])]);
      case 'not':
        return this.real(put('Not', [this.truth(x)]));
      case 'truth':
        return this.real(this.truth(x));
      case 'truncate':
        return this.real(put('Cast', [x], { to: dataTypes.int32 }));
      default:
        return put(named[name], [x]);
    }
  }

  #join(name: JoinFunction, a: string, b: string): string {
    const [operator, takes, gives] = joined[name];
    const operands = takes === 'truths' ? [this.truth(a), this.truth(b)] : [a, b];
    const made = this.put(operator, operands);
    return gives === 'truths' ? this.real(made) : made;
  }

  /** Axes are an attribute up to operator set 17, and of a sum up to 12. */
  #reduced(operator: string, value: string, axes: readonly number[]): string {
    const { file, put } = this;
    return operator === 'ReduceSum' || file.opset >= 18
      ? put(operator, [value, file.sizes(axes)])
      : put(operator, [value], { axes });
  }

  #normalised({ each, inner, epsilon, centred }: Extract<HostFunction, { kind: 'normalise' }>): string {
    const { x, file, put } = this;
    const [, scale, shift] = this.operands;
    const rows = this.shaped(x.name, [countOf(x.shape) / each, each]);
    const from = centred ? put('Sub', [rows, this.#reduced('ReduceMean', rows, [1])]) : rows;
    // Of what is centred the mean is nought; of what is not, the variance is taken from nought too.
    const variance = this.#reduced('ReduceMean', put('Mul', [from, from]), [1]);
    let made = put('Div', [from, put('Sqrt', [put('Add', [variance, file.real(epsilon)])])]);
    for (const [operator, operand] of [
      ['Mul', scale],
      ['Add', shift],
    ] as const) {
      if (!operand) continue;
      const count = countOf(operand.shape);
      const channels = this.shaped(made, [countOf(x.shape) / (count * inner), count, inner]);
      made = put(operator, [channels, this.shaped(operand.name, [count, 1])]);
    }
    return this.shaped(made, this.shape);
  }
}

const named = {
  abs: 'Abs',
  ceil: 'Ceil',
  celu: 'Celu',
  cos: 'Cos',
  elu: 'Elu',
  erf: 'Erf',
  exp: 'Exp',
  floor: 'Floor',
  'leaky-relu': 'LeakyRelu',
  log: 'Log',
  negate: 'Neg',
  reciprocal: 'Reciprocal',
  round: 'Round',
  sigmoid: 'Sigmoid',
  sign: 'Sign',
  sin: 'Sin',
  softplus: 'Softplus',
  softsign: 'Softsign',
  sqrt: 'Sqrt',
  tanh: 'Tanh',
} as const;

type Kind = 'reals' | 'truths';
const joined: Readonly<Record<JoinFunction, readonly [operator: string, takes: Kind, gives: Kind]>> = {
  add: ['Add', 'reals', 'reals'],
  subtract: ['Sub', 'reals', 'reals'],
  multiply: ['Mul', 'reals', 'reals'],
  divide: ['Div', 'reals', 'reals'],
  power: ['Pow', 'reals', 'reals'],
  max: ['Max', 'reals', 'reals'],
  min: ['Min', 'reals', 'reals'],
  slope: ['PRelu', 'reals', 'reals'],
  equal: ['Equal', 'reals', 'truths'],
  greater: ['Greater', 'reals', 'truths'],
  'greater-or-equal': ['GreaterOrEqual', 'reals', 'truths'],
  less: ['Less', 'reals', 'truths'],
  'less-or-equal': ['LessOrEqual', 'reals', 'truths'],
  and: ['And', 'truths', 'truths'],
  or: ['Or', 'truths', 'truths'],
  xor: ['Xor', 'truths', 'truths'],
};

const reductions: Readonly<Record<Reduction, string>> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  product: 'ReduceProd',
  l1: 'ReduceL1',
  l2: 'ReduceL2',
  'sum-of-squares': 'ReduceSumSquare',
  'log-sum': 'ReduceLogSum',
  'log-sum-exp': 'ReduceLogSumExp',
};
