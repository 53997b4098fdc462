// Law: ONNX files read and written without functions made from text are what protobufjs makes of them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/base/random.js';
import { builtinNetworks } from '../../src/workloads/builtin-networks.js';
import { modelCodec } from '../../src/workloads/onnx/codec.js';
import { exportOnnx } from '../../src/workloads/onnx/export.js';
import { modelCodec as plainCodec } from '../../src/workloads/onnx/plain-codec.js';
import { root } from '../support/built.js';

const filesIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => join(root, folder, name));

const files = [...filesIn('test'), ...filesIn('trained')].map((file) => [file.slice(root.length), file] as const);

/** Own fields only, whatever class they are of; bytes by their values. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      // Fields that nobody knows are kept by one, and those of one-ofs told.
      .filter((key) => !key.startsWith('$') && key !== 'value')
      .sort()
      .map((key) => [key, plain((value as Record<string, unknown>)[key])]),
  );
}

const outcome = (act: () => unknown): unknown => {
  try {
    return plain(act());
  } catch {
    return 'refused';
  }
};

describe('the plain codec', () => {
  test.each(files)('reads %s, and writes the same bytes again', (_, file) => {
    const bytes = new Uint8Array(readFileSync(file));
    const [one, other] = [modelCodec().decode(bytes), plainCodec().decode(bytes)];
    expect(plain(other)).toEqual(plain(one));
    expect(plain(plainCodec().encode(one).finish())).toBe(plain(modelCodec().encode(one).finish()));
    expect(plain(plainCodec().encode(other).finish())).toBe(plain(modelCodec().encode(one).finish()));
  });

  test.each(builtinNetworks.map((n) => [n.name, n] as const))('reads %s as it is exported', (_, network) => {
    const bytes = exportOnnx(network);
    expect(plain(plainCodec().decode(bytes))).toEqual(plain(modelCodec().decode(bytes)));
  });

  test('reads packed numbers in one part, in several, and cut short, as protobufjs does', () => {
    const packed = (...bytes: readonly number[]) => [0x22, bytes.length, ...bytes];
    const one = [0, 0, 128, 63];
    const tensors = [
      packed(...one, ...one),
      [...packed(...one), ...packed(...one), 0x25, ...one],
      packed(),
      packed(...one, 0, 0),
      packed(0, 0, 128),
    ];
    for (const tensor of tensors) {
      const graph = [0x2a, tensor.length, ...tensor];
      const bytes = new Uint8Array([0x3a, graph.length, ...graph]);
      const [of, by] = [modelCodec, plainCodec].map((codec) => outcome(() => codec().decode(bytes)));
      expect(by).toEqual(of);
    }
  });

  test('has the same defaults where nothing is given', () => {
    const attribute = { graph: { node: [{ opType: 'A', attribute: [{ name: 'x' }], input: ['a'] }] } };
    const bytes = modelCodec().encode(attribute).finish();
    const read = (codec: typeof modelCodec) =>
      (codec().decode(bytes) as { graph: { node: { attribute: Record<string, unknown>[] }[] } }).graph.node[0]!
        .attribute[0]!;
    const [one, other] = [read(modelCodec), read(plainCodec)];
    for (const field of ['f', 'type', 't', 'g', 'docString', 'floats', 'ints'])
      expect(other[field], field).toEqual(one[field]);
    expect(Number(other['i'])).toBe(Number(one['i']));
  });

  test('refuses what is cut off or damaged where protobufjs does, and reads the rest alike', () => {
    const bytes = Uint8Array.from(exportOnnx(builtinNetworks.find((n) => n.name === 'lenet')!));
    const random = seeded(7);
    const changed = Array.from({ length: 300 }, (_, i) => {
      const copy = bytes.slice(0, i % 3 === 0 ? Math.floor(random.next() * bytes.length) : bytes.length);
      if (i % 3 !== 0) copy[Math.floor(random.next() * copy.length)] = Math.floor(random.next() * 256);
      return copy;
    });
    let refused = 0;
    for (const own of changed) {
      const expected = outcome(() => modelCodec().decode(own));
      if (expected === 'refused') refused++;
      expect(outcome(() => plainCodec().decode(own))).toEqual(expected);
    }
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(300);
  });
});
