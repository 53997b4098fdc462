// What is fused into what, and what keeps it apart: small graphs by hand, each with the steps that must come of it.

import { describe, expect, test } from 'vitest';
import { epilogueText, shapesIn, sourcesIn, stepShapeText } from '../../../src/report/tables/step-text.js';
import { decodeOnnx } from '../../../src/workloads/onnx/decode-model.js';
import { expectLawful } from '../../support/graphs.js';
import type { FileParts } from '../../support/onnx.js';
import { node, onnxFile } from '../../support/onnx.js';

function graphIn(parts: FileParts) {
  const graph = decodeOnnx(onnxFile(parts), 'test');
  if (!graph.ok) throw new Error('malformed');
  return expectLawful(graph.value);
}

/** `kind shape | epilogue < what it reads`, a step a line. */
function stepsOf(parts: FileParts): readonly string[] {
  const g = graphIn(parts);
  const [shapes, sources] = [shapesIn(g), sourcesIn(g)];
  return g.steps.map((s) => {
    const epilogue = epilogueText(s.epilogue, sources);
    return `${s.kind} ${stepShapeText(s, shapes)}${epilogue === '' ? '' : ` | ${epilogue}`} < ${s.inputs.map(sources).join(' ')}`;
  });
}

const image = { x: [1, 4, 8, 8] };
const square = { w: [4, 4, 3, 3], v: [4, 4, 3, 3], b: [4] };
const same = { pads: [1, 1, 1, 1] };
const conv = (to: string, from = 'x', weights = 'w') => node('Conv', [from, weights], [to], same);
const layer = 'layer 3x3 4->4 8x8 p1';

