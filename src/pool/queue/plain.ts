// Values that survive a thread boundary, as values that survive JSON: numbers that JSON has not, what is undefined, maps,
// sets and typed arrays are marked.

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** An object of this one key is something marked: `{"$": [kind, ...]}`. */
const mark = '$';

const arrays = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;
type ArrayName = keyof typeof arrays;

const marked = (...what: readonly Plain[]): Plain => ({ [mark]: what });

/** Throws where a value is no data. */
export function toPlain(value: unknown): Plain {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : marked('number', numberText(value));
    case 'undefined':
      return marked('undefined');
    case 'bigint':
      return marked('bigint', String(value));
    case 'object':
      return value === null ? null : plainObject(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be handed to a queue`);
  }
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function plainObject(value: object): Plain {
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return marked('Map', [...value].map(toPlain));
  if (value instanceof Set) return marked('Set', [...value].map(toPlain));
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return marked(value.constructor.name, Buffer.from(bytes).toString('base64'));
  }
  const plain = Object.fromEntries(Object.entries(value).map(([name, own]) => [name, toPlain(own)]));
  return Object.hasOwn(value, mark) ? marked('object', plain) : plain;
}

/** `contents`: what stands where another text is referred to. */
export function fromPlain(plain: Plain, contents?: (digest: string) => unknown): unknown {
  const back = (inner: Plain): unknown => fromPlain(inner, contents);
  if (typeof plain !== 'object' || plain === null) return plain;
  if (isList(plain)) return plain.map(back);
  if (!Object.hasOwn(plain, mark)) return fieldsOf(plain, back);
  const [kind, what] = plain[mark] as readonly [string, Plain];
  switch (kind) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(what);
    case 'bigint':
      return BigInt(what as string);
    case 'Map':
      return new Map(back(what) as [unknown, unknown][]);
    case 'Set':
      return new Set(back(what) as unknown[]);
    case 'object':
      return fieldsOf(what as Readonly<Record<string, Plain>>, back);
    case 'content':
      if (contents) return contents(what as string);
  }
  if (!Object.hasOwn(arrays, kind)) throw new TypeError(`a queue has handed over a value of the unknown kind ${kind}`);
  const bytes = new Uint8Array(Buffer.from(what as string, 'base64'));
  return new arrays[kind as ArrayName](bytes.buffer);
}

const isList = (plain: Plain): plain is readonly Plain[] => Array.isArray(plain);

const fieldsOf = (plain: Readonly<Record<string, Plain>>, back: (inner: Plain) => unknown): unknown =>
  Object.fromEntries(Object.entries(plain).map(([name, own]) => [name, back(own)]));

/** Stands for a text that is kept elsewhere. */
export const contentMark = (digest: string): Plain => marked('content', digest);

/** The texts that a value refers to, those that they refer to not among them. */
export function contentsIn(plain: Plain, found = new Set<string>()): ReadonlySet<string> {
  if (typeof plain !== 'object' || plain === null) return found;
  if (isList(plain)) for (const one of plain) contentsIn(one, found);
  else if (Object.hasOwn(plain, mark)) {
    const [kind, what = null] = plain[mark] as readonly [string, Plain?];
    if (kind === 'content') found.add(what as string);
    else contentsIn(what, found);
  } else for (const one of Object.values(plain)) contentsIn(one, found);
  return found;
}
