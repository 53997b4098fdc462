// What coordinator and workers say to each other through Redis: keys, tasks, answers, and how long each is kept.

import type { Plain } from './plain.js';

/** Before every key. */
export const prefix = 'magnet';

/** Workers of one version never see the tasks of another. Bull's names have no colon. */
export const queueName = (version: string): string => `tasks-${version.replaceAll(':', '-')}`;

export const keys = {
  content: (digest: string) => `${prefix}:content:${digest}`,
  /** Says that somebody still asks; it goes away by itself. */
  lease: (owner: string) => `${prefix}:lease:${owner}`,
  leases: `${prefix}:leases`,
  worker: (id: string) => `${prefix}:worker:${id}`,
  workers: `${prefix}:workers`,
};

/** Seconds. */
export const kept = {
  /** Longer than any run hands over nothing; what is gone is asked for again. */
  content: 24 * 3600,
  /** Answers whose coordinator was killed: the same command finds them. */
  answer: 3600,
  /** A coordinator that was killed may be started again meanwhile. */
  lease: 30,
  worker: 10,
};

/** How often a task is begun before it is set aside. */
export const maxTries = 3;

export interface TaskData {
  readonly owner: string;
  readonly table: string;
  readonly name: string;
  readonly input: Plain;
  /** By a worker of its own. */
  readonly fresh: boolean;
  readonly progress: boolean;
}

export type AnswerData =
  | { readonly kind: 'answer'; readonly value: Plain }
  /** The task itself threw: so it would anywhere. */
  | { readonly kind: 'thrown'; readonly message: string }
  /** Not done: texts are missing, the worker was asked to end, or nobody seemed to ask any more. It is handed over again. */
  | { readonly kind: 'back'; readonly missing: readonly string[] };

export interface Lease {
  readonly version: string;
}

/** What a worker says of itself every second. */
export interface WorkerFigures {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** Tasks at a time, and those at work now. */
  readonly width: number;
  readonly active: number;
  readonly done: number;
  readonly failed: number;
  /** Since it began, and what of that its threads were at work, added up. */
  readonly seconds: number;
  readonly busySeconds: number;
}
