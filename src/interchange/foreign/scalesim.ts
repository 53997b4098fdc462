// Topologies of SCALE-Sim v1 to v3: a header, then a convolution or a product per line.

import { defined, got, nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import type { Layer } from '../../model/workload/layer.js';
import { makeLayer } from '../../model/workload/layer.js';
import type { ForeignNetwork } from './foreign-network.js';
import { foreignNetwork } from './foreign-network.js';

/** Cells of a line; the comma at its end, and what stands behind `#`, say nothing. */
function cellsOf(line: string): readonly string[] {
  const cells = line
    .replace(/#.*$/, '')
    .split(',')
    .map((c) =>
      c
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    );
  while (cells.length > 0 && cells.at(-1) === '') cells.pop();
  return cells;
}

const plain = (heading: string) => heading.toLowerCase().replace(/[^a-z]/g, '');

/**
 * Columns by their headings, which differ from file to file; those without a match stand
 * where SCALE-Sim looks for them.
 */
const convolution = [
  ['height', /^ifmap(h|height|row)/],
  ['width', /^ifmap(w|width|col)/],
  ['filterHeight', /^(filter|filt|kernel)(h|height|row)/],
  ['filterWidth', /^(filter|filt|kernel)(w|width|col)/],
  ['channels', /^(channel|numchannel|inputchannel)/],
  ['filters', /^(num(ber)?(of)?filter|filters)/],
  ['strideHeight', /^strides?(h|height|row|x)?$/],
  ['strideWidth', /^strides?(w|width|col|y)$/],
] as const;
const product = [
  ['M', /^m(dim)?$/],
  ['N', /^n(dim)?$/],
  ['K', /^k(dim)?$/],
] as const;

const headings = (text: string): readonly string[] =>
  cellsOf(text.split(/\r?\n/).find((line) => cellsOf(line).length > 0) ?? '');
const kindOf = (cells: readonly string[]): 'convolutions' | 'products' | undefined => {
  const names = cells.map(plain);
  if (names.some((n) => n.startsWith('ifmap')) && names.some((n) => /^(filter|filt|kernel)/.test(n)))
    return 'convolutions';
  return cells.length >= 4 &&
    /^(layer|name|gemm)/.test(nth(names, 0)) &&
    ['m', 'n', 'k'].every((n) => names.slice(1).some((x) => x === n || x === `${n}dim`))
    ? 'products'
    : undefined;
};

/** `2:4` keeps two of four, 0.5 half; `4:4` and 1 are dense. */
function isDense(sparsity: string): boolean {
  const [kept, outOf] = sparsity.split(':');
  return sparsity === '' || Number(kept) >= Number(outOf ?? 1);
}

export const looksLikeScaleSim = (text: string): boolean => kindOf(headings(text)) !== undefined;

/** All faults at once, by line. */
export function readScaleSim(text: string, name: string): Parsed<ForeignNetwork> {
  const faults: Diagnostic[] = [];
  const notes = new Set<string>();
  const layers: Layer[] = [];
  const head = headings(text);
  const kind = defined(kindOf(head));
  const columns: readonly (readonly [string, RegExp])[] = kind === 'products' ? product : convolution;
  const names = head.map(plain);
  const places = new Map(
    columns.map(([column, pattern], i) => {
      const headed = names.findIndex((n, j) => j > 0 && pattern.test(n));
      return [column, headed >= 0 ? headed : column === 'strideWidth' ? -1 : i + 1];
    }),
  );
  const sparsity = names.findIndex((n) => n.startsWith('sparsity'));
  const batch = names.findIndex((n) => n.startsWith('batch'));
  let begun = false;
  let cut: string | undefined;
  text.split(/\r?\n/).forEach((line, i) => {
    const cells = cellsOf(line);
    if (cells.length === 0) return;
    if (!begun) {
      begun = true;
      return;
    }
    const layer = layerOf(cells, i + 1);
    if (layer) layers.push(layer);
  });
  if (layers.length > 0 && kind === 'convolutions')
    notes.add(
      'SCALE-Sim: sizes of inputs are taken as padded already; outputs are (input - filter + stride) / stride, ' +
        `rounded up, as SCALE-Sim v2 and v3 count them${cut ?? ''}`,
    );
  return foreignNetwork(name, 'SCALE-Sim topology', layers, [], faults, [...notes]);

  function layerOf(cells: readonly string[], line: number): Layer | undefined {
    const before = faults.length;
    const own = cells[0] === undefined || cells[0] === '' ? `layer_${line}` : cells[0];
    const number = (column: string, at: number): number => {
      const n = Number(cells[at] ?? NaN);
      if (!Number.isSafeInteger(n) || n < 1 || cells[at] === '')
        faults.push({
          code: 'invalid-value',
          path: [],
          message:
            `line ${line}, ${own}: ${column} ` +
            `is ${cells[at] === undefined ? 'missing' : JSON.stringify(cells[at])}; expected a whole number of ` +
            'at least 1',
        });
      return n;
    };
    const size = (column: string) => number(column, got(places, column));
    if (!isDense(cells[sparsity] ?? '1'))
      notes.add('SCALE-Sim: sparsity is not counted; every layer is dense work here');
    const N = batch >= 0 && cells[batch] !== undefined ? number('batch', batch) : 1;
    if (kind === 'products') {
      const [m, n, k] = [size('M'), size('N'), size('K')];
      return faults.length > before ? undefined : makeLayer(own, { N, P: m, K: n, C: k }, { bias: false });
    }
    const [height, width, filterHeight, filterWidth, channels, filters, strideHeight] = [
      size('height'),
      size('width'),
      size('filterHeight'),
      size('filterWidth'),
      size('channels'),
      size('filters'),
      size('strideHeight'),
    ];
    const second = got(places, 'strideWidth');
    // Lines of v2 and later may have a second stride behind the first, whatever the heading.
    const at = second >= 0 ? second : sparsity < 0 && batch < 0 && cells.length > 8 ? 8 : -1;
    const strideWidth = at >= 0 ? number('strideWidth', at) : strideHeight;
    if (faults.length > before) return undefined;
    if (filterHeight > height || filterWidth > width) {
      faults.push({
        code: 'invalid-value',
        path: [],
        message:
          `line ${line}, ${own}: a filter of ${filterHeight} x ${filterWidth} does not fit into inputs ` +
          `of ${height} x ${width}`,
      });
      return undefined;
    }
    const out = (input: number, filter: number, stride: number) => Math.ceil((input - filter + stride) / stride);
    const whole = (input: number, filter: number, stride: number) => Math.floor((input - filter) / stride) + 1;
    const bounds = {
      N,
      P: out(width, filterWidth, strideWidth),
      Q: out(height, filterHeight, strideHeight),
      R: filterWidth,
      S: filterHeight,
    };
    const [p, q] = [whole(width, filterWidth, strideWidth), whole(height, filterHeight, strideHeight)];
    if (p !== bounds.P || q !== bounds.Q)
      cut ??= ` (${own}: ${bounds.Q} x ${bounds.P}, of which ${q} x ${p} windows are whole)`;
    // A name with DP is SCALE-Sim's mark of depth-wise layers: each channel by itself.
    const depthwise = own.includes('DP');
    if (depthwise) notes.add('SCALE-Sim: layers with DP in their name are depth-wise, each channel by itself');
    else if (/dw|depth/i.test(own) && channels === 1)
      notes.add(
        `SCALE-Sim: ${own} and the like are one channel, as written; a depth-wise layer has DP in its name and ` +
          'all its channels',
      );
    return makeLayer(own, depthwise ? { ...bounds, G: channels, K: filters } : { ...bounds, C: channels, K: filters }, {
      stride: [strideWidth, strideHeight],
      bias: false,
    });
  }
}
