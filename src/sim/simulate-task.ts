// The simulation of one layer as a task for a worker thread: plain data in, plain data out.

export { simulateLayer as simulateTask } from './simulate.js';
