// Answers in the worker of the page, with workers of its own: as many as there are processors, by the same script.

import { webWorkers } from 'magnet-accelerator';
import { answer } from './answer.js';
import { bytesIn } from './bytes-in.js';
import type { DeskTasks, Put } from './desk-tasks.js';

const another = () => new Worker(self.location.href, { type: 'module', name: 'magnet task' });

export const answerHere: DeskTasks['answer'] = async ({ question, file }: Put, progress) =>
  answer(
    question,
    await bytesIn(file),
    { workers: navigator.hardwareConcurrency, transport: webWorkers(another) },
    progress,
  );
