// The simulation of one layer, or of a chain of them, as a task for a worker thread: plain data in, plain data out.

export { simulateLayer as simulateTask } from './simulate.js';

export { simulateChain as chainTask } from './chain.js';
