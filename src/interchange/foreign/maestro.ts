// Networks of MAESTRO: layers with a type, strides and dimensions; their dataflows are the
// machine's matter and are not read.

import { defined, got, nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import type { Layer } from '../../model/workload/layer.js';
import { makeLayer } from '../../model/workload/layer.js';
import type { Unmapped } from '../../model/workload/network.js';
import type { ForeignNetwork } from './foreign-network.js';
import { foreignNetwork } from './foreign-network.js';

export const looksLikeMaestro = (text: string): boolean =>
  /\bNetwork\s+[\w.-]+\s*\{[^]*\bLayer\s+[\w.-]+\s*\{/.test(plainOf(text));

const plainOf = (text: string) => text.replace(/\/\/[^\n]*|\/\*[^]*?\*\//g, '');

/** `{ ... }` behind a place, with what is inside. */
function blockAt(text: string, from: number): { readonly inside: string; readonly end: number } {
  let depth = 0;
  for (let at = text.indexOf('{', from); at >= 0 && at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0)
      return { inside: text.slice(text.indexOf('{', from) + 1, at), end: at + 1 };
  }
  return { inside: text.slice(text.indexOf('{', from) + 1), end: text.length };
}

/** `K: 64, C: 3` of the block of that name. */
function numbersOf(inside: string, name: string): ReadonlyMap<string, number> {
  const found = new RegExp(`\\b${name}\\s*\\{`).exec(inside);
  const block = found ? blockAt(inside, found.index).inside : '';
  return new Map(
    [...block.matchAll(/([A-Za-z]'?)\s*:\s*(\d+)/g)].map(([, key, n]) => [defined(key).toUpperCase(), Number(n)]),
  );
}

export function readMaestro(given: string, name: string): Parsed<ForeignNetwork> {
  const text = plainOf(given);
  const layers: Layer[] = [];
  const unmapped: Unmapped[] = [];
  const faults: Diagnostic[] = [];
  const heads = /\bLayer\s+([\w.-]+)\s*\{/g;
  for (let head = heads.exec(text); head; head = heads.exec(text)) {
    const { inside, end } = blockAt(text, head.index);
    heads.lastIndex = end;
    const own = nth(head, 1);
    const type = (/\bType\s*:\s*(\w+)/.exec(inside)?.[1] ?? 'CONV').toUpperCase();
    if (!['CONV', 'DSCONV', 'DWCONV', 'GEMM'].includes(type)) {
      unmapped.push({ operator: type, count: 1, macs: null });
      continue;
    }
    const [sizes, strides] = [numbersOf(inside, 'Dimensions'), numbersOf(inside, 'Stride')];
    const wanted =
      type === 'GEMM' ? ['M', 'N', 'K'] : type === 'CONV' ? ['K', 'C', 'R', 'S', 'Y', 'X'] : ['C', 'R', 'S', 'Y', 'X'];
    const missing = wanted.filter((key) => !((sizes.get(key) ?? 0) >= 1));
    if (missing.length > 0) {
      faults.push({
        code: 'missing',
        path: [],
        message: `${own} (${type}): Dimensions lack ${missing.join(', ')}; expected ${wanted.join(', ')}`,
      });
      continue;
    }
    const d = (key: string) => got(sizes, key);
    if (type === 'GEMM') {
      layers.push(makeLayer(own, { P: d('M'), K: d('N'), C: d('K') }, { bias: false }));
      continue;
    }
    const [sx, sy] = [strides.get('X') ?? 1, strides.get('Y') ?? 1];
    // R goes with Y and S with X there; the other way round here.
    const [P, Q] = [Math.floor((d('X') - d('S')) / sx) + 1, Math.floor((d('Y') - d('R')) / sy) + 1];
    if (P < 1 || Q < 1) {
      faults.push({
        code: 'invalid-value',
        path: [],
        message:
          `${own} (${type}): a kernel of ${d('R')} x ${d('S')} does not fit into inputs ` + `of ${d('Y')} x ${d('X')}`,
      });
      continue;
    }
    const bounds = { N: sizes.get('N') ?? 1, P, Q, R: d('S'), S: d('R') };
    layers.push(
      makeLayer(own, type === 'CONV' ? { ...bounds, K: d('K'), C: d('C') } : { ...bounds, G: d('C') }, {
        stride: [sx, sy],
        bias: false,
      }),
    );
  }
  const notes = layers.some((l) => l.bounds.R * l.bounds.S > 1)
    ? ['MAESTRO: X and Y are taken as sizes of inputs that are padded already']
    : [];
  return foreignNetwork(
    /\bNetwork\s+([\w.-]+)/.exec(text)?.[1] ?? name,
    'MAESTRO network',
    layers,
    unmapped,
    faults,
    notes,
  );
}
