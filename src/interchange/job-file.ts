// The job file of a batch: entries whose lists are swept, as single jobs; every fault with its line.

import type { Diagnostic } from '../base/diagnostics.js';
import { printDiagnostic } from '../base/diagnostics.js';
import { nearest, unknownName } from '../base/text.js';
import type { Located } from './document.js';
import { check } from './schema.js';
import type { ValueType } from './value-types.js';

/** A kind of job with its fields; lists are swept in their order, the first slowest. */
export interface KindFields {
  readonly kind: string;
  /** Where several make a value, such as the limits of one job, they stand in a list of their own. */
  readonly fields: Readonly<Record<string, ValueType<unknown>>>;
  readonly required: readonly string[];
  /** What a user of the verb may look for, but a job cannot have: why, and the way out. */
  readonly refused?: Readonly<Record<string, string>>;
}

export interface JobSpec {
  readonly kind: string;
  /** Of its entry. */
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Of each value. */
  readonly lines: Readonly<Record<string, number>>;
  /** Fields that tell it from other jobs: those of its entry, and defaults that are swept. */
  readonly telling: readonly string[];
}

/** A sweep of more is a slip. */
const maxJobs = 100_000;

type Path = readonly (string | number)[];
interface Value {
  readonly value: unknown;
  readonly line: number;
}

export interface LineFault {
  readonly line: number;
  /** Says the line, too. */
  readonly diagnostic: Diagnostic;
}

export const atLine = (line: number, d: Diagnostic): LineFault => ({
  line,
  diagnostic: { code: d.code, path: [], message: `line ${line}: ${printDiagnostic(d)}` },
});

export const inLineOrder = (faults: readonly LineFault[]): readonly Diagnostic[] =>
  [...faults].sort((a, b) => a.line - b.line).map((f) => f.diagnostic);

/** The jobs that can be read, whatever is wrong with others, and all faults in the order of their lines. */
export interface JobFile {
  readonly specs: readonly JobSpec[];
  /** How plain numbers were understood where units are usual, a line each. */
  readonly understood: readonly string[];
  readonly faults: readonly LineFault[];
}

