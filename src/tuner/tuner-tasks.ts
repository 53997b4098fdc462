// What layers, networks and spaces are asked, as tasks for workers: who does each, and how long it may stay silent.

import type { TaskModule } from '../pool/tasks.js';
import type { z3Task } from '../smt/z3-task.js';
import type { certifyTask } from './certify-task.js';
import type { certifyShape } from './codesign/certify-shape.js';
import type { codesignTask } from './codesign/codesign-task.js';
import type { elasticitiesTask } from './codesign/elasticities-task.js';
import type { ShapeTasks } from './codesign/shape-task.js';
import type { contestTask } from './compare/contest-task.js';
import type { machineContestTask } from './compare/machine-contest.js';
import type { mapTask } from './map-task.js';
import type { columnsTask } from './network/columns-task.js';
import type { minimumTask } from './prove/minimum-task.js';
import type { proveTask } from './prove/prove-task.js';
import { clock } from '../base/clock.js';

/** What workers are asked about layers, networks and spaces. */
export interface TunerTasks extends ShapeTasks {
  readonly map: typeof mapTask;
  readonly certify: typeof certifyTask;
  readonly certifyShape: typeof certifyShape;
  readonly minimum: typeof minimumTask;
  readonly columns: typeof columnsTask;
  readonly z3: typeof z3Task;
  readonly elasticities: typeof elasticitiesTask;
  readonly codesign: typeof codesignTask;
  readonly prove: typeof proveTask;
  readonly contest: typeof contestTask;
  readonly machineContest: typeof machineContestTask;
}

/** Who works looks at the clock now and then: after its time and these seconds more it is taken for hung. */
const grace = {
  /** Z3 looks often. */
  z3: 2,
  /** Of one layer: solvers look between nodes. */
  layer: 60,
  /** Of whole searches: what is done for a machine at their end has no clock. */
  search: 300,
};
/**
 * Seconds: parts of a search over machines have slices of seconds; one that is silent for so long is
 * lost, and its shape stays open.
 */
const silence = () => 900;

const shapes = () => import('./codesign/shape-task.js');

/** The table of `TunerTasks`, for `serveTasks` and pools. */
export const tunerTasks: TaskModule<TunerTasks> = {
  url: import.meta.url,
  name: 'tunerTasks',
  tasks: {
    floors: { load: async () => (await shapes()).floors, patience: silence },
    advance: { load: async () => (await shapes()).advance, patience: silence },
    machineAt: { load: async () => (await shapes()).machineAt, patience: silence },
    sketch: { load: async () => (await shapes()).sketch, patience: silence },
    elasticities: {
      load: async () => (await import('./codesign/elasticities-task.js')).elasticitiesTask,
      patience: silence,
    },
    map: {
      load: async () => (await import('./map-task.js')).mapTask,
      patience: ({ budget }) => budget.time + grace.layer,
    },
    certify: {
      load: async () => (await import('./certify-task.js')).certifyTask,
      patience: ({ budget }) => budget.time + grace.layer,
    },
    certifyShape: {
      load: async () => (await import('./codesign/certify-shape.js')).certifyShape,
      patience: ({ seconds }) => seconds + grace.search,
    },
    minimum: {
      load: async () => (await import('./prove/minimum-task.js')).minimumTask,
      patience: ({ until }) => Math.max(0, (until - clock()) / 1000) + grace.layer,
    },
    columns: {
      load: async () => (await import('./network/columns-task.js')).columnsTask,
      patience: ({ until }) => Math.max(0, (until - clock()) / 1000) + grace.layer,
    },
    z3: {
      load: async () => (await import('../smt/z3-task.js')).z3Task,
      patience: ({ seconds }) => seconds + grace.z3,
    },
    codesign: {
      load: async () => (await import('./codesign/codesign-task.js')).codesignTask,
      patience: ({ timeLimit }) => timeLimit + grace.search,
    },
    prove: {
      load: async () => (await import('./prove/prove-task.js')).proveTask,
      patience: ({ timeLimit }) => timeLimit + grace.search,
    },
    contest: {
      load: async () => (await import('./compare/contest-task.js')).contestTask,
      patience: ({ budget }) => budget.time + grace.layer,
    },
    machineContest: {
      load: async () => (await import('./compare/machine-contest.js')).machineContestTask,
      patience: ({ request }) => request.timeLimit + grace.layer,
    },
  },
};
