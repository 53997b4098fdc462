// Functions, branches and loops: their layers as often as they run, and what is said where nobody knows.

import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/model/workload/network.js';
import { complaints, graph, imported, lines, local, node, onnxFile } from '../support/onnx.js';

const inputs = { a: [3, 5], b: [5, 5] };
const multiply = node('MatMul', ['a', 'b'], ['c']);
const open = ({ unmapped }: Network) => unmapped.filter(({ macs }) => macs !== 0);

describe('functions', () => {
  test('one calls another; attributes come from the call, or are the defaults', () => {
    const gemm = node('Gemm', ['p', 'q'], ['r'], { transB: { kind: 'reference', name: 'turned' } });
    const functions = new Map([
      ['acme:Inner:', local(['p', 'q'], ['r'], [gemm], { turned: 0 })],
      [
        'acme:Outer:',
        local(
          ['u', 'v'],
          ['w'],
          [node('Inner', ['u', 'v'], ['w'], { turned: { kind: 'reference', name: 'other' } }, 'acme')],
        ),
      ],
    ]);
    const call = (operator: string, attributes = {}) =>
      lines(
        imported({
          inputs: { a: [3, 5], w: [7, 5], v: [5, 7] },
          functions,
          nodes: [
            node(
              operator,
              ['a', attributes === undefined ? 'v' : 'turned' in attributes || 'other' in attributes ? 'w' : 'v'],
              ['y'],
              attributes,
              'acme',
            ),
          ],
        }),
      );
    expect(call('Inner')).toEqual(['1 y.r 3x7x5']);
    expect(call('Inner', { turned: 1 })).toEqual(['1 y.r 3x7x5']);
    expect(call('Outer', { other: 1 })).toEqual(['1 y.w.r 3x7x5']);
    expect(call('Outer')).toEqual(['1 y.w.r 3x7x5']);
  });

  test('an input left out is left out inside', () => {
    const functions = new Map([
      ['acme:Maybe:', local(['p', 'q', 'bias'], ['r'], [node('Gemm', ['p', 'q', 'bias'], ['r'])])],
    ]);
    expect(
      imported({ inputs, functions, nodes: [node('Maybe', ['a', 'b', ''], ['y'], {}, 'acme')] }).layers[0]!.layer
        .bounds,
    ).toMatchObject({ P: 3, K: 5, C: 5 });
  });

  test('one that calls itself is refused', () => {
    const again = node('Again', ['p'], ['q'], {}, 'acme');
    const functions = new Map([['acme:Again:', local(['p'], ['r'], [again, node('Again', ['q'], ['r'], {}, 'acme')])]]);
    expect(complaints(onnxFile({ inputs, functions, nodes: [node('Again', ['a'], ['y'], {}, 'acme')] }))[0]).toContain(
      'nested more than 64 deep; does a function call itself?',
    );
  });
});

describe('branches', () => {
  const branches = {
    then_branch: graph([], ['c'], [multiply]),
    else_branch: graph([], ['c'], [node('Relu', ['a'], ['c'])]),
  };
  const after = node('MatMul', ['y', 'b'], ['z']);

  test('a known condition takes one', () => {
    const nodes = [node('If', ['is'], ['y'], branches), after];
    expect(lines(imported({ inputs, scalars: { is: 1 }, nodes }))).toEqual(['2 y.c 3x5x5']);
    expect(lines(imported({ inputs, scalars: { is: 0 }, nodes }))).toEqual(['1 z 3x5x5']);
  });

  test('an unknown one lists both, and the network goes on behind', () => {
    const network = imported({ inputs: { ...inputs, is: [1] }, nodes: [node('If', ['is'], ['y'], branches), after] });
    expect(lines(network)).toEqual(['2 y.then.c 3x5x5']);
    expect(network.unmapped).toContainEqual({
      operator: 'If (the layers of both branches are listed, one of which runs)',
      count: 1,
      macs: 0,
    });
  });
});

