// A question as a link, and back: only what a question has is taken from one, whatever else it says.

import type { Question, VerbName } from '../work/question.js';
import { firstQuestion, verbs } from '../work/question.js';

const sign = '#q=';

export const linkOf = (question: Question): string => sign + encodeURIComponent(JSON.stringify(question));

/** Undefined where it holds no question. */
export function questionIn(hash: string): Question | undefined {
  if (!hash.startsWith(sign)) return undefined;
  try {
    const data: unknown = JSON.parse(decodeURIComponent(hash.slice(sign.length)));
    return typeof data === 'object' && data !== null ? taken(data as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function taken(data: Readonly<Record<string, unknown>>): Question {
  const text = (name: 'network' | 'machine' | 'space' | 'objective' | 'timeLimit') => {
    const value = data[name];
    return typeof value === 'string' ? value : firstQuestion[name];
  };
  const flag = (name: 'padding' | 'folds') => data[name] !== false;
  const { verb, edits, limits } = data;
  return {
    verb: verbs.includes(verb as VerbName) ? (verb as VerbName) : firstQuestion.verb,
    network: text('network'),
    machine: text('machine'),
    edits: typeof edits === 'object' && edits !== null ? texts(edits) : {},
    space: text('space'),
    objective: text('objective'),
    limits: Array.isArray(limits) ? limits.filter((limit) => typeof limit === 'string') : [],
    padding: flag('padding'),
    folds: flag('folds'),
    timeLimit: text('timeLimit'),
  };
}

const texts = (data: object): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(data).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
