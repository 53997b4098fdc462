// Operators on words (QLinearConv, QLinearAdd, ConvInteger ...) as what they are defined by: DequantizeLinear, the operator on real
// numbers, QuantizeLinear.
//
// Forms are those of the ONNX standard and of ONNX Runtime's contributed operators (docs/ContribOperators.md there). Where scales are
// computed when the network runs, or channels come last, the operator stays as it is.

import { isStandard } from '../onnx/graph.js';
import { FileNumbers } from '../onnx/weight-numbers.js';
import type { WireAttribute, WireGraph, WireNode } from '../onnx/wire.js';
import { toNumber } from '../onnx/wire.js';
import { wholeAttribute, WireNodes } from './wire-nodes.js';

/** Words with their scale and zero point, by the inputs of the operator that have them, and the axis of scales for channels. */
interface Operand {
  readonly words: string | undefined;
  readonly scale: string | undefined;
  readonly zero: string | undefined;
  readonly axis?: number;
}

interface Form {
  /** The operator on real numbers. */
  readonly operator: string;
  readonly operands: readonly Operand[];
  /** Sums that are added, in units of the first two operands' product, times this. */
  readonly bias?: { readonly words: string | undefined; readonly times: number };
  /** Where results are words; real numbers or sums where there is none. */
  readonly result?: { readonly scale: string; readonly zero: string | undefined };
  /** Scales of one, as of integers that are only multiplied. */
  readonly whole?: true;
}

const operand = (node: WireNode, at: number, axis?: number): Operand => ({
  words: node.input?.[at],
  scale: node.input?.[at + 1],
  zero: node.input?.[at + 2],
  ...(axis !== undefined && { axis }),
});
const resultOf = (node: WireNode, at: number): Pick<Form, 'result'> => {
  const scale = node.input?.[at] ?? '';
  return scale === '' ? {} : { result: { scale, zero: node.input?.[at + 1] } };
};
const numberOf = (node: WireNode, name: string, otherwise: number): number => {
  const a = (node.attribute ?? []).find((x) => x.name === name);
  return a?.i === undefined ? (a?.f ?? otherwise) : toNumber(a.i);
};

const unary =
  (operator: string) =>
  (node: WireNode): Form => ({ operator, operands: [operand(node, 0)], ...resultOf(node, 3) });
const binary =
  (operator: string) =>
  (node: WireNode): Form => ({ operator, operands: [operand(node, 0), operand(node, 3)], ...resultOf(node, 6) });
const integer =
  (operator: string, axis: number) =>
  ({ input = [] }: WireNode): Form => ({
    operator,
    operands: [
      { words: input[0], scale: undefined, zero: input[2] },
      { words: input[1], scale: undefined, zero: input[3], axis },
    ],
    whole: true,
  });
const convolution = (node: WireNode): Form => ({
  operator: 'Conv',
  operands: [operand(node, 0), operand(node, 3, 0)],
  bias: { words: node.input?.[8], times: 1 },
  ...resultOf(node, 6),
});

const standard: Readonly<Record<string, (node: WireNode) => Form>> = {
  QLinearConv: convolution,
  QLinearMatMul: (node) => ({
    operator: 'MatMul',
    operands: [operand(node, 0), operand(node, 3, -1)],
    ...resultOf(node, 6),
  }),
  ConvInteger: integer('Conv', 0),
  MatMulInteger: integer('MatMul', -1),
};
const microsoft: Readonly<Record<string, (node: WireNode) => Form>> = {
  QLinearConv: convolution,
  QLinearAdd: binary('Add'),
  QLinearMul: binary('Mul'),
  QLinearSigmoid: unary('Sigmoid'),
  QLinearLeakyRelu: unary('LeakyRelu'),
  QLinearSoftmax: unary('Softmax'),
  QLinearReduceMean: unary('ReduceMean'),
  QLinearAveragePool: unary('AveragePool'),
  QLinearGlobalAveragePool: unary('GlobalAveragePool'),
  QLinearConcat: (node) => ({
    operator: 'Concat',
    operands: (node.input ?? []).slice(2).flatMap((_, i) => (i % 3 === 0 ? [operand(node, i + 2)] : [])),
    ...resultOf(node, 0),
  }),
  QGemm: (node) => ({
    operator: 'Gemm',
    operands: [operand(node, 0), operand(node, 3, numberOf(node, 'transB', 0) === 1 ? 0 : 1)],
    bias: { words: node.input?.[6], times: numberOf(node, 'alpha', 1) },
    ...resultOf(node, 7),
  }),
};

