// A question answered by the library, as texts of files and the report's own section; it runs in a worker of the page, or
// in Node where the first example is made.

import type { Parsed } from 'magnet-accelerator';
import { printDiagnostic, report } from 'magnet-accelerator';
import type { Asked } from '../ask/ask.js';
import { asked } from '../ask/ask.js';
import type { Files } from '../ask/given.js';
import type { Answer, Question } from '../question.js';
import { codesigned } from './codesign.js';
import { compared } from './compare.js';
import type { Calls, Found, Tell } from './found.js';
import { mapped } from './map.js';
import { proved } from './prove.js';
import { scheduled } from './schedule.js';

/** Rejects with what is wrong with the question, a line for each fault. */
export async function answer(question: Question, files: Files, calls: Calls, progress: Tell): Promise<Answer> {
  const read = sound(asked(question, files));
  const begin = performance.now();
  const found = await answered(read, calls, progress);
  return {
    ...found,
    question,
    command: read.command,
    seconds: (performance.now() - begin) / 1000,
    machine: 'machine' in read ? read.machine?.file : undefined,
    section: sectionOf(found.result),
  };
}

export function sound<T>(p: Parsed<T>): T {
  if (!p.ok) throw new Error([...new Set(p.diagnostics.map(printDiagnostic))].join('\n'));
  return p.value;
}

async function answered(read: Asked, calls: Calls, progress: Tell): Promise<Found> {
  switch (read.verb) {
    case 'map':
      return mapped(read, calls, progress);
    case 'schedule':
      return scheduled(read, calls, progress);
    case 'codesign':
      return codesigned(read, calls, progress);
    case 'prove':
      return proved(read, calls, progress);
    case 'compare':
      return compared(read, calls, progress);
    case 'quantize':
      return (await import('./quantize.js')).quantizedHere(read, calls, progress);
    case 'accuracy':
      return (await import('./accuracy.js')).accuracyHere(read, calls, progress);
  }
}

/** A report of one result has one section, and texts in it are escaped. */
export function sectionOf(result: string): string {
  const { html } = sound(report([result]));
  return html.slice(html.indexOf('<main>') + '<main>'.length, html.lastIndexOf('</main>'));
}
