// Operators that multiply: as convolutions and products that steps run, or as layers that are only costed.

import { nth } from '../../base/invariant.js';
import type { CountedLayer } from '../../model/workload/network.js';
import type { Affine, Epilogue, LayerRun, Operand } from '../../model/workload/network-graph.js';
import { isStandard } from '../onnx/graph.js';
import { has, numberOf } from '../onnx/operation.js';
import { isComplete } from '../onnx/value.js';
import type { Step } from '../onnx/walk.js';
import type { GraphBuilder } from './graph-builder.js';
import { asOperand, shapeMade, shapeRead } from './graph-builder.js';
import { flattenedMap } from './innermost.js';
import { addPadding, poolWindowOf } from './windows-of.js';

interface Found {
  readonly run: LayerRun;
  readonly inputs: readonly string[];
  readonly epilogue: Epilogue;
}

/** A step for the layers of one operator; `counted` are products that no layer has. */
export function layerStep(
  b: GraphBuilder,
  at: Step,
  layers: readonly CountedLayer[],
  counted: number | null,
  why?: string,
): void {
  const [only] = layers;
  const single = layers.length === 1 && only?.count === 1 && counted === 0 && why === undefined;
  const found: Found = (single ? runOf(b, at) : undefined) ?? {
    run: { kind: 'costed', why: why ?? whyCosted(at.op.node.operator) },
    inputs: b.tensorsRead(at, at.top),
    epilogue: {},
  };
  b.add(at, (base) => ({ ...base, kind: 'layer', layers, counted, ...found }));
}

/** Of an operator whose layers nothing runs, whatever its form. */
export const whyCosted = (operator: string): string =>
  operator === 'ConvTranspose'
    ? 'a transposed convolution'
    : ['LSTM', 'GRU', 'RNN', 'DynamicQuantizeLSTM'].includes(operator)
      ? 'gates that read the step before'
      : operator.includes('Attention')
        ? 'several products in one operator'
        : 'in a form of its own';

/** Operators of ONNX whose layers run, in most forms. */
export const runners: Readonly<Record<string, (b: GraphBuilder, at: Step) => Found | undefined>> = {
  Conv: convolution,
  MatMul: product,
  Gemm: product,
};

function runOf(b: GraphBuilder, at: Step): Found | undefined {
  const { operator, domain } = at.op.node;
  return isStandard(domain) && Object.hasOwn(runners, operator) ? runners[operator]?.(b, at) : undefined;
}

function convolution(b: GraphBuilder, at: Step): Found | undefined {
  const [x, weights] = [b.input(at, 0), b.operand(at, 1)];
  const kernel = shapeRead(at, 1)?.slice(2);
  const window = kernel && poolWindowOf(at, kernel);
  if (x?.kind !== 'tensor' || !weights || !window) return undefined;
  const bias = b.operand(at, 2);
  if (bias?.kind === 'tensor') return undefined;
  return {
    run: { kind: 'convolution', padding: addPadding(window.padding, x.padding), weights },
    inputs: tensorsOf([asOperand(x), weights]),
    epilogue: bias ? { bias } : {},
  };
}

function product(b: GraphBuilder, at: Step): Found | undefined {
  const [left, right] = [b.operand(at, 0), b.operand(at, 1)];
  if (!left || !right || !isComplete(at.op.inputs[0]?.shape) || !isComplete(at.op.inputs[1]?.shape)) return undefined;
  const isGemm = at.op.node.operator === 'Gemm';
  const epilogue = isGemm ? addend(b, at) : {};
  if (!epilogue) return undefined;
  const turned = (name: string) => isGemm && numberOf(at.op, name, 0) === 1;
  const map = left.kind === 'tensor' && right.kind === 'weights' ? flattenedMap(b, left.name) : undefined;
  const features = shapeRead(at, 0)?.at(-1);
  const flattened = map && map.channels * map.height * map.width === features ? { flattened: map } : {};
  return {
    run: {
      kind: 'product',
      left,
      right,
      transposed: { left: turned('transA'), right: turned('transB') },
      ...flattened,
    },
    inputs: tensorsOf([left, right]),
    epilogue,
  };
}

/** alpha A B + beta C; undefined where C is more than a bias. */
function addend(b: GraphBuilder, at: Step): Epilogue | undefined {
  const { op } = at;
  const [alpha, beta] = [numberOf(op, 'alpha', 1), numberOf(op, 'beta', 1)];
  const scaled: readonly Affine[] = alpha === 1 ? [] : [{ kind: 'multiply', value: alpha }];
  const without: Epilogue = scaled.length > 0 ? { affine: scaled } : {};
  if (!has(op, 2) || beta === 0) return without;
  const bias = b.operand(at, 2);
  const made = shapeMade(at);
  if (bias?.kind !== 'weights' || !made || (alpha !== beta && beta !== 1)) return undefined;
  const row = bias.shape.every((d, i) => d === 1 || (i === bias.shape.length - 1 && d === nth(made, made.length - 1)));
  if (!row) return undefined;
  // Of alpha = beta both are scaled.
  return alpha === beta ? { ...without, bias } : { affine: [...scaled, { kind: 'add', value: bias }] };
}

export const tensorsOf = (operands: readonly Operand[]): readonly string[] => [
  ...new Set(operands.flatMap((x) => (x.kind === 'tensor' ? [x.name] : []))),
];