const formOf = (node: WireNode): Form | undefined => {
  const { opType = '', domain = '' } = node;
  const forms = isStandard(domain) ? standard : domain === 'com.microsoft' ? microsoft : {};
  return Object.hasOwn(forms, opType) && numberOf(node, 'channels_last', 0) === 0 ? forms[opType]?.(node) : undefined;
};

export const isOnWords = (node: WireNode): boolean => formOf(node) !== undefined;

/** What is left out of the attributes: it says how the operator is made, not what it computes. */
const ownAttributes = ['channels_last', 'opset'];

/** Real results keep the name of the operator's output; who reads it reads its words. */
export function expanded(graph: WireGraph): WireGraph {
  const file = new FileNumbers(graph);
  const made = new WireNodes(graph);
  const words = new Map<string, string>();
  const rounding = new Set<WireNode>();
  for (const node of graph.node ?? []) {
    const form = formOf(node);
    if (!form || !isKnown(form, file)) {
      made.nodes.push(node);
      continue;
    }
    const output = node.output?.[0] ?? '';
    const inputs = form.operands.map((x, i) => dequantised(made, x, `${output}.${i}`));
    const bias = biasOf(made, form, file, output);
    const attributes = (node.attribute ?? []).filter((a) => !ownAttributes.includes(a.name ?? ''));
    made.put(
      form.operator,
      [...inputs, ...(bias === undefined ? [] : [bias])],
      output,
      attributes,
      node.name || output,
    );
    if (!form.result) continue;
    const rounded = made.name(`${output}.words`);
    made.put('QuantizeLinear', [output, form.result.scale, form.result.zero], rounded);
    const last = made.nodes.at(-1);
    if (last) rounding.add(last);
    words.set(output, rounded);
  }
  const renamed = (node: WireNode): WireNode =>
    rounding.has(node) ? node : { ...node, input: (node.input ?? []).map((name) => words.get(name) ?? name) };
  return {
    ...graph,
    node: made.nodes.map(renamed),
    initializer: [...(graph.initializer ?? []), ...made.constants],
  };
}

/** Whether all scales and zero points stand in the file. */
function isKnown({ operands, bias, result }: Form, file: FileNumbers): boolean {
  const names = [
    ...operands.flatMap(({ scale, zero }) => [scale, zero]),
    bias?.words,
    result?.scale,
    result?.zero,
  ].filter((name) => name !== undefined && name !== '');
  return names.every((name) => typeof file.numbers(name ?? '') !== 'string');
}

function dequantised(made: WireNodes, { words, scale, zero, axis }: Operand, stem: string): string {
  const by = scale ?? made.reals(`${stem}.one`, [1]);
  const along: readonly WireAttribute[] = axis === undefined ? [] : [wholeAttribute('axis', axis)];
  return made.put('DequantizeLinear', [words, by, zero], made.name(`${stem}.real`), along);
}

/** Its scale is that of the sums, one for each channel where weights have so many. */
function biasOf(made: WireNodes, { operands, bias }: Form, file: FileNumbers, output: string): string | undefined {
  if (bias?.words === undefined || bias.words === '') return undefined;
  const [x, w] = operands.map(({ scale }) => file.numbers(scale ?? ''));
  if (typeof x !== 'object' || typeof w !== 'object') return undefined;
  const scales = [...w.values].map((by) => by * (x.values[0] ?? 0) * bias.times);
  const name = made.reals(`${output}.bias.scale`, scales);
  return made.put('DequantizeLinear', [bias.words, name, ''], made.name(`${output}.bias`), [wholeAttribute('axis', 0)]);
}
