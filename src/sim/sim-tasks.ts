// Simulation and synthesis as tasks for workers.

import type { TaskModule } from '../pool/tasks.js';
import type { runNetwork } from './network-run.js';
import type { emitTask } from './emit-task.js';
import type { simulateChain } from './chain.js';
import type { simulateLayer } from './simulate.js';
import type { synthTask } from './synth/synth-task.js';

/** What workers are asked about hardware. */
export interface SimTasks {
  readonly emit: typeof emitTask;
  readonly simulate: typeof simulateLayer;
  readonly chain: typeof simulateChain;
  readonly network: typeof runNetwork;
  readonly synth: typeof synthTask;
}

/** Seconds, the longest that a timer can wait: large layers take hours, and Ctrl-C ends them. */
const patience = () => 2_000_000;

/** The table of `SimTasks`, for `serveTasks` and pools. */
export const simTasks: TaskModule<SimTasks> = {
  url: import.meta.url,
  name: 'simTasks',
  tasks: {
    emit: { load: async () => (await import('./emit-task.js')).emitTask, patience },
    simulate: { load: async () => (await import('./simulate.js')).simulateLayer, patience },
    chain: { load: async () => (await import('./chain.js')).simulateChain, patience },
    network: { load: async () => (await import('./network-run.js')).runNetwork, patience },
    synth: { load: async () => (await import('./synth/synth-task.js')).synthTask, patience },
  },
};
