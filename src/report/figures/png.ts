// Small pictures as PNG, inside a page: no filter and no compression, which a few thousand bytes do not need.
//
// W3C, Portable Network Graphics Specification (Third Edition), with the stored blocks of RFC 1951 in the frame of RFC 1950.

import { nth } from '../../base/invariant.js';

export interface Pixels {
  readonly columns: number;
  readonly rows: number;
  /** From 0 to 255, plane by plane, row by row: one plane of grey, or red, green and blue. */
  readonly values: readonly number[];
}

/** As an address that holds it. */
export const pngAddress = (pixels: Pixels): string =>
  `data:image/png;base64,${btoa(String.fromCharCode(...pngOf(pixels)))}`;

/** A stored block holds so many bytes at most. */
const largest = 65_535;

function pngOf({ columns, rows, values }: Pixels): readonly number[] {
  const planes = values.length / (columns * rows);
  const lines: number[] = [];
  for (let y = 0; y < rows; y++) {
    lines.push(0);
    for (let x = 0; x < columns; x++)
      for (let p = 0; p < planes; p++) lines.push(nth(values, (p * rows + y) * columns + x));
  }
  const grey = 0;
  const colours = 2;
  return [
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk('IHDR', [...word(columns), ...word(rows), 8, planes === 3 ? colours : grey, 0, 0, 0]),
    ...chunk('IDAT', stored(lines)),
    ...chunk('IEND', []),
  ];
}

const word = (n: number): readonly number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

function chunk(name: string, data: readonly number[]): readonly number[] {
  const body = [...Array.from(name, (c) => c.charCodeAt(0)), ...data];
  return [...word(data.length), ...body, ...word(crc(body))];
}

function stored(data: readonly number[]): readonly number[] {
  const blocks = Array.from({ length: Math.max(1, Math.ceil(data.length / largest)) }, (_, i) =>
    data.slice(i * largest, (i + 1) * largest),
  );
  const low = (n: number) => [n & 255, n >>> 8];
  let [a, b] = [1, 0];
  for (const v of data) {
    a = (a + v) % 65_521;
    b = (b + a) % 65_521;
  }
  return [
    ...[0x78, 0x01],
    ...blocks.flatMap((own, i) => [
      i === blocks.length - 1 ? 1 : 0,
      ...low(own.length),
      ...low(own.length ^ 0xffff),
      ...own,
    ]),
    ...word(((b << 16) | a) >>> 0),
  ];
}

function crc(data: readonly number[]): number {
  let rest = 0xffffffff;
  for (const v of data) {
    rest ^= v;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}
