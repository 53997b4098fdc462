// Large parts of inputs by content: networks, technologies and tables are the same in most tasks of a run, and go to each
// worker once.

import { createHash } from 'node:crypto';
import { contentMark, toPlain } from './plain.js';
import type { Plain } from './plain.js';

/** An input as it goes into the queue. */
export interface Packed {
  /** Of the whole input, however it is packed. */
  readonly digest: string;
  readonly plain: Plain;
  /** Texts that it refers to, by their digests. */
  readonly contents: ReadonlyMap<string, string>;
}

/** Characters of a part that is worth a text of its own. */
const large = 2000;
/** How far into an input parts are looked for: its fields, and theirs. */
const depth = 2;
/** Digests that are remembered; beyond them parts are taken for new. */
const maxSeen = 100_000;

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

interface Part {
  readonly digest: string;
  readonly plain: Plain;
  /** Of itself, where it is large. */
  readonly text: string | undefined;
  readonly fields: readonly (readonly [string, Part])[] | undefined;
}

/**
 * Parts are told apart by what they hold. What comes a second time is referred to: what is asked once only is no use to keep.
 */
export class Packer {
  private readonly seen = new Set<string>();
  /** Objects that many inputs share are looked at once. */
  private readonly known = new WeakMap<object, Part>();

  pack(input: unknown): Packed {
    const contents = new Map<string, string>();
    const whole = this.part(input, 0);
    return { digest: whole.digest, plain: this.packed(whole, contents), contents };
  }

  private packed({ digest, text, plain, fields }: Part, contents: Map<string, string>): Plain {
    if (text !== undefined) {
      if (this.seen.has(digest)) {
        contents.set(digest, text);
        return contentMark(digest);
      }
      if (this.seen.size >= maxSeen) this.seen.clear();
      this.seen.add(digest);
    }
    if (!fields) return plain;
    return Object.fromEntries(fields.map(([name, part]) => [name, this.packed(part, contents)]));
  }

  private part(value: unknown, level: number): Part {
    const isObject = typeof value === 'object' && value !== null;
    const before = isObject ? this.known.get(value) : undefined;
    if (before) return before;
    const fields =
      isObject && level < depth && isRecord(value)
        ? Object.entries(value).map(([name, own]) => [name, this.part(own, level + 1)] as const)
        : undefined;
    const plain = fields ? Object.fromEntries(fields.map(([name, own]) => [name, own.plain])) : toPlain(value);
    // The whole is never referred to: its parts say what it is.
    if (fields && level === 0)
      return {
        digest: digestOf(JSON.stringify(fields.map(([n, p]) => [n, p.digest]))),
        plain,
        text: undefined,
        fields,
      };
    const text = JSON.stringify(plain);
    const part = { digest: digestOf(text), plain, text: text.length >= large ? text : undefined, fields };
    if (isObject && part.text !== undefined) this.known.set(value, part);
    return part;
  }
}

/** What is marked in its plain form is no record of fields. */
const isRecord = (value: object): boolean =>
  Object.getPrototypeOf(value) === Object.prototype && !Object.hasOwn(value, '$');
