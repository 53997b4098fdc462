// Who can be asked by name, for options and forms: names alone, so that nobody is loaded who is not asked.

/** Who can be asked for a mapping by name; `auto` takes the one that suits the layer. The last six are heuristics. */
export const solverNames = [
  'auto',
  'highs',
  'glpk',
  'race',
  'native',
  'enumerate',
  'exhaustive',
  'annealing',
  'genetic',
  'bayesian',
  'hill-climbing',
  'random-pruned',
  'random',
] as const;
/** One of `solverNames`. */
export type SolverName = (typeof solverNames)[number];

/**
 * The search over machines that proves its answer, and the design heuristics: by name only,
 * for they take a while to load.
 */
export const machineReferee = 'codesign';
/** Who can take part in a comparison over a space: `codesign`, which proves its answer, and heuristics. */
export const machineContestants = [machineReferee, 'random', 'annealing', 'genetic', 'bayesian'] as const;
