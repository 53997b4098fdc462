// How a strategy stands against others after several rounds: what comparisons find and tables show.

/** Where something was not reached in half of the rounds, its median is +Infinity. */
export interface Standing {
  readonly strategy: string;
  readonly rounds: number;
  /** Of the objective. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** (median - bound) / bound; undefined where no bound is proven. */
  readonly distance: number | undefined;
  /** Evaluations per second, over all rounds. */
  readonly rate: number;
  /** Seconds to within 5 % and 1 % of the bound. */
  readonly to5: number;
  readonly to1: number;
  readonly proof: number;
  /** Seconds of the longest run: more than it had where a strategy looks at its clock too rarely. */
  readonly longest: number;
  /** Rounds (of every arena) in which nobody found better; who is level wins too. */
  readonly wins: number;
  readonly contests: number;
}