describe('loops', () => {
  const loop = (
    trips: string,
    condition: string,
    body: Parameters<typeof graph>,
    parts: Partial<Parameters<typeof imported>[0]> = {},
    states: readonly string[] = ['a'],
  ) =>
    imported({
      inputs,
      scalars: { six: 6, yes: 1, no: 0, none: 0, endless: 2 ** 53 },
      ...parts,
      nodes: [node('Loop', [trips, condition, ...states], ['y'], { body: graph(...body) })],
    });
  const stay: Parameters<typeof graph> = [
    ['i', 'go', 's'],
    ['goes', 'n'],
    [node('Identity', ['go'], ['goes']), node('MatMul', ['s', 'b'], ['n'])],
  ];

  test('as often as is said', () => {
    expect(lines(loop('six', '', stay))).toEqual(['6 y.n 3x5x5']);
    expect(lines(loop('six', 'yes', stay))).toEqual(['6 y.n 3x5x5']);
  });

  test('while a counter is small', () => {
    // for (i = 0; i + 1 < 6; i++)
    const counting: Parameters<typeof graph> = [
      ['i', 'go', 's'],
      ['goes', 'n'],
      [node('Add', ['i', 'one'], ['next']), node('Less', ['next', 'six'], ['goes']), node('MatMul', ['s', 'b'], ['n'])],
      { one: 1 },
    ];
    // torch.jit.script gives "while" the largest integer for a limit.
    for (const limit of ['', 'endless', 'thousands']) {
      const network = loop(limit, 'yes', counting, {
        scalars: { six: 6, yes: 1, endless: 2 ** 53, thousands: 5000 },
      });
      expect(network.layers.map(({ count }) => count)).toEqual([6]);
      expect(open(network)).toEqual([]);
    }
  });

  test('rows that double, and a body that stops at once', () => {
    const growing: Parameters<typeof graph> = [
      ['i', 'go', 's'],
      ['goes', 'n'],
      [
        node('Identity', ['go'], ['goes']),
        node('MatMul', ['s', 'b'], ['m']),
        node('Concat', ['s', 'm'], ['n'], { axis: 0 }),
      ],
    ];
    expect(loop('six', '', growing).layers.map(({ layer }) => layer.bounds.P)).toEqual([3, 6, 12, 24, 48, 96]);
    const once: Parameters<typeof graph> = [
      ['i', 'go', 's'],
      ['goes', 'n'],
      [node('Not', ['go'], ['goes']), node('MatMul', ['s', 'b'], ['n'])],
    ];
    expect(lines(loop('six', 'yes', once))).toEqual(['1 y.n 3x5x5']);
  });

  test('an end that may come sooner than the condition says', () => {
    const counting: Parameters<typeof graph> = [
      ['i', 'go', 's'],
      ['goes', 'n'],
      [node('Less', ['i', 'six'], ['goes']), node('MatMul', ['s', 'b'], ['n'])],
    ];
    expect(open(loop('max', 'yes', counting, { inputs: { ...inputs, max: [1] } }))).toHaveLength(1);
  });

  test('sizes that follow the number of the trip', () => {
    const rows: Parameters<typeof graph> = [
      ['i', 'go', 's'],
      ['goes', 'n'],
      [
        node('Identity', ['go'], ['goes']),
        node('Add', ['i', 'one'], ['end']),
        node('Unsqueeze', ['end', 'first'], ['ends']),
        node('Slice', ['s', 'first', 'ends', 'first'], ['t']),
        node('MatMul', ['t', 'b'], ['m']),
        node('Identity', ['s'], ['n']),
      ],
      { one: 1 },
    ];
    expect(
      loop('three', '', rows, { scalars: { three: 3 }, lists: { first: [0] } }).layers.map(
        ({ layer }) => layer.bounds.P,
      ),
    ).toEqual([1, 2, 3]);
  });

  test('nobody knows how often: once, and said', () => {
    const dynamic: Parameters<typeof graph> = [
      ['i', 'go', 's'],
      ['goes', 'n'],
      [
        node('ReduceMax', ['s'], ['m'], { keepdims: 0 }),
        node('Cast', ['m'], ['goes'], { to: 9 }),
        node('MatMul', ['s', 'b'], ['n']),
      ],
    ];
    const network = loop('endless', 'yes', dynamic);
    expect(lines(network)).toEqual(['1 y.n 3x5x5']);
    expect(open(network)).toEqual([
      {
        operator: 'Loop (how often it runs is known only at run time: its layers are counted once)',
        count: 1,
        macs: null,
      },
    ]);
  });

  test('sizes that change in a loop without end are not known', () => {
    const growing: Parameters<typeof graph> = [
      ['i', 'go', 's', 't'],
      ['goes', 'n', 'u'],
      [
        node('ReduceMax', ['s'], ['m'], { keepdims: 0 }),
        node('Cast', ['m'], ['goes'], { to: 9 }),
        node('Concat', ['s', 's'], ['n'], { axis: 0 }),
        node('MatMul', ['s', 'b'], ['z']),
        node('MatMul', ['t', 'b'], ['u']),
      ],
    ];
    const network = loop('endless', 'yes', growing, {}, ['a', 'a']);
    expect(lines(network)).toEqual(['1 y.u 3x5x5']);
    expect(open(network).map(({ operator, macs }) => [operator, macs])).toEqual([
      ['MatMul (its size changes from one trip of the loop around it to the next)', null],
      ['Loop (how often it runs is known only at run time: its layers are counted once)', null],
    ]);
  });

  test('loops in loops multiply; more than can be counted is refused', () => {
    const inner = node('Loop', ['six', '', 's'], ['n'], { body: graph(...stay) });
    const outer: Parameters<typeof graph> = [
      ['i', 'go', 's'],
      ['goes', 'n'],
      [node('Identity', ['go'], ['goes']), inner],
    ];
    expect(lines(loop('six', '', outer))).toEqual(['36 y.n.n 3x5x5']);
    const file = onnxFile({
      inputs,
      scalars: { six: 2 ** 40 },
      nodes: [node('Loop', ['six', '', 'a'], ['y'], { body: graph(...outer) })],
    });
    expect(complaints(file)[0]).toMatch(/at most 2\^53 are counted exactly/);
  });

  test('a Scan runs over an axis', () => {
    const body = graph(['s', 'x'], ['n', 'x'], [node('MatMul', ['s', 'b'], ['n'])]);
    const scan = (axis: number) =>
      lines(
        imported({
          inputs: { ...inputs, list: [7, 2, 9] },
          nodes: [node('Scan', ['a', 'list'], ['y', 'z'], { body, num_scan_inputs: 1, scan_input_axes: [axis] })],
        }),
      );
    expect(scan(0)).toEqual(['7 y.n 3x5x5']);
    expect(scan(-1)).toEqual(['9 y.n 3x5x5']);
    const file = onnxFile({
      inputs: { ...inputs, list: ['length', 2] },
      nodes: [node('Scan', ['a', 'list'], ['y', 'z'], { body, num_scan_inputs: 1 }), node('MatMul', ['y', 'b'], ['m'])],
    });
    // A symbol in front is the batch unless it is called like a length.
    expect(complaints(file)[0]).toContain('`--dim length=SIZE`');
  });
});
