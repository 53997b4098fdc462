// The program of a layer for its energy alone: what no mapping goes below there bounds the cycles of products of both.

import type { Architecture } from '../model/machine/architecture.js';
import type { Program } from '../program/program.js';
import type { Task } from '../search/strategy.js';
import { encode } from './encode/encode.js';
import { padTo } from './encode/padding.js';
import { beyondAny } from './first-principles.js';

/** Limits and objective of the task are left aside. */
export const energyProgram = (task: Task, a: Architecture): Program =>
  encode(a, task.layer, {
    conventions: task.conventions,
    goal: { objective: 'energy', limits: {} },
    padding: padTo(task.padding),
    cycles: { min: 1, max: beyondAny(task, a) },
  }).program;
