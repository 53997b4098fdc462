// How many random cases each law is kept on, in one place: `npm test` takes the first number, `npm run test:long` the second.
// No law is left out of the short suite; where one is slow, it has fewer cases there, or smaller ones.
//
// MAGNET_CASES and MAGNET_SEED replace all of them, for files that are run alone:
//   MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/laws/optimum.test.ts

const numbers = {
  /** Small machines and layers that look at every mapping, once per solver. */
  optimum: [14, 40],
  certificates: [7, 20],
  /** Until two of them, or four, have what is looked for. */
  capacities: [80, 80],
  constraints: [14, 40],
  keeping: [10, 24],
  /** Mappings that a heuristic looks at to beat a proof. */
  'moves of a heuristic': [600, 4000],
  'moves against a bound': [700, 2000],
  exhaustive: [12, 30],
  encoded: [6, 12],
  /** Questions to native solvers. */
  scripts: [6, 12],
  /** Machines where some dimensions do not loop in time. */
  'untimed machines': [10, 20],
  /** Random layers on small templates, or on boxes of them. */
  'enumerate/optimum': [24, 60],
  'enumerate/items': [60, 120],
  'enumerate/columns': [16, 80],
  'enumerate/limits': [12, 24],
  'enumerate/cycles': [400, 400],
  /** Two nests of tiles each: numbers alone. */
  'enumerate/tile-bounds': [5000, 100_000],
  'enumerate/kernels': [100, 150],
  'enumerate/reuse': [100, 100],
  codesign: [8, 16],
  min: [16, 40],
  'codesign within limits of layers': [4, 8],
  incumbent: [6, 12],
  prove: [6, 12],
  fit: [20, 60],
  /** Combinations of a few columns. */
  network: [100, 1000],
  master: [40, 200],
  'layers in parts': [3, 6],
  /** Times that a batch is killed before it may end. */
  kills: [4, 6],
  /** Arithmetic alone. */
  'model/tiles': [200, 400],
  'model/time-split': [60, 100],
  'milp/tiles': [30, 60],
  /** Of each verb that a batch can do. */
  'command lines': [60, 300],
  /** ONNX graphs. */
  counts: [150, 150],
  /** Verilog: machines, pairs of layers and mappings on each, chains of layers, netlists. */
  'random machines': [5, 12],
  'random machines, pairs on each': [6, 8],
  'machines at their edges': [4, 8],
  'machines at their edges, pairs on each': [6, 12],
  'linted machines': [10, 30],
  chains: [20, 40],
  netlists: [8, 8],
} as const satisfies Readonly<Record<string, readonly [short: number, long: number]>>;
export type Sampled = keyof typeof numbers;

/** Whether the long suite runs. */
export const long = process.env['MAGNET_LONG'] !== undefined;

const given = (name: string): number | undefined =>
  process.env[name] === undefined ? undefined : Number(process.env[name]);

export const casesOf = (what: Sampled, variable = 'MAGNET_CASES'): number =>
  given(variable) ?? numbers[what][long ? 1 : 0];

/** Where samples begin; the same in every run that does not say otherwise. */
export const seedFrom = (usual: number): number => given('MAGNET_SEED') ?? usual;

/** A choice between what the short and the long suite take. */
export const inLong = <T>(more: T, fewer: T): T => (long ? more : fewer);
