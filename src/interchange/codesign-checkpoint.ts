// The checkpoint of a co-design, or of a front of many: what is proven so far, and of which question, so that a later run
// begins there.

import { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import type { DesignPoint } from '../model/space/design-space.js';
import { printJson } from './json-print.js';
import { check, nonNegative, record, text, whole } from './schema.js';
import { filedOf } from './template-fields.js';

const checkpointSchema = 'magnet-codesign-checkpoint/2';
const frontSchema = 'magnet-codesign-front-checkpoint/1';

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

export interface FrontCheckpointFile {
  readonly question: Question;
  /** Of the points between both ends, in the order of their searches; undefined where an end is not known yet. */
  readonly limits: readonly number[] | undefined;
  /** Of each search that was begun, in their order. */
  readonly searches: readonly CheckpointData[];
}

const point = () =>
  record(
    'a point',
    filedOf(nonNegative, (value) => value),
  );

const question = () => z.record(z.string(), z.string(), { error: 'expected what was asked: {name: text}' });

const search = {
  schema: z.literal(checkpointSchema),
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
};

export const checkpointForm = record('a checkpoint', { ...search, question: question() });

export const frontCheckpointForm = record('a checkpoint of a front', {
  schema: z.literal(frontSchema),
  question: question(),
  limits: z.array(nonNegative(), { error: 'expected the list of limits, or null' }).nullable(),
  searches: z.array(record('a search', search), { error: 'expected the list of searches' }),
});

export function parseCheckpoint(data: unknown): Parsed<CheckpointFile> {
  const refusal = wrongSchema(data, checkpointSchema, frontSchema, 'of a front: ask with --pareto');
  if (refusal) return refusal;
  const checked = check(checkpointForm, data);
  if (!checked.ok) return checked;
  const { question: asked, ...rest } = checked.value;
  return parsed({ question: asked, checkpoint: read(rest) });
}

export function parseFrontCheckpoint(data: unknown): Parsed<FrontCheckpointFile> {
  const refusal = wrongSchema(data, frontSchema, checkpointSchema, 'of one search, and a front has many');
  if (refusal) return refusal;
  const checked = check(frontCheckpointForm, data);
  if (!checked.ok) return checked;
  const { question: asked, limits, searches } = checked.value;
  return parsed({ question: asked, limits: limits ?? undefined, searches: searches.map(read) });
}

/** Why data is no checkpoint of the wanted form, if it is none. */
function wrongSchema(data: unknown, wanted: string, other: string, otherIs: string): Parsed<never> | undefined {
  const given: unknown = typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;
  if (given === wanted) return undefined;
  if (given === other) return refuse('other-request', [], `is a checkpoint ${otherIs}; name another file`);
  const isKnown = typeof given === 'string' && /^magnet-codesign-(front-)?checkpoint\//.test(given);
  return isKnown
    ? refuse('other-version', [], `${given}: this magnet reads ${wanted}; begin anew, or use the magnet that wrote it`)
    : refuse(
        'malformed',
        [],
        'expected a checkpoint, which "magnet codesign --checkpoint FILE" writes; name another file',
      );
}

const read = ({ best, curve, ...rest }: z.infer<z.ZodObject<typeof search>>): CheckpointData => ({
  ...rest,
  best: best ?? undefined,
  curve: curve.map(({ point: p, ...n }) => ({
    ...n,
    best: n.best ?? Infinity,
    bound: n.bound ?? -Infinity,
    ...(p && { point: p }),
  })),
});

/** Numbers that JSON has no word for become null by its own rule. */
const written = ({ best, ...rest }: CheckpointData) => ({ ...rest, best: best ?? null });

/** What `parseCheckpoint` reads back as the same. */
export const printCheckpoint = ({ question: asked, checkpoint: { schema, ...rest } }: CheckpointFile): string =>
  `${printJson({ schema, question: asked, ...rest, best: rest.best ?? null })}\n`;

/** What `parseFrontCheckpoint` reads back as the same. */
export const printFrontCheckpoint = ({ question: asked, limits, searches }: FrontCheckpointFile): string =>
  `${printJson({ schema: frontSchema, question: asked, limits: limits ?? null, searches: searches.map(written) })}\n`;

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
