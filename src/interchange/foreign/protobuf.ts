// Protocol buffers told apart by the fields of their outermost message, without knowing what is in them.

/**
 * Which fields there are, as varint or with a length; undefined where the bytes are no such message from first to last.
 */
export function outerFields(bytes: Uint8Array): ReadonlyMap<number, 'varint' | 'bytes' | 'fixed'> | undefined {
  const fields = new Map<number, 'varint' | 'bytes' | 'fixed'>();
  let at = 0;
  const varint = (): number | undefined => {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag < 8) return undefined;
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) {
      if (varint() === undefined) return undefined;
      fields.set(field, 'varint');
    } else if (wire === 2) {
      const length = varint();
      if (length === undefined || at + length > bytes.length) return undefined;
      at += length;
      fields.set(field, 'bytes');
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
      fields.set(field, 'fixed');
    } else return undefined;
  }
  return at === bytes.length && fields.size > 0 ? fields : undefined;
}

/** ModelProto: a version, a graph, and nothing that it does not have. */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  const fields = outerFields(bytes);
  const known = [1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26];
  return (
    fields?.get(7) === 'bytes' &&
    (fields.get(1) ?? 'varint') === 'varint' &&
    [...fields.keys()].every((n) => known.includes(n))
  );
}
