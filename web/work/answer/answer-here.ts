// Answers in the worker of the page, with workers of its own: as many as there are processors, by the same script.

import { webWorkers } from 'magnet-accelerator';
import { bytesIn } from '../bytes-in.js';
import type { DeskTasks, Put } from '../desk-tasks.js';
import { withinMemory } from '../memory.js';
import { answer } from './answer.js';

/** By the name of the page, which hears by it what they fetch. */
const another = () => new Worker(self.location.href, { type: 'module', name: self.name });

export const answerHere: DeskTasks['answer'] = async ({ question, files }: Put, progress) =>
  withinMemory('this question', async () =>
    answer(
      question,
      await bytesIn(files),
      { workers: navigator.hardwareConcurrency, transport: webWorkers(another) },
      progress,
    ),
  );
