// How many random cases each law is kept on, in one place: `npm test` takes the first number, `npm run test:long` the second.
// No law is left out of the short suite; where one is slow, it has fewer cases there, or smaller ones.
//
// MAGNET_CASES and MAGNET_SEED replace all of them, for files that are run alone:
//   MAGNET_SEED=7 MAGNET_CASES=1000 npx vitest run test/laws/optimum.test.ts

const numbers = {
  /** Small machines and layers that look at every mapping, once per solver. */
  optimum: [7, 40],
  certificates: [4, 20],
  'certificates of spaces': [8, 60],
  /** Until two of them, or four, have what is looked for. */
  capacities: [80, 80],
  constraints: [9, 40],
  keeping: [5, 24],
  /** Mappings that a heuristic looks at to beat a proof. */
  'moves of a heuristic': [300, 4000],
  'moves against a bound': [300, 2000],
  exhaustive: [6, 30],
  encoded: [4, 12],
  /** Questions to native solvers. */
  scripts: [3, 12],
  /** Machines where some dimensions do not loop in time. */
  'untimed machines': [5, 20],
  /** Random layers on small templates, or on boxes of them. */
  'enumerate/optimum': [8, 60],
  'enumerate/items': [30, 120],
  'enumerate/columns': [8, 80],
  'enumerate/limits': [12, 24],
  'enumerate/sums': [60, 400],
  'enumerate/cycles': [200, 400],
  /** Two nests of tiles each: numbers alone. */
  'enumerate/tile-bounds': [5000, 100_000],
  'enumerate/kernels': [100, 150],
  'enumerate/reuse': [100, 100],
  codesign: [4, 16],
  min: [5, 40],
  'codesign within limits of layers': [3, 8],
  incumbent: [3, 12],
  'lines of a terminal': [20, 500],
  prove: [3, 12],
  totals: [16, 100],
  /** Four fronts each. */
  'fronts that learn': [6, 40],
  /** Six answers each. */
  'whoever is first': [4, 60],
  fit: [12, 60],
  /** Combinations of a few columns. */
  network: [100, 1000],
  prices: [400, 10_000],
  'columns at least': [12, 200],
  master: [40, 200],
  'layers in parts': [3, 6],
  'layers in blocks': [4, 20],
  'folded layers': [3, 12],
  'split layers': [3, 12],
  'machines that split': [3, 20],
  /** Arithmetic alone: every fold of each. */
  'sums of folds': [40, 400],
  /** Times that a batch is killed before it may end. */
  kills: [2, 6],
  /** Arithmetic alone. */
  'model/tiles': [120, 400],
  'model/time-split': [60, 100],
  'milp/tiles': [30, 60],
  /** Of each verb that a batch can do. */
  'command lines': [30, 300],
  /** ONNX graphs. */
  counts: [100, 150],
  /** Graphs made of random ONNX graphs, and run. */
  'network graphs': [60, 600],
  /** Run by ONNX Runtime. */
  'networks in QDQ': [12, 400],
  /** Verilog: machines, pairs of layers and mappings on each, chains of layers, netlists. */
  'random machines': [3, 12],
  'random machines, pairs on each': [3, 8],
  'machines at their edges': [3, 8],
  'machines at their edges, pairs on each': [3, 12],
  'machines that keep tensors': [4, 40],
  'machines that keep tensors, chains on each': [8, 20],
  'graphs that keep tensors': [16, 80],
  'graphs in bands that keep tensors': [28, 120],
  'graphs of half the bits that keep tensors': [10, 80],
  'graphs in bands': [150, 2000],
  'blocks on random machines': [4, 24],
  'blocks on random machines, pairs on each': [5, 20],
  'folds on random machines': [4, 24],
  'folds on random machines, pairs on each': [5, 20],
  'random machines on AXI': [1, 12],
  'random machines on AXI, pairs on each': [3, 8],
  'machines at their edges on AXI': [1, 8],
  'machines at their edges on AXI, pairs on each': [3, 12],
  'linted machines': [3, 30],
  'networks on machines': [2, 20],
  'networks on machines that split': [2, 12],
  'networks on machines, graphs on each': [3, 50],
  chains: [10, 40],
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