describe('epilogues', () => {
  const table: readonly (readonly [string, FileParts, readonly string[]])[] = [
    [
      'bias, ReLU and a pool whose windows do not overlap',
      {
        inputs: image,
        weights: square,
        nodes: [
          node('Conv', ['x', 'w', 'b'], ['a'], same),
          node('Relu', ['a'], ['r']),
          node('MaxPool', ['r'], ['y'], { kernel_shape: [2, 2], strides: [2, 2] }),
        ],
      },
      [`${layer} | bias, relu, max-pool 2 < x`],
    ],
    [
      'a ReLU behind the pool: maxima and limits change places',
      {
        inputs: image,
        weights: square,
        nodes: [
          conv('a'),
          node('MaxPool', ['a'], ['p'], { kernel_shape: [2, 2], strides: [2, 2] }),
          node('Relu', ['p'], ['y']),
        ],
      },
      [`${layer} | relu, max-pool 2 < x`],
    ],
    [
      'a pool behind a residual is a step, for a residual joins behind the maximum',
      {
        inputs: image,
        weights: square,
        nodes: [
          conv('a'),
          node('Add', ['a', 'x'], ['s']),
          node('Relu', ['s'], ['r']),
          node('MaxPool', ['r'], ['y'], { kernel_shape: [2, 2], strides: [2, 2] }),
        ],
      },
      [`${layer} | + x, relu < x x`, 'pool max 2x2 s2 to 1x4x4x4 < 0'],
    ],
    [
      'an overlapping pool is a step, and so is one with padding',
      {
        inputs: image,
        weights: square,
        nodes: [
          conv('a'),
          node('MaxPool', ['a'], ['p'], { kernel_shape: [3, 3], strides: [2, 2] }),
          conv('c', 'p'),
          node('MaxPool', ['c'], ['y'], { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0] }),
        ],
      },
      [
        `${layer} < x`,
        'pool max 3x3 s2 to 1x4x3x3 < 0',
        'layer 3x3 4->4 3x3 p1 < 1',
        'pool max 2x2 s2 p1,0,1,0 to 1x4x2x2 < 2',
      ],
    ],
    [
      'a residual: the layer that only the addition reads takes it',
      {
        inputs: image,
        weights: square,
        nodes: [
          conv('a'),
          node('Relu', ['a'], ['r']),
          conv('c', 'r', 'v'),
          node('Add', ['r', 'c'], ['s']),
          node('Relu', ['s'], ['y']),
        ],
      },
      [`${layer} | relu < x`, `${layer} | + 0, relu < 0 0`],
    ],
    [
      'of two layers the later one takes the other as residual',
      { inputs: image, weights: square, nodes: [conv('a'), conv('c', 'x', 'v'), node('Add', ['a', 'c'], ['y'])] },
      [`${layer} < x`, `${layer} | + 0 < x 0`],
    ],
    [
      'a layer waits for a residual that is computed behind it',
      {
        inputs: image,
        weights: square,
        nodes: [
          conv('a'),
          node('AveragePool', ['x'], ['p'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
          node('Sub', ['p', 'a'], ['y']),
        ],
      },
      ['pool average 3x3 p1 to 1x4x8x8 < x', `${layer} | negated, + 0 < x 0`],
    ],
    [
      'results that something else reads too are kept: the addition is a step',
      {
        inputs: image,
        weights: square,
        nodes: [conv('a'), node('Add', ['a', 'x'], ['s']), node('Concat', ['a', 's'], ['y'], { axis: 1 })],
      },
      [`${layer} < x`, 'addition 1x4x8x8 < 0 x'],
    ],
    [
      'an addition of a tensor to itself',
      { inputs: image, weights: square, nodes: [conv('a'), node('Add', ['a', 'a'], ['y'])] },
      [`${layer} < x`, 'addition 1x4x8x8 < 0'],
    ],
    [
      'a quantiser between them rounds: nothing behind it is fused',
      {
        inputs: image,
        weights: { ...square, s: [], z: [] },
        nodes: [
          conv('a'),
          node('QuantizeLinear', ['a', 's'], ['q']),
          node('DequantizeLinear', ['q', 's'], ['d']),
          node('Add', ['d', 'x'], ['t']),
          node('Relu', ['t'], ['y']),
        ],
      },
      [`${layer} < x`, 'addition 1x4x8x8 | relu < 0 x'],
    ],
    [
      'a batch norm, and a scale per channel, go into weights and bias',
      {
        inputs: image,
        weights: { ...square, g: [4], h: [4], m: [4], u: [4], k: [4, 1, 1] },
        nodes: [
          conv('a'),
          node('BatchNormalization', ['a', 'g', 'h', 'm', 'u'], ['n']),
          node('Mul', ['n', 'k'], ['t']),
          node('Clip', ['t'], ['y'], { min: 0, max: 6 }),
        ],
      },
      [`${layer} | batch norm, multiply, clip 0..6 < x`],
    ],
    [
      'before a convolution they are a step',
      {
        inputs: image,
        weights: { ...square, g: [4], h: [4], m: [4], u: [4] },
        nodes: [
          node('BatchNormalization', ['x', 'g', 'h', 'm', 'u'], ['n']),
          node('Relu', ['n'], ['r']),
          conv('y', 'r'),
        ],
      },
      ['scale 1x4x8x8 | batch norm, relu < x', `${layer} < 0`],
    ],
    [
      'limits of limits',
      {
        inputs: image,
        weights: square,
        nodes: [
          conv('a'),
          node('Clip', ['a'], ['p'], { min: -5, max: 3 }),
          node('Relu', ['p'], ['r']),
          node('Clip', ['r'], ['y'], { min: 4, max: 9 }),
        ],
      },
      [`${layer} | clip 4..4 < x`],
    ],
  ];
  test.each(table)('%s', (_, parts, expected) => {
    expect(stepsOf(parts)).toEqual(expected);
  });

  test('a difference says which operand is negative', () => {
    const of = (inputs: readonly string[]) =>
      graphIn({ inputs: image, weights: square, nodes: [conv('a'), node('Sub', inputs, ['y'])] }).steps[0]?.epilogue;
    expect(of(['a', 'x'])).toEqual({ residual: { tensor: 'x', negative: 'residual' } });
    expect(of(['x', 'a'])).toEqual({ residual: { tensor: 'x', negative: 'sums' } });
  });
});

describe('padding is data of the layer', () => {
  const paddingOf = (parts: FileParts) =>
    graphIn(parts).steps.flatMap((s) => (s.kind === 'layer' && s.run.kind === 'convolution' ? [s.run.padding] : []));
  const of = (attributes: Parameters<typeof node>[3]) =>
    paddingOf({
      inputs: { x: [1, 4, 8, 7] },
      weights: square,
      nodes: [node('Conv', ['x', 'w'], ['y'], attributes)],
    })[0];
  test.each([
    [{ pads: [1, 0, 2, 3] }, { top: 1, left: 0, bottom: 2, right: 3 }],
    // 8 rows by 2: 4 outputs reach 9 rows, one too many; 7 columns: 9 as well, two too many.
    [
      { auto_pad: 'SAME_UPPER', strides: [2, 2] },
      { top: 0, left: 1, bottom: 1, right: 1 },
    ],
    [
      { auto_pad: 'SAME_LOWER', strides: [2, 2] },
      { top: 1, left: 1, bottom: 0, right: 1 },
    ],
    [{ auto_pad: 'VALID' }, { top: 0, left: 0, bottom: 0, right: 0 }],
  ])('%o', (attributes, expected) => {
    expect(of(attributes)).toEqual(expected);
  });

  test('zeros that a Pad puts around become part of it, where convolutions alone read them', () => {
    const lists = { p: [0, 0, 0, 1, 0, 0, 2, 3] };
    const pad = node('Pad', ['x', 'p'], ['a']);
    const alone = { inputs: image, weights: square, lists, nodes: [pad, conv('y', 'a')] };
    expect(paddingOf(alone)).toEqual([{ top: 1, left: 2, bottom: 3, right: 4 }]);
    const shared = {
      ...alone,
      nodes: [pad, conv('c', 'a'), node('AveragePool', ['a'], ['y'], { kernel_shape: [3, 3] })],
    };
    expect(stepsOf(shared)[0]).toBe('host Pad to 1x4x10x12 < x');
  });
});

describe('placement', () => {
  test('a fully connected layer behind a feature map says that its rows change places', () => {
    const flattened = (nodes: FileParts['nodes']) =>
      graphIn({ inputs: image, weights: { ...square, f: [256, 5] }, nodes }).steps.flatMap((s) =>
        s.kind === 'layer' && s.run.kind === 'product' ? [s.run.flattened] : [],
      );
    const map = { channels: 4, height: 8, width: 8 };
    expect(flattened([conv('a'), node('Flatten', ['a'], ['l']), node('MatMul', ['l', 'f'], ['y'])])).toEqual([map]);
    // Channels last are as they lie in memory.
    const turned = node('Transpose', ['a'], ['t'], { perm: [0, 2, 3, 1] });
    expect(flattened([conv('a'), turned, node('Flatten', ['t'], ['l']), node('MatMul', ['l', 'f'], ['y'])])).toEqual([
      undefined,
    ]);
  });

  test("transposes that rename axes are addresses; one that parts neighbours is the host's", () => {
    const steps = (perm: readonly number[]) =>
      stepsOf({
        inputs: { x: [2, 3, 4, 5] },
        weights: { w: [perm[3]! + 2, 6] },
        nodes: [
          node('Transpose', ['x'], ['t'], { perm }),
          node('Softmax', ['t'], ['s']),
          node('MatMul', ['s', 'w'], ['y']),
        ],
      });
    expect(steps([0, 2, 1, 3])[0]).toBe('host Softmax to 2x4x3x5 < x');
    expect(steps([0, 3, 2, 1])[0]).toBe('host Transpose to 2x5x4x3 < x');
  });

  test('concat, split and reshape have no step', () => {
    const nodes = [
      node('Split', ['x'], ['p', 'q'], { axis: 1 }),
      node('Conv', ['p', 'h'], ['a'], same),
      node('Concat', ['q', 'a'], ['c'], { axis: 1 }),
      node('Relu', ['c'], ['y']),
    ];
    expect(stepsOf({ inputs: image, weights: { h: [3, 2, 3, 3] }, nodes })).toEqual([
      'layer 3x3 2->3 8x8 p1 < x',
      'scale 1x5x8x8 | relu < x|0',
    ]);
  });
});

describe('other steps', () => {
  test.each([
    [
      { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      'upsampling 2 to 1x4x16x16',
    ],
    [{ mode: 'nearest' }, 'upsampling 2 to 1x4x16x16'],
    [{ mode: 'nearest', nearest_mode: 'ceil' }, 'host Resize to 1x4x16x16'],
    [{ mode: 'linear' }, 'host Resize to 1x4x16x16'],
  ])('a resize %o: %s', (attributes, expected) => {
    const nodes = [node('Resize', ['x', '', 'k'], ['u'], attributes), conv('y', 'u')];
    expect(stepsOf({ inputs: image, weights: square, reals: { k: [1, 1, 2, 2] }, nodes })[0]).toBe(
      `${expected.replace('upsampling 2', 'upsampling 2 times')} < x`,
    );
  });

  test('squeeze and excite: one number for each channel', () => {
    const nodes = [
      node('GlobalAveragePool', ['x'], ['g']),
      node('Conv', ['g', 'k'], ['e']),
      node('Sigmoid', ['e'], ['s']),
      node('Mul', ['s', 'x'], ['y']),
    ];
    expect(stepsOf({ inputs: image, weights: { k: [4, 4, 1, 1] }, nodes })).toEqual([
      'pool average of all to 1x4x1x1 < x',
      'layer 1x4x4 < 0',
      'host Sigmoid to 1x4x1x1 < 1',
      'multiplication 1x4x8x8 by channels < x 2',
    ]);
  });

  test('a transposed convolution has its layers, and is only costed', () => {
    const g = graphIn({
      inputs: { x: [1, 4, 8, 8] },
      weights: square,
      nodes: [conv('a'), node('ConvTranspose', ['a', 'w'], ['y'], { strides: [2, 2] })],
    });
    expect(g.steps.map((s) => s.kind === 'layer' && s.run.kind)).toEqual(['convolution', 'costed']);
  });
});