/** `{defaults: {...}, jobs: [{kind, ...}, ...]}` */
export function parseJobFile({ data, lineOf }: Located, kinds: readonly KindFields[]): JobFile {
  const faults: LineFault[] = [];
  const understood = new Set<string>();
  const fault = (path: Path, message: string, code = 'invalid-value', shown: Path = path) => {
    const line = lineOf(path);
    const found = atLine(line, { code, path: shown, message });
    if (!faults.some((f) => f.diagnostic.message === found.diagnostic.message)) faults.push(found);
  };
  const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
    typeof x === 'object' && x !== null && !Array.isArray(x);
  const unknown = (given: object, at: Path, what: string, known: readonly string[]) => {
    for (const name of Object.keys(given))
      if (!known.includes(name)) fault([...at, name], unknownName(what, name, known), 'unknown-field', at);
  };

  const one = (field: ValueType<unknown>, given: unknown, at: Path): readonly Value[] => {
    const several = field.several && Array.isArray(given);
    const elements = (several ? given : [given]) as readonly unknown[];
    const read = elements.map((x, i) => check(field.schema, x, several ? [...at, i] : at));
    for (const r of read) if (!r.ok) for (const d of r.diagnostics) fault(d.path, d.message);
    const meaning = field.plain?.(given);
    if (meaning !== undefined)
      understood.add(
        `note: line ${lineOf(at)}: ${at.findLast((x) => typeof x === 'string')} ${String(given)}: read as ${meaning}`,
      );
    const values = read.flatMap((r) => (r.ok ? [r.value] : []));
    return values.length < read.length ? [] : [{ value: field.several ? values : values[0], line: lineOf(at) }];
  };
  /** A list is swept. */
  const sweep = (field: ValueType<unknown>, needed: boolean, given: unknown, at: Path): readonly Value[] => {
    if (!Array.isArray(given)) return one(field, given, at);
    if (given.length === 0)
      fault(
        at,
        `an empty list makes no jobs; ${needed ? 'give one' : 'leave it out'}` +
          (field.several ? ', or write [[]] for none' : ''),
      );
    return given.flatMap((x: unknown, i) => one(field, x, [...at, i]));
  };

  if (!isRecord(data))
    return {
      specs: [],
      understood: [],
      faults: [atLine(1, { code: 'invalid-value', path: [], message: 'expected {jobs: [...]}, a list of jobs' })],
    };
  unknown(data, [], 'field of a job file', ['defaults', 'jobs']);
  const defaults = data['defaults'] ?? {};
  const everyField = [...new Set(kinds.flatMap((k) => Object.keys(k.fields)))];
  if (!isRecord(defaults)) fault(['defaults'], 'expected the fields that all jobs share, {field: value}');
  else {
    const any: Asked = {
      what: 'a job',
      known: everyField,
      refused: new Map(kinds.flatMap((k) => Object.entries(k.refused ?? {}))),
    };
    for (const name of Object.keys(defaults))
      if (!everyField.includes(name))
        fault(['defaults', name], whyNot(any, name, everyField), 'unknown-field', ['defaults']);
  }
  const entries = data['jobs'];
  if (!Array.isArray(entries) || entries.length === 0)
    fault('jobs' in data ? ['jobs'] : [], 'jobs: expected a list of at least one job', 'invalid-value', []);

  const specs: JobSpec[] = [];
  for (const [i, entry] of (Array.isArray(entries) ? (entries as readonly unknown[]) : []).entries()) {
    const at: Path = ['jobs', i];
    if (!isRecord(entry)) {
      fault(at, 'expected a job, {kind: map, network: ..., ...}');
      continue;
    }
    const names = kinds.map((k) => k.kind);
    const kind = kinds.find((k) => k.kind === entry['kind']);
    if (!kind) {
      const name = entry['kind'];
      fault(
        'kind' in entry ? [...at, 'kind'] : at,
        name === undefined
          ? `kind is missing: one of ${names.join(', ')}`
          : typeof name === 'string'
            ? unknownName('kind of job', name, names)
            : `expected one of ${names.join(', ')}; a job is of one kind`,
        'unknown-name',
      );
      continue;
    }
    const { fields } = kind;
    for (const name of Object.keys(entry)) {
      if (name === 'kind' || Object.hasOwn(fields, name)) continue;
      fault([...at, name], whyNot(askedOf(kind), name, everyField), 'unknown-field', at);
    }
    const given = Object.entries(fields).flatMap(([name, field]): (readonly [string, readonly Value[]])[] => {
      if (Object.hasOwn(entry, name))
        return [[name, sweep(field, kind.required.includes(name), entry[name], [...at, name])]];
      return isRecord(defaults) && Object.hasOwn(defaults, name)
        ? [[name, sweep(field, kind.required.includes(name), defaults[name], ['defaults', name])]]
        : [];
    });
    for (const name of kind.required)
      if (!given.some(([n]) => n === name)) fault(at, `a ${kind.kind} job needs ${name}`, 'missing');
    // What has a fault is left out, so that the rest of the job can be looked at.
    const swept = given.filter(([, values]) => values.length > 0);
    if (kind.required.some((name) => !swept.some(([n]) => n === name))) continue;
    const count = swept.reduce((n, [, values]) => n * values.length, 1);
    if (specs.length + count > maxJobs) fault(at, `these lists make ${count} jobs; a batch has at most ${maxJobs}`);
    else
      specs.push(
        ...product(swept).map((chosen) =>
          specOf(
            kind.kind,
            lineOf(at),
            chosen,
            swept.flatMap(([name, values]) => (Object.hasOwn(entry, name) || values.length > 1 ? [name] : [])),
          ),
        ),
      );
  }
  return { specs, understood: [...understood], faults };
}

/** Who is asked for a field. */
interface Asked {
  readonly what: string;
  readonly known: readonly string[];
  readonly refused: ReadonlyMap<string, string>;
}

const askedOf = ({ kind, fields, refused = {} }: KindFields): Asked => ({
  what: `a ${kind} job`,
  known: Object.keys(fields),
  refused: new Map(Object.entries(refused)),
});

/** Of a field that is not there: the reason, where the verb or other kinds have it; else what may have been meant. */
function whyNot({ what, known, refused }: Asked, name: string, everyField: readonly string[]): string {
  const reason = refused.get(name);
  if (reason !== undefined) return `${what} has no ${name}: ${reason}`;
  return everyField.includes(name) && nearest(name, known) === undefined
    ? `${what} has no ${name}; it has ${known.join(', ')}`
    : unknownName(`field of ${what}`, name, known);
}

const product = (
  swept: readonly (readonly [string, readonly Value[]])[],
): readonly (readonly (readonly [string, Value])[])[] =>
  swept.reduce<readonly (readonly (readonly [string, Value])[])[]>(
    (all, [name, values]) => all.flatMap((before) => values.map((v) => [...before, [name, v] as const])),
    [[]],
  );

const specOf = (
  kind: string,
  line: number,
  chosen: readonly (readonly [string, Value])[],
  telling: readonly string[],
): JobSpec => ({
  kind,
  line,
  values: Object.fromEntries(chosen.map(([name, v]) => [name, v.value])),
  lines: Object.fromEntries(chosen.map(([name, v]) => [name, v.line])),
  telling,
});
