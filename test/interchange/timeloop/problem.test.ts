// Problems of Timeloop: which of our dimensions theirs are, and shapes that have none.

import { describe, expect, test } from 'vitest';
import { makeLayer } from '../../../src/model/workload/layer.js';
import { faults, must, read } from '../../support/timeloop.js';

/** As we name it. */
const layer = (text: string) => {
  const { called: _, ...own } = must(read(text)).layer!;
  return own;
};
const shape = (dims: string, spaces: Readonly<Record<string, string>>, instance: string, more = '') => `
problem:
  version: 0.4
  shape:
    name: some
    dimensions: [${dims}]
    coefficients: [{ name: stride, default: 1 }, { name: dilation, default: 2 }]
    data_spaces:
${Object.entries(spaces)
  .map(
    ([name, projection]) =>
      `    - { name: ${name.replace('=', '')}, projection: ${projection}${name.startsWith('=') ? ', read_write: True' : ''} }`,
  )
  .join('\n')}
  instance: { ${instance} }${more}
`;

describe('shapes', () => {
  test('a GEMM is P, K, C', () => {
    const text = shape(
      'M, N, K',
      { A: '[[[M]], [[K]]]', B: '[[[K]], [[N]]]', '=Z': '[[[M]], [[N]]]' },
      'M: 6, N: 5, K: 4',
    );
    expect(layer(text)).toEqual(makeLayer('some', { P: 6, K: 5, C: 4 }));
  });

  test('a batched GEMM has G', () => {
    const text = shape(
      'H, M, N, K',
      { A: '[[[H]], [[M]], [[K]]]', B: '[[[H]], [[K]], [[N]]]', '=Z': '[[[H]], [[M]], [[N]]]' },
      'H: 3, M: 6, N: 5, K: 4',
    );
    expect(layer(text)).toEqual(makeLayer('some', { G: 3, P: 6, K: 5, C: 4 }));
  });

  test('a convolution with M output channels, stride and the default dilation', () => {
    const text = shape(
      'C, M, R, S, N, P, Q',
      {
        Weights: '[[[C]], [[M]], [[R]], [[S]]]',
        Inputs: '[[[N]], [[C]], [[R, dilation], [P, stride]], [[S], [Q, stride]]]',
        '=Outputs': '[[[N]], [[M]], [[Q]], [[P]]]',
      },
      'C: 2, M: 3, R: 3, S: 4, N: 1, P: 5, Q: 6, stride: 2',
    );
    expect(layer(text)).toEqual(
      makeLayer('some', { C: 2, K: 3, R: 3, S: 4, P: 5, Q: 6 }, { stride: [2, 2], dilation: [2, 1] }),
    );
  });

  test('in a depthwise convolution the channels are groups', () => {
    const text = shape(
      'C, X, W',
      { Weights: '[[[C]], [[W]]]', Inputs: '[[[C]], [[X], [W]]]', '=Outputs': '[[[C]], [[X]]]' },
      'C: 8, X: 5, W: 3',
    );
    expect(layer(text)).toEqual(makeLayer('some', { G: 8, P: 5, R: 3 }));
  });

  test('plain dimensions make no window, whatever they are called', () => {
    const text = shape(
      'K, P, R',
      { W: '[[[K]], [[R]]]', I: '[[[P]], [[R]]]', '=O': '[[[K]], [[P]]]' },
      'K: 3, P: 4, R: 5',
    );
    expect(layer(text)).toEqual(makeLayer('some', { K: 3, P: 4, C: 5 }));
  });

  test('a position of the output may have a stride and no kernel', () => {
    const text = shape(
      'C, K, P',
      { W: '[[[C]], [[K]]]', I: '[[[C]], [[P, stride]]]', '=O': '[[[K]], [[P]]]' },
      'C: 2, K: 3, P: 4, stride: 2',
    );
    expect(layer(text)).toEqual(makeLayer('some', { C: 2, K: 3, P: 4 }, { stride: [2, 1] }));
  });

  test("no shape is Timeloop's convolution, with sizes beside it", () => {
    expect(layer('problem: { R: 3, S: 3, P: 4, Q: 4, C: 2, K: 2, N: 1, Wstride: 2 }')).toEqual(
      makeLayer('layer', { R: 3, S: 3, P: 4, Q: 4, C: 2, K: 2 }, { stride: [2, 1] }),
    );
  });
});

const conv1 = { W: '[[[K]], [[R]]]', I: '[[[P], [R]]]', '=O': '[[[K]], [[P]]]' };
test.each([
  [
    shape('M, N', { A: '[[[M]]]', '=Z': '[[[M]], [[N]]]' }, 'M: 2, N: 2'),
    'magnet has two tensors that are read and one with read_write: true; this shape has 1 and 1',
  ],
  [
    shape(
      'A, B, C, D',
      { X: '[[[A]], [[B]]]', Y: '[[[B]], [[C]], [[D]]]', '=Z': '[[[A]], [[C]], [[D]]]' },
      'A: 2, B: 2, C: 2, D: 2',
    ),
    'dimension D is one more that indexes Y and Z than magnet has (K)',
  ],
  [
    shape('K, P, R', { ...conv1, I: '[[[P], [R]], [[P]]]' }, 'K: 1, P: 1, R: 1'),
    'problem.shape.data_spaces.1.projection: I is indexed by P twice',
  ],
  [
    shape('K, P, R, T', { ...conv1, I: '[[[P], [R], [T]]]' }, 'K: 1, P: 1, R: 1, T: 1'),
    'problem.shape.data_spaces.1.projection.0: I is indexed by P + R + T; magnet has plain dimensions',
  ],
  [shape('K, P, R', { ...conv1, '=O': '[[[K]], [[P, stride], [R]]]' }, 'K: 1, P: 1, R: 1'), 'O is indexed by P + R'],
  [
    shape('K, P, R', { ...conv1, I: '[[[P, strides], [R]]]' }, 'K: 1, P: 1, R: 1'),
    'the coefficient "strides" of I has no value of at least 1',
  ],
  [shape('K, P, R', conv1, 'K: 1, P: 0, R: 1'), 'problem.P: dimension P needs a whole bound of at least 1, got 0'],
  [
    shape('K, P, R', conv1, 'K: 1, P: 2, R: 1, densities: { W: 0.5 }'),
    'problem.instance.densities.W: W is sparse; magnet counts dense work',
  ],
  [shape('K, P, R, U', conv1, 'K: 1, P: 2, R: 1, U: 3'), 'dimension U indexes no data space'],
  ['problem: { shape: mttkrp, I: 3 }', 'the built-in shape mttkrp is not read'],
])('a shape of another kind is refused: %#', (text, message) => expect(faults(text).join('\n')).toContain(message));

test('densities of 1 are none', () =>
  expect(
    layer(shape('K, P, R', conv1, 'K: 4, P: 2, R: 3, densities: { W: { distribution: hypergeometric, density: 1.0 } }'))
      .bounds,
  ).toMatchObject({ K: 4, P: 2, R: 3 }));

test('what a problem calls its dimensions and tensors stays with the layer, for messages', () => {
  const text = shape(
    'M, N, K',
    { A: '[[[M]], [[K]]]', B: '[[[K]], [[N]]]', '=Z': '[[[M]], [[N]]]' },
    'M: 6, N: 5, K: 4',
  );
  expect(must(read(text)).layer?.called).toEqual({ P: 'M', K: 'N', C: 'K', Inputs: 'A', Weights: 'B', Outputs: 'Z' });
});
