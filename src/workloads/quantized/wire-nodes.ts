// Nodes and constants that are put into the messages of an ONNX file; every value has a name of its own.

import type { WireAttribute, WireGraph, WireNode, WireTensor } from '../onnx/wire.js';
import { attributeTypes, dataTypes } from '../onnx/wire.js';

export class WireNodes {
  readonly nodes: WireNode[] = [];
  readonly constants: WireTensor[] = [];
  readonly #taken: Set<string>;

  constructor({ node = [], initializer = [], input = [] }: WireGraph) {
    this.#taken = new Set([
      ...node.flatMap((n) => [...(n.input ?? []), ...(n.output ?? []), n.name ?? '']),
      ...[...initializer, ...input].map((x) => x.name ?? ''),
    ]);
  }

  name(stem: string): string {
    let found = stem;
    for (let n = 2; this.#taken.has(found); n++) found = `${stem}.${n}`;
    this.#taken.add(found);
    return found;
  }

  /** One operator more, into a value after `output` or of that very name; where it is not told, nothing stands there. */
  put(
    opType: string,
    input: readonly (string | undefined)[],
    output: string,
    attribute: readonly WireAttribute[] = [],
    name = this.name(`${output}.${opType}`),
  ): string {
    this.nodes.push({ name, opType, input: input.map((x) => x ?? ''), output: [output], attribute });
    return output;
  }

  /** Real numbers of 32 bits: one, or a row. */
  reals(stem: string, values: readonly number[], dims: readonly number[] = values.length === 1 ? [] : [values.length]) {
    const name = this.name(stem);
    this.constants.push({ name, dims, dataType: dataTypes.float, floatData: [...values] });
    return name;
  }
}

export const wholeAttribute = (name: string, i: number): WireAttribute => ({ name, type: attributeTypes.int, i });
