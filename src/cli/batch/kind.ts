// What a kind of job must be able to do to stand in a batch.

import type { Parsed } from '../../base/diagnostics.js';
import type { OpenJob } from '../../batch/batch-job.js';
import type { JobSpec, KindFields } from '../../interchange/job-file.js';
import type { MissingSolvers } from '../../tuner/compare/contestants.js';
import type { Runner } from '../../pool/tasks.js';
import type { TunerTasks } from '../../tuner/tuner-tasks.js';
import type { AnyVerb } from '../../options/option.js';
import type { Io } from '../io.js';

/** A question that has been read without a fault. */
export interface Prepared {
  readonly label: string;
  /** How limits were understood, a line each: said even where all else is quiet. */
  readonly understood: readonly string[];
  /** Text that stands for all that the answer depends on, but magnet itself. */
  readonly content: string;
  /** Likewise of each part, where there are several or others may have the same. */
  readonly parts: readonly string[];
  readonly open: (engine: Workers) => OpenJob;
}

/** What a job knows of where it is solved. */
export type Workers = Pick<Runner<TunerTasks>, 'run' | 'width'>;

export interface JobKind extends KindFields {
  /** The one that answers the same question. */
  readonly verb: AnyVerb;
  readonly prepare: (io: Io, spec: JobSpec, missing: MissingSolvers) => Parsed<Prepared>;
}
