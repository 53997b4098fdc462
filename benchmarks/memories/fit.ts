// Fits the shape of memories to the macros of sg13g2.json: npx tsx benchmarks/memories/fit.ts. Least squares of relative errors.

import { readFileSync } from 'node:fs';

type Row = readonly [string, number, number, number, number, number, number];
const { source, macros } = JSON.parse(readFileSync(new URL('sg13g2.json', import.meta.url), 'utf8')) as {
  source: string;
  macros: readonly Row[];
};

/** The solution of the normal equations of `rows` x = `right`, by elimination with pivots. */
function leastSquares(rows: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const n = rows[0]!.length;
  const at = (i: number, j: number) => rows.reduce((s, r, k) => s + r[i]! * (j < n ? r[j]! : right[k]!), 0);
  const m = Array.from({ length: n }, (_, i) => Array.from({ length: n + 1 }, (__, j) => at(i, j)));
  for (let i = 0; i < n; i++) {
    const pivot = m.reduce((best, row, k) => (k >= i && Math.abs(row[i]!) > Math.abs(m[best]![i]!) ? k : best), i);
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    for (const [k, row] of m.entries()) {
      const share = row[i]! / m[i]![i]!;
      if (k !== i) for (let j = i; j <= n; j++) row[j]! -= share * m[i]![j]!;
    }
  }
  return m.map((row, i) => row[n]! / row[i]!);
}

const energyTerms = ([, words, width, mux]: Row) => {
  const rows = words / mux;
  return [1, rows, width, width * mux * rows ** 0.6];
};
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((s, x, i) => s + x * b[i]!, 0);
const energy = leastSquares(
  macros.map((m) => energyTerms(m).map((x) => x / m[6])),
  macros.map(() => 1),
);
const height = leastSquares(
  macros.map(([, words, , mux]) => [1, words / mux]),
  macros.map((m) => m[4]),
);
const width = leastSquares(
  macros.map(([, , bits, mux]) => [1, bits * mux]),
  macros.map((m) => m[5]),
);

const percent = (x: number) => `${(100 * x).toFixed(1).padStart(5)} %`;
console.log(source, '\n\nmacro                    energy     area');
for (const m of macros) {
  const [name, words, bits, mux, h, w, pJ] = m;
  const area = dot(height, [1, words / mux]) * dot(width, [1, bits * mux]);
  console.log(name.padEnd(22), percent(dot(energy, energyTerms(m)) / pJ - 1), ' ', percent(area / (h * w) - 1));
}
const three = (x: number) => x.toPrecision(3);
console.log(
  `\naccess ${three(energy[0]!)}, row ${three(energy[1]!)}, bit ${three(energy[2]!)}, column ${three(energy[3]!)} pJ`,
);
console.log(`overhead: ${three(height[0]! / height[1]!)} rows, ${three(width[0]! / width[1]!)} columns`);
