// A question as a link, and back: only what a question has is taken from one, whatever else it says.

import type { Question } from '../work/question.js';
import { firstQuestion, residencies, subjects, verbs } from '../work/question.js';

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

/** What a form has as text or as a flag is so here, and nothing else. */
function taken(data: Readonly<Record<string, unknown>>): Question {
  const known = Object.entries(firstQuestion).map(([name, usual]: [string, unknown]) => {
    const value = data[name];
    return [name, typeof value === typeof usual && typeof value !== 'object' ? value : usual] as const;
  });
  const { verb, over, residency, edits, limits } = data;
  return {
    ...(Object.fromEntries(known) as unknown as Question),
    verb: verbs.find((v) => v === verb) ?? firstQuestion.verb,
    over: subjects.find((s) => s === over) ?? firstQuestion.over,
    residency: residencies.find((r) => r === residency) ?? firstQuestion.residency,
    edits: typeof edits === 'object' && edits !== null ? texts(edits) : {},
    limits: Array.isArray(limits) ? limits.filter((limit) => typeof limit === 'string') : [],
  };
}

const texts = (data: object): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(data).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
