// The checkpoint of a co-design: what is proven so far, and of which question, so that a later run begins there.

import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { DesignPoint } from '../model/space/design-space.js';
import { printJson } from './json-print.js';
import { check, nonNegative, record, text, whole } from './schema.js';
import { filedOf } from './template-fields.js';

const checkpointSchema = 'magnet-codesign-checkpoint/2';

/** Every part of a question that its answer depends on, under the name that a user knows it by; compared as text. */
export type Question = Readonly<Record<string, string>>;

export interface CurveState {
  readonly seconds: number;
  readonly best: number;
  readonly bound: number;
  readonly nodes: number;
  readonly shapes: number;
  readonly open: number;
  readonly point?: DesignPoint;
}

/** Best values may be infinite, and bounds minus infinite: JSON has null for both. */
export interface CheckpointData {
  readonly schema: typeof checkpointSchema;
  readonly request: string;
  readonly seconds: number;
  readonly best: DesignPoint | undefined;
  readonly shapes: readonly { readonly key: string; readonly bound: number | null; readonly closed: boolean }[];
  readonly curve: readonly CurveState[];
}

export interface CheckpointFile {
  readonly question: Question;
  readonly checkpoint: CheckpointData;
}

const point = () =>
  record(
    'a point',
    filedOf(nonNegative, (value) => value),
  );

const file = record('a checkpoint', {
  schema: z.literal(checkpointSchema),
  question: z.record(z.string(), z.string(), { error: 'expected what was asked: {name: text}' }),
  request: text(),
  seconds: nonNegative(),
  best: point().nullable(),
  shapes: z.array(record('a shape', { key: text(), bound: z.number().nullable(), closed: z.boolean() }), {
    error: 'expected the list of shapes',
  }),
  curve: z.array(
    record('state', {
      seconds: nonNegative(),
      best: z.number().nullable(),
      bound: z.number().nullable(),
      nodes: whole(0),
      shapes: whole(0),
      open: whole(0),
      point: point().optional(),
    }),
    { error: 'expected the list of states' },
  ),
});

export function parseCheckpoint(data: unknown): Parsed<CheckpointFile> {
  const given: unknown = typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;
  if (given !== checkpointSchema) {
    const known = typeof given === 'string' && given.startsWith('magnet-codesign-checkpoint/');
    return known
      ? refuse(
          'other-version',
          [],
          `${given}: this magnet reads ${checkpointSchema}; begin anew, or use the magnet that wrote it`,
        )
      : refuse(
          'malformed',
          [],
          'expected a checkpoint, which "magnet codesign --checkpoint FILE" writes; name another file',
        );
  }
  const checked = check(file, data);
  if (!checked.ok) return checked;
  const { question, best, curve, ...rest } = checked.value;
  return parsed({
    question,
    checkpoint: {
      ...rest,
      best: best ?? undefined,
      curve: curve.map(({ point: p, ...n }) => ({
        ...n,
        best: n.best ?? Infinity,
        bound: n.bound ?? -Infinity,
        ...(p && { point: p }),
      })),
    },
  });
}

/** What `parseCheckpoint` reads back as the same. */
export function printCheckpoint({ question, checkpoint: { schema, best, curve, ...rest } }: CheckpointFile): string {
  // Numbers that JSON has no word for become null by its own rule.
  return `${printJson({ schema, question, ...rest, best: best ?? null, curve })}\n`;
}

/** Empty where both ask the same; else a finding for every difference. */
export function differences(then: Question, now: Question): readonly Diagnostic[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(then)])];
  return names.flatMap((name) =>
    then[name] === now[name]
      ? []
      : [
          {
            code: 'other-request',
            path: [],
            message: `${name}: was ${then[name] ?? 'not asked'}, is ${now[name] ?? 'not asked'}`,
          },
        ],
  );
}

export const refuseOther = (found: readonly Diagnostic[]): Parsed<never> =>
  refused([
    {
      code: 'other-request',
      path: [],
      message:
        `belongs to another request (${found.map((d) => d.message).join('; ')}); ask the same again, ` +
        'or name another file',
    },
  ]);
