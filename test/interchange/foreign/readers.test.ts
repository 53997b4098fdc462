// Workloads of SCALE-Sim, ZigZag and MAESTRO as networks: multiply-accumulates by hand. The files in data/ are made
// by hand after a public report.

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { Parsed } from '../../../src/base/diagnostics.js';
import { looksLikeMaestro, readMaestro } from '../../../src/interchange/foreign/maestro.js';
import type { ForeignNetwork } from '../../../src/interchange/foreign/foreign-network.js';
import { looksLikeScaleSim, readScaleSim } from '../../../src/interchange/foreign/scalesim.js';
import { looksLikeZigzag, readZigzag } from '../../../src/interchange/foreign/zigzag.js';
import { printShape } from '../../../src/model/workload/layer.js';
import { networkMacs } from '../../../src/model/workload/network.js';

const data = (name: string) => readFileSync(new URL(`data/${name}`, import.meta.url), 'utf8');
const shapes = (read: Parsed<ForeignNetwork>) =>
  read.ok
    ? read.value.network.layers.map(
        ({ layer, count }) => `${layer.name} ${printShape(layer)}${count > 1 ? ` x${count}` : ''}`,
      )
    : read.diagnostics.map((d) => d.message);
const macsOf = (read: Parsed<ForeignNetwork>) => (read.ok ? networkMacs(read.value.network) : NaN);
const notesOf = (read: Parsed<ForeignNetwork>) => (read.ok ? read.value.notes.join('\n') : '');

describe('SCALE-Sim', () => {
  const conv = 'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,';
  const read = (text: string) => (expect(looksLikeScaleSim(text)).toBe(true), readScaleSim(text, 'net'));

  test('the reported file', () => {
    const found = read(data('scalesim.csv'));
    // (224 - 7 + 2) / 2 is 109.5: 110 to SCALE-Sim.
    expect(shapes(found)).toEqual(['Conv1 7x7 s2 3->64 110x110']);
    expect(macsOf(found)).toBe(110 * 110 * 7 * 7 * 3 * 64);
    expect(notesOf(found)).toContain('Conv1: 110 x 110, of which 109 x 109 windows are whole');
  });

  test.each([
    ['no comma at the end', `${conv}\nA, 9, 8, 3, 2, 4, 5, 1`, ['A 2x3 4->5 7x7']],
    ['blank lines, blanks, comments, CRLF', `\n${conv}\r\n\r\n\tA , 9,8 ,3,2,4,5,1,#dw\r\n`, ['A 2x3 4->5 7x7']],
    [
      'two strides, by heading',
      'Layer name,IFMAP height,IFMAP width,Filter height,Filter width,Channels,Num filter,Stride height,Stride ' +
        'width,\n' +
        'A,9,9,3,3,4,5,2,3,\n',
      ['A 3x3 s3x2 4->5 3x4'],
    ],
    ['two strides, without a heading', `${conv}\nA,9,9,3,3,4,5,2,3,\n`, ['A 3x3 s3x2 4->5 3x4']],
    [
      'other headings',
      'Layer, IFMAP H, IFMAP W, Filt H, Filt W, Num Channels, Filters, Stride\nA,9,9,3,3,4,5,3\n',
      ['A 3x3 s3 4->5 3x3'],
    ],
    ['a fully connected layer', `${conv}\nFC, 1, 1, 1, 1, 1024, 1000, 1,\n`, ['FC 1x1000x1024']],
    ['depth-wise: all channels, each by itself', `${conv}\nDP1, 9, 9, 3, 3, 32, 1, 1,\n`, ['DP1 3x3 1->1 g32 7x7']],
    ['equal layers count', `${conv}\nA,9,9,3,3,4,5,1,\nB,9,9,3,3,4,5,1,\n`, ['A 3x3 4->5 7x7 x2']],
    ['products', 'Layer, M, N, K,\nG, 32, 64, 128,\n', ['G 32x64x128']],
    ['products in another order', 'Layer Name, M, K, N\nG, 32, 128, 64\n', ['G 32x64x128']],
    ['products with sparsity 1', 'Layer Name, M, N, K, Sparsity,\nG, 1, 5, 16, 1,\n', ['G 1x5x16']],
  ])('%s', (_, text, wanted) => expect(shapes(read(text))).toEqual(wanted));

  test('sparsity and lone channels are said', () => {
    expect(notesOf(read(`${conv.replace('Strides,', 'Strides, Sparsity,')}\nA,5,5,3,3,2,6,1,2:4,\n`))).toContain(
      'sparsity is not counted',
    );
    expect(notesOf(read(`${conv.replace('Strides,', 'Strides, Sparsity,')}\nA,5,5,3,3,2,6,1,4:4,\n`))).not.toContain(
      'sparsity',
    );
    for (const fraction of ['0.5', '50%'])
      expect(
        notesOf(read(`${conv.replace('Strides,', 'Strides, Sparsity,')}\nA,5,5,3,3,2,6,1,${fraction},\n`)),
      ).toContain('sparsity is not counted');
    expect(notesOf(read(`${conv}\nConv2_dw, 112, 112, 3, 3, 1, 1, 1,\n`))).toContain(
      'Conv2_dw and the like are one channel, as written',
    );
  });

  test('faults have line and layer, all at once', () => {
    expect(shapes(read(`${conv}\nA, 9, x, 3, 3, 4, 5, 1,\nB, 2, 2, 3, 3, 1, 1, 1,\nC, 9, 9\n`))).toEqual([
      'line 2, A: width is "x"; expected a whole number of at least 1',
      'line 3, B: a filter of 3 x 3 does not fit into inputs of 2 x 2',
      ...['filterHeight', 'filterWidth', 'channels', 'filters', 'strideHeight'].map(
        (column) => `line 4, C: ${column} is missing; expected a whole number of at least 1`,
      ),
    ]);
    expect(shapes(read(`${conv}\n`))).toEqual(['the SCALE-Sim topology has no layer that multiplies']);
  });

  test.each(['a,b,c\n1,2,3\n', 'name: net\nlayers: []\n', '', 'Layer, Mean, Norm, K\n'])('%j is none', (text) =>
    expect(looksLikeScaleSim(text)).toBe(false),
  );
});

