// Objects with fields, among what was read and may be anything.

export type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (x: unknown): x is Fields => typeof x === 'object' && x !== null && !Array.isArray(x);
