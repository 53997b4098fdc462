// What a kind of job must be able to do to stand in a batch, and what kinds have in common.

import type { Parsed } from '../../base/diagnostics.js';
import { refuse } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { OpenJob, JobOutcome } from '../../batch/batch-job.js';
import type { JobSpec, KindFields } from '../../interchange/job-file.js';
import type { AnyVerb } from '../../options/option.js';
import { onlyIn } from '../../options/shared.js';
import type { Runner } from '../../pool/tasks.js';
import type { Task } from '../../search/strategy.js';
import type { MissingSolvers } from '../../tuner/compare/contestants.js';
import { askOn } from '../../tuner/on-workers.js';
import type { TunerTasks } from '../../tuner/tuner-tasks.js';
import type { ProveSchedulesAsked } from '../../library/prove-schedules.js';
import type { Explaining } from '../../library/why-infeasible.js';
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

/** What the names of network and machine say already. */
const plain = ['network', 'arch', 'space'];
/** Flags that go without saying. */
const usual: Readonly<Record<string, boolean>> = {
  padding: true,
  diagonal: true,
  folds: true,
  layersOnly: false,
  keepAll: false,
  certify: false,
  sharedMappings: false,
};

/** A job is one part for one worker; samples would be run for each anew. */
export const measuredAlone = (verb: string): Parsed<never> =>
  refuse('not-covered', ['limit'], onlyIn(verb, 'accuracy-loss is measured for one search at a time'));

/** `resnet50 on simba, edp, latency=2ms`. Values that say nothing alone have their field's name with them. */
export function labelOf({ values, telling }: JobSpec, network: string, machine: string): string {
  const said = Object.entries(values).flatMap(([name, value]) => {
    if (plain.includes(name) || !telling.includes(name)) return [];
    if (typeof value === 'boolean') return value === usual[name] ? [] : [value ? name : `no ${name}`];
    if (Array.isArray(value)) return name === 'limit' ? (value as readonly string[]) : [`${name} ${value.join(' ')}`];
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).map(([of, n]) => `${name} ${of}=${String(n)}`);
    return [name === 'objective' ? String(value) : `${name} ${String(value)}`];
  });
  return [`${network} on ${machine}`, ...said].join(', ');
}

/** What an answer with schedules depends on beside the request. */
export const asScheduled = (asked: ProveSchedulesAsked) => ({
  graphs: 'networks' in asked ? asked.networks.map(({ graph }) => graph) : [asked.graph],
  folds: asked.folds,
});

/** Job files have no version: what one from before means by the word is said. */
export function edpNote({ values }: JobSpec, network: string): readonly string[] {
  const { objective, limit } = values;
  const limits = Array.isArray(limit) ? limit.filter((text) => typeof text === 'string') : [];
  const said = [
    ...(objective === 'edp' ? ['--objective edp'] : []),
    ...limits.filter((text) => /^\s*edp\s*[<=]/.test(text)).map((text) => `--limit ${text}`),
  ];
  return said.map(
    (what) =>
      `note: ${what}: energy x delay of ${network} as a whole; the sum of the layers' own, which was called edp before, is ` +
      'layer-edp',
  );
}

/** `budget`: whatever else their answers depend on. A template says more shortly what its arrangements are. */
export const sharedBy = (
  { machine, architectures, conventions, goal, padding }: Omit<Task, 'layer'>,
  budget: readonly unknown[],
): string =>
  digest(
    JSON.stringify([
      machine ?? architectures,
      conventions,
      goal.objective,
      Object.entries(goal.limits).sort(),
      padding,
      ...budget,
    ]),
  );

/** A lost worker is a part to be tried again where it solves, and no reason where it asks. */
export const explainingIn = (run: Workers['run'], now: () => number): Explaining => ({
  now,
  solve: (task, solver, budget) => run('map', { task, solver, budget }),
  ask: askOn({ run }),
});

export interface Single<T> extends Pick<Prepared, 'understood'> {
  readonly label: string;
  readonly content: string;
  /** The worker's answer as a result: plain data that is the same in every run but for times. */
  readonly solve: (run: Workers['run']) => Promise<T>;
  readonly conclude: (result: T) => Omit<JobOutcome, 'result'>;
}

export const onePart = <T>({ label, understood, content, solve, conclude }: Single<T>): Prepared => ({
  label,
  understood,
  content,
  parts: [content],
  open: ({ run }) => ({
    parts: [{ label, solve: () => solve(run) }],
    conclude: ([answer]) => ({ ...conclude(answer as T), result: answer }),
  }),
});