describe('ZigZag', () => {
  const read = (text: string) => {
    const found: unknown = parse(text);
    expect(looksLikeZigzag(found)).toBe(true);
    return readZigzag(found, 'net');
  };
  const conv = (loops: string, more = '') =>
    '- id: 0\n  operator_type: Conv\n  equation: O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]\n  ' +
    `dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]\n${loops}  operand_precision: ` +
    `{ W: 8, I: 8, O: 16, O_final: 8 }\n${more}`;
  const lists = '  loop_dims: [B, K, C, OY, OX, FY, FX]\n  loop_sizes: [1, 64, 3, 112, 111, 7, 5]\n';

  test('lists of loops, and the older sizes by name', () => {
    const older = '  loop_dim_size: { B: 1, K: 64, C: 3, OY: 112, OX: 111, FY: 7, FX: 5 }\n';
    for (const found of [
      read(conv(lists)),
      read(conv(older)),
      read(`0:\n${conv(older).split('\n').slice(1).join('\n')}`),
    ]) {
      expect(shapes(found)).toEqual(['layer_0 5x7 s2 3->64 111x112']);
      expect(macsOf(found)).toBe(64 * 3 * 112 * 111 * 7 * 5);
      expect(notesOf(found)).toBe(
        'ZigZag: widths of words (W 8, I 8, O 16, O_final 8 bits) are those of the machine here',
      );
    }
  });

  test.each([
    [
      'dilation',
      'O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]',
      '[ix=ox+2*fx, iy=oy+2*fy]',
      'B: 1, K: 4, C: 3, OY: 5, OX: 5, FY: 3, FX: 3',
      '3x3 d2 3->4 5x5',
    ],
    ['a product', 'O[b][k]+=I[b][c]*W[c][k]', '[]', 'B: 32, K: 512, C: 256', '32x512x256'],
    [
      'depth-wise',
      'O[b][g][oy][ox]+=W[g][fy][fx]*I[b][g][iy][ix]',
      '[ix=1*ox+1*fx, iy=1*oy+1*fy]',
      'B: 1, G: 8, OY: 5, OX: 5, FY: 3, FX: 3',
      '3x3 1->1 g8 5x5',
    ],
    [
      'grouped',
      'O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]',
      '[ix=1*ox+1*fx, iy=1*oy+1*fy]',
      'B: 1, G: 2, K: 4, C: 3, OY: 5, OX: 5, FY: 3, FX: 3',
      '3x3 3->4 g2 5x5',
    ],
    ['capitals', 'O[B][K]+=I[B][C]*W[C][K]', '[]', 'B: 32, K: 512, C: 256', '32x512x256'],
    [
      'heads of a batch are groups',
      'O[b][h][i][j]+=I[b][h][i][d]*W[b][h][j][d]',
      '[]',
      'B: 2, H: 4, I: 8, J: 16, D: 32',
      '8x16x32 x8',
    ],
    ['a projection into heads', 'O[b][h][d]+=I[b][c]*W[h][d][c]', '[]', 'B: 5, H: 4, D: 8, C: 16', '5x32x16'],
    ['a sum over two loops', 'O[b][k]+=I[b][h][d]*W[h][d][k]', '[]', 'B: 5, H: 4, D: 8, K: 16', '5x16x32'],
    [
      'a convolution of one pixel',
      'O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]',
      '[ix=1*ox+1*fx, iy=1*oy+1*fy]',
      'B: 1, K: 1000, C: 512, OY: 1, OX: 1, FY: 1, FX: 1',
      '1x1000x512',
    ],
  ])('%s', (_, equation, relations, sizes, shape) => {
    const text =
      `- { id: 0, operator_type: X, equation: "${equation}", ` +
      `dimension_relations: ${relations.replace(/[\w=*+]+/g, '"$&"')}, loop_dim_size: ` +
      `{ ${sizes} } }`;
    expect(shapes(read(text))).toEqual([`layer_0 ${shape}`]);
  });

  test('additions and pooling are not mapped, and counted', () => {
    const found = read(`${conv(lists)}
- { id: 1, operator_type: Pooling, equation: "O[b][g][oy][ox]+=W[fx][fy]*I[b][g][iy][ix]", dimension_relations: ["ix=2*ox+1*fx", "iy=2*oy+1*fy"], loop_dims: [B, G, OY, OX, FX, FY], loop_sizes: [1, 64, 56, 56, 3, 3], operand_precision: { W: 0, I: 8 } }
- { id: 2, operator_type: Add, equation: "O[b][g]=W[b][g]+I[b][g]", loop_dims: [B, G], loop_sizes: [1, 64] }
- { id: 3, operator_type: Add, equation: "O[b][g]=W[b][g]+I[b][g]", loop_dims: [B, G], loop_sizes: [1, 64] }
`);
    expect(found).toMatchObject({
      value: {
        network: {
          unmapped: [
            { operator: 'Pooling', count: 1, macs: 0 },
            { operator: 'Add', count: 2, macs: 0 },
          ],
        },
      },
    });
  });

  test.each([
    ['loop_sizes: [1, 2]', 'expected loop_dims and loop_sizes of one length'],
    ['loop_sizes: [1, 64, 3, 112, 111, 7, 0]', 'the size of loop FX is 0'],
  ])('faults name the layer: %s', (sizes, wanted) =>
    expect(shapes(read(conv(`  loop_dims: [B, K, C, OY, OX, FY, FX]\n  ${sizes}\n`)))).toEqual([
      expect.stringContaining(`layer_0 (Conv): ${wanted}`),
    ]),
  );
  test('an equation of another form', () =>
    expect(
      shapes(read('- { id: 4, operator_type: Softmax, equation: "O[b]=exp(I[b])", loop_dims: [B], loop_sizes: [4] }')),
    ).toEqual([expect.stringContaining('layer_4 (Softmax): the equation "O[b]=exp(I[b])" is not of the form')]));
});

