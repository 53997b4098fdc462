// Words of tensors and what they stand for between a DequantizeLinear and a QuantizeLinear: one for each unit of a word.

import { wordRange } from '../base/integers.js';
import { nth } from '../base/invariant.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { StepIntegers } from '../reference/integer-arithmetic.js';
import type { Numbers } from '../reference/numbers.js';
import type { DataType, FileBuilder } from './file-builder.js';

/** What a step or a placement reads and writes. */
export class Values {
  readonly #words = new Map<string, string>();
  readonly #reals = new Map<string, string>();
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  /** Tensors that operators of the file keep within limits. */
  readonly #limits: ReadonlySet<string>;

  constructor(
    readonly file: FileBuilder,
    { tensors, steps }: Pick<NetworkGraph, 'tensors' | 'steps'>,
    readonly unsigned: ReadonlySet<string>,
    /** A name for the words of a tensor. */
    readonly called: (tensor: string) => string,
  ) {
    this.#shapes = new Map(tensors.map((t) => [t.name, t.shape ?? []]));
    this.#limits = new Set(steps.flatMap((s) => (s.epilogue.clip ? s.outputs : [])));
  }

  shape = (tensor: string): readonly number[] => this.#shapes.get(tensor) ?? [];
  wordType = (tensor: string): DataType => (this.unsigned.has(tensor) ? this.file.unsignedType : this.file.wordType);
  /** The least and the greatest number that the file has room for in a word. */
  range = (tensor: string): readonly [min: number, max: number] =>
    wordRange(this.file.bits > 8 ? 16 : 8, this.unsigned.has(tensor));
  has = (tensor: string): boolean => this.#words.has(tensor);
  words = (tensor: string): string | undefined => this.#words.get(tensor);
  know = (tensor: string, words: string): unknown => this.#words.set(tensor, words);

  /** A tensor with each word times `by`, which is positive; its words have the type of those of `like`. */
  read(tensor: string, by = 1, like = tensor): string {
    const key = `${by} ${tensor}`;
    const known = this.#reals.get(key);
    if (known !== undefined) return known;
    const words = this.#words.get(tensor) ?? tensor;
    const { file } = this;
    const made = file.put('DequantizeLinear', [words, file.real(by), file.zeroPoint(this.wordType(like))], tensor);
    this.#reals.set(key, made);
    return made;
  }

  /** Weights with each word times that of its channel along an axis, or all times one; none of it is negative. */
  weights({ shape, values }: Numbers, stem: string, by: readonly number[] = [1], axis = 0): string {
    const { file } = this;
    const words = file.words(stem, shape, values);
    if (by.length === 1) return file.put('DequantizeLinear', [words, file.real(nth(by, 0)), file.zeroPoint()], stem);
    const scales = file.reals(`${stem}.scale`, [by.length], by);
    return file.put('DequantizeLinear', [words, scales, file.zeroPoint(file.wordType, [by.length])], stem, { axis });
  }

  /** Kept within limits, and rounded to words as those of `like` are. */
  write(tensor: string, value: string, limits?: StepIntegers, like = tensor): void {
    const { file } = this;
    if (limits?.raw !== undefined) {
      const sums = file.put('Cast', [value], tensor, { to: 6 }, this.called(tensor));
      this.#words.set(tensor, sums);
      return;
    }
    const kept = limits ? this.#limited(tensor, value, limits, like) : value;
    const inputs = [kept, file.real(1), file.zeroPoint(this.wordType(like))];
    this.#words.set(tensor, file.put('QuantizeLinear', inputs, tensor, {}, this.called(tensor)));
  }

  #limited(tensor: string, value: string, { low, high }: StepIntegers, like: string): string {
    const { file } = this;
    const [min, max] = this.range(like);
    // An unsigned word has no room below zero; of a ReLU the file should know all the same.
    if (low <= min && high >= max && (min < 0 || !this.#limits.has(like))) return value;
    if (low === 0 && high >= max) return file.put('Relu', [value], tensor);
    return file.put('Clip', [value, file.real(low), file.real(high)], tensor);
  }
}
