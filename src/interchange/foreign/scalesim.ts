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
  const head = headings(text);
  const topology = new Topology(defined(kindOf(head)), head.map(plain));
  const lines = text.split(/\r?\n/).flatMap((line, i) => {
    const cells = cellsOf(line);
    return cells.length === 0 ? [] : [{ cells, line: i + 1 }];
  });
  // The first says what the columns are.
  const layers = lines.slice(1).flatMap(({ cells, line }) => topology.layerOf(cells, line) ?? []);
  const { faults, notes } = topology;
  if (layers.length > 0 && topology.kind === 'convolutions')
    notes.add(
      'SCALE-Sim: sizes of inputs are taken as padded already; outputs are (input - filter + stride) / stride, ' +
        `rounded up, as SCALE-Sim v2 and v3 count them${topology.cut ?? ''}`,
    );
  return foreignNetwork(name, 'SCALE-Sim topology', layers, [], faults, [...notes]);
}

/** Along one dimension: outputs as SCALE-Sim counts them, and windows that lie in the inputs as a whole. */
const outputs = (input: number, filter: number, stride: number) => Math.ceil((input - filter + stride) / stride);
const wholeWindows = (input: number, filter: number, stride: number) => Math.floor((input - filter) / stride) + 1;

/** Where the columns of a file are, and what its lines give beside layers. */
class Topology {
  readonly faults: Diagnostic[] = [];
  readonly notes = new Set<string>();
  /** The first layer whose last windows go beyond its inputs. */
  cut: string | undefined;
  private readonly places: ReadonlyMap<string, number>;
  private readonly sparsity: number;
  private readonly batch: number;

  constructor(
    readonly kind: 'convolutions' | 'products',
    names: readonly string[],
  ) {
    const columns: readonly (readonly [string, RegExp])[] = kind === 'products' ? product : convolution;
    this.places = new Map(
      columns.map(([column, pattern], i) => {
        const headed = names.findIndex((n, j) => j > 0 && pattern.test(n));
        return [column, headed >= 0 ? headed : column === 'strideWidth' ? -1 : i + 1];
      }),
    );
    this.sparsity = names.findIndex((n) => n.startsWith('sparsity'));
    this.batch = names.findIndex((n) => n.startsWith('batch'));
  }

  layerOf(cells: readonly string[], line: number): Layer | undefined {
    const before = this.faults.length;
    const name = cells[0] === undefined || cells[0] === '' ? `layer_${line}` : cells[0];
    const number = (column: string, at: number) => this.number(cells, at, `line ${line}, ${name}: ${column}`);
    const size = (column: string) => number(column, got(this.places, column));
    if (!isDense(cells[this.sparsity] ?? '1'))
      this.notes.add('SCALE-Sim: sparsity is not counted; every layer is dense work here');
    const N = this.batch >= 0 && cells[this.batch] !== undefined ? number('batch', this.batch) : 1;
    if (this.kind === 'products') {
      const [P, K, C] = [size('M'), size('N'), size('K')];
      return this.faults.length > before ? undefined : makeLayer(name, { N, P, K, C }, { bias: false });
    }
    const image = { height: size('height'), width: size('width') };
    const filter = { height: size('filterHeight'), width: size('filterWidth') };
    const [channels, filters] = [size('channels'), size('filters')];
    const strideHeight = size('strideHeight');
    const second = this.strideWidthAt(cells);
    const stride = { height: strideHeight, width: second >= 0 ? number('strideWidth', second) : strideHeight };
    if (this.faults.length > before) return undefined;
    if (filter.height > image.height || filter.width > image.width) {
      this.fault(
        `line ${line}, ${name}: a filter of ${filter.height} x ${filter.width} does not fit into inputs ` +
          `of ${image.height} x ${image.width}`,
      );
      return undefined;
    }
    const P = outputs(image.width, filter.width, stride.width);
    const Q = outputs(image.height, filter.height, stride.height);
    const p = wholeWindows(image.width, filter.width, stride.width);
    const q = wholeWindows(image.height, filter.height, stride.height);
    if (p !== P || q !== Q) this.cut ??= ` (${name}: ${Q} x ${P}, of which ${q} x ${p} windows are whole)`;
    const bounds = { N, P, Q, R: filter.width, S: filter.height, K: filters };
    return makeLayer(
      name,
      { ...bounds, ...(this.isDepthwise(name, channels) ? { G: channels } : { C: channels }) },
      {
        stride: [stride.width, stride.height],
        bias: false,
      },
    );
  }

  /** A whole number of at least 1, or a fault. */
  private number(cells: readonly string[], at: number, what: string): number {
    const n = Number(cells[at] ?? NaN);
    if (!Number.isSafeInteger(n) || n < 1 || cells[at] === '') {
      const found = cells[at] === undefined ? 'missing' : JSON.stringify(cells[at]);
      this.fault(`${what} is ${found}; expected a whole number of at least 1`);
    }
    return n;
  }

  private fault(message: string): void {
    this.faults.push({ code: 'invalid-value', path: [], message });
  }

  /** Lines of v2 and later may have a second stride behind the first, whatever the heading. */
  private strideWidthAt(cells: readonly string[]): number {
    const headed = got(this.places, 'strideWidth');
    if (headed >= 0) return headed;
    return this.sparsity < 0 && this.batch < 0 && cells.length > 8 ? 8 : -1;
  }

  /** A name with DP is SCALE-Sim's mark of depth-wise layers: each channel by itself. */
  private isDepthwise(name: string, channels: number): boolean {
    const isMarked = name.includes('DP');
    if (isMarked) this.notes.add('SCALE-Sim: layers with DP in their name are depth-wise, each channel by itself');
    else if (/dw|depth/i.test(name) && channels === 1)
      this.notes.add(
        `SCALE-Sim: ${name} and the like are one channel, as written; a depth-wise layer has DP in its name and ` +
          'all its channels',
      );
    return isMarked;
  }
}