describe('MAESTRO', () => {
  test('the reported file', () => {
    const text = data('maestro.m');
    expect(looksLikeMaestro(text)).toBe(true);
    expect(shapes(readMaestro(text, 'x'))).toEqual(['c 7x7 3->64 218x218']);
  });

  test('strides, depth-wise layers, products, dataflows that are not read', () => {
    const text = `// a network
Network mobile {
  Layer CONV1 { Type: CONV Stride { X: 2, Y: 2 } Dimensions { K: 32, C: 3, R: 3, S: 3, Y: 225, X: 225 }
    Dataflow { SpatialMap(1,1) K; Cluster(8, P); } }
  Layer DW { Type: DSCONV Dimensions { K: 1, C: 32, R: 3, S: 3, Y: 114, X: 114 } }
  Layer FC { Type: GEMM Dimensions { M: 4, N: 1000, K: 1024 } }
  Layer UP { Type: TRCONV Dimensions { K: 1, C: 1, R: 1, S: 1, Y: 1, X: 1 } }
}`;
    const found = readMaestro(text, 'x');
    expect(shapes(found)).toEqual(['CONV1 3x3 s2 3->32 112x112', 'DW 3x3 1->1 g32 112x112', 'FC 4x1000x1024']);
    expect(found).toMatchObject({
      value: { network: { name: 'mobile', unmapped: [{ operator: 'TRCONV', count: 1, macs: null }] } },
    });
  });

  test('what is missing', () =>
    expect(shapes(readMaestro('Network n { Layer a { Type: CONV Dimensions { K: 4, C: 3 } } }', 'x'))).toEqual([
      'a (CONV): Dimensions lack R, S, Y, X; expected K, C, R, S, Y, X',
    ]));
});
