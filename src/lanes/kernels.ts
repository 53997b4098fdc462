// The functions of lanes as one WebAssembly module, made when it is first asked for; it has no build step of its own.

import type { WasmFunction } from '../base/wasm.js';
import { assemble } from '../base/wasm.js';
import type { ConvolutionCall } from './convolution-code.js';
import { convolutionCode, convolutionParameters } from './convolution-code.js';
import { rounder } from './finish-code.js';
import type { Numeric } from './numeric.js';
import { elementBytes } from './numeric.js';
import type { PoolCall } from './pool-code.js';
import { moveCode, poolCode, poolParameters } from './pool-code.js';

type Numbers = (...parameters: readonly number[]) => void;

const pageBytes = 2 ** 16;
/** Of memory, 2 GB: beyond, a network is left to the reference. */
export const maxBytes = 2 ** 31;

const modules = new Map<Numeric, WebAssembly.Module>();

function moduleOf(numeric: Numeric): WebAssembly.Module {
  const known = modules.get(numeric);
  if (known) return known;
  const functions: WasmFunction[] = [
    { code: convolutionCode(numeric, numeric.block, false), export: nameOf(numeric.block, false) },
    { code: convolutionCode(numeric, numeric.block, true), export: nameOf(numeric.block, true) },
    { code: convolutionCode(numeric, 1, false), export: nameOf(1, false) },
    { code: convolutionCode(numeric, 1, true), export: nameOf(1, true) },
    { code: poolCode(numeric, 'max'), export: 'max' },
    { code: poolCode(numeric, 'average'), export: 'average' },
    { code: moveCode(), export: 'move' },
  ];
  const made = new WebAssembly.Module(assemble(functions, 1));
  modules.set(numeric, made);
  return made;
}

const nameOf = (block: number, hasOther: boolean) => `convolution${block}${hasOther ? 'other' : ''}`;

/** Each makes what is to be called, over and over, with the same addresses. */
export interface Kernels {
  readonly memory: ArrayBuffer;
  readonly convolution: (block: number, hasOther: boolean, call: Omit<ConvolutionCall, 'round'>) => () => void;
  readonly pool: (mode: 'max' | 'average', call: Omit<PoolCall, 'round'>) => () => void;
  readonly move: (table: number, tableEnd: number) => () => void;
}

/** Memory of so many bytes, all of them 0 but the first element. */
export function kernelsOf(numeric: Numeric, bytes: number): Kernels {
  const { exports } = new WebAssembly.Instance(moduleOf(numeric));
  const memory = exports['memory'] as WebAssembly.Memory;
  memory.grow(Math.ceil(bytes / pageBytes));
  // What rounds lies where no tensor does.
  new Float64Array(memory.buffer, 0, elementBytes / 8).fill(rounder);
  const called = (name: string, parameters: readonly number[]) => {
    const kernel = exports[name] as Numbers;
    return () => kernel(...parameters);
  };
  return {
    memory: memory.buffer,
    convolution: (block, hasOther, call) =>
      called(
        nameOf(block, hasOther),
        convolutionParameters.map((p) => (p === 'round' ? 0 : call[p])),
      ),
    pool: (mode, call) =>
      called(
        mode,
        poolParameters.map((p) => (p === 'round' ? 0 : call[p])),
      ),
    move: (table, tableEnd) => called('move', [table, tableEnd]),
  };
}
