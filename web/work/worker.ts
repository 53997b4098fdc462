// The one script of all workers of the page: the page's own tasks and the library's.

import { serveTasks, simTasks, tunerTasks } from 'magnet-accelerator';
import { deskTasks } from './desk-tasks.js';

serveTasks([deskTasks, tunerTasks, simTasks]);
