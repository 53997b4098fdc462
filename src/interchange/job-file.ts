// The job file of a batch: entries whose lists are swept, as single jobs; every fault with its line.

import type { Fields } from '../base/records.js';
import { isRecord } from '../base/records.js';
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
  if (!isRecord(data))
    return {
      specs: [],
      understood: [],
      faults: [atLine(1, { code: 'invalid-value', path: [], message: 'expected {jobs: [...]}, a list of jobs' })],
    };
  const r = new JobReading(lineOf, kinds);
  r.unknown(data, [], 'field of a job file', ['defaults', 'jobs']);
  const defaults = readDefaults(r, data['defaults'] ?? {});
  const entries: unknown = data['jobs'];
  if (!Array.isArray(entries) || entries.length === 0)
    r.fault('jobs' in data ? ['jobs'] : [], 'jobs: expected a list of at least one job', 'invalid-value', []);
  const specs: JobSpec[] = [];
  for (const [i, entry] of (Array.isArray(entries) ? (entries as readonly unknown[]) : []).entries()) {
    const at: Path = ['jobs', i];
    const made = jobsOf(r, entry, defaults, at);
    if (specs.length + made.count > maxJobs)
      r.fault(at, `these lists make ${made.count} jobs; a batch has at most ${maxJobs}`);
    else specs.push(...made.specs());
  }
  return { specs, understood: [...r.understood], faults: r.faults };
}

/** A job file while it is read: its kinds of job, and what was found. */
class JobReading {
  readonly faults: LineFault[] = [];
  readonly understood = new Set<string>();
  readonly everyField: readonly string[];

  constructor(
    readonly lineOf: Located['lineOf'],
    readonly kinds: readonly KindFields[],
  ) {
    this.everyField = [...new Set(kinds.flatMap((k) => Object.keys(k.fields)))];
  }

  /** The same fault of a default is found in every job. */
  fault(path: Path, message: string, code = 'invalid-value', shown: Path = path): void {
    const found = atLine(this.lineOf(path), { code, path: shown, message });
    if (!this.faults.some((f) => f.diagnostic.message === found.diagnostic.message)) this.faults.push(found);
  }

  unknown(given: object, at: Path, what: string, known: readonly string[]): void {
    for (const name of Object.keys(given))
      if (!known.includes(name)) this.fault([...at, name], unknownName(what, name, known), 'unknown-field', at);
  }
}

/** The fields that all jobs share; none where what stands there is no record. */
function readDefaults(r: JobReading, defaults: unknown): Fields {
  if (!isRecord(defaults)) {
    r.fault(['defaults'], 'expected the fields that all jobs share, {field: value}');
    return {};
  }
  const any: Asked = {
    what: 'a job',
    known: r.everyField,
    refused: new Map(r.kinds.flatMap((k) => Object.entries(k.refused ?? {}))),
  };
  for (const name of Object.keys(defaults))
    if (!r.everyField.includes(name))
      r.fault(['defaults', name], whyNot(any, name, r.everyField), 'unknown-field', ['defaults']);
  return defaults;
}

/** The jobs of an entry: how many its lists make, and they themselves where they are wanted. */
interface Swept {
  readonly count: number;
  readonly specs: () => readonly JobSpec[];
}

const noJobs: Swept = { count: 0, specs: () => [] };

function jobsOf(r: JobReading, entry: unknown, defaults: Fields, at: Path): Swept {
  if (!isRecord(entry)) {
    r.fault(at, 'expected a job, {kind: map, network: ..., ...}');
    return noJobs;
  }
  const kind = kindOf(r, entry, at);
  if (!kind) return noJobs;
  const { fields, required } = kind;
  for (const name of Object.keys(entry)) {
    if (name === 'kind' || Object.hasOwn(fields, name)) continue;
    r.fault([...at, name], whyNot(askedOf(kind), name, r.everyField), 'unknown-field', at);
  }
  const given = Object.entries(fields).flatMap(([name, field]): (readonly [string, readonly Value[]])[] => {
    const needed = required.includes(name);
    if (Object.hasOwn(entry, name)) return [[name, sweep(r, field, needed, entry[name], [...at, name])]];
    return Object.hasOwn(defaults, name) ? [[name, sweep(r, field, needed, defaults[name], ['defaults', name])]] : [];
  });
  for (const name of required)
    if (!given.some(([n]) => n === name)) r.fault(at, `a ${kind.kind} job needs ${name}`, 'missing');
  // What has a fault is left out, so that the rest of the job can be looked at.
  const swept = given.filter(([, values]) => values.length > 0);
  if (required.some((name) => !swept.some(([n]) => n === name))) return noJobs;
  const telling = swept.flatMap(([name, values]) => (Object.hasOwn(entry, name) || values.length > 1 ? [name] : []));
  return {
    count: swept.reduce((n, [, values]) => n * values.length, 1),
    specs: () => product(swept).map((chosen) => specOf(kind.kind, r.lineOf(at), chosen, telling)),
  };
}

function kindOf(r: JobReading, entry: Fields, at: Path): KindFields | undefined {
  const name = entry['kind'];
  const found = r.kinds.find((k) => k.kind === name);
  if (found) return found;
  const names = r.kinds.map((k) => k.kind);
  r.fault(
    'kind' in entry ? [...at, 'kind'] : at,
    name === undefined
      ? `kind is missing: one of ${names.join(', ')}`
      : typeof name === 'string'
        ? unknownName('kind of job', name, names)
        : `expected one of ${names.join(', ')}; a job is of one kind`,
    'unknown-name',
  );
  return undefined;
}

/** A list is swept. */
function sweep(r: JobReading, field: ValueType<unknown>, needed: boolean, given: unknown, at: Path): readonly Value[] {
  if (!Array.isArray(given)) return valueOf(r, field, given, at);
  if (given.length === 0)
    r.fault(
      at,
      `an empty list makes no jobs; ${needed ? 'give one' : 'leave it out'}` +
        (field.several ? ', or write [[]] for none' : ''),
    );
  return given.flatMap((x: unknown, i) => valueOf(r, field, x, [...at, i]));
}

/** One value, or none where it has a fault. */
function valueOf(r: JobReading, field: ValueType<unknown>, given: unknown, at: Path): readonly Value[] {
  const several = field.several && Array.isArray(given);
  const elements = (several ? given : [given]) as readonly unknown[];
  const read = elements.map((x, i) => check(field.schema, x, several ? [...at, i] : at));
  for (const one of read) if (!one.ok) for (const d of one.diagnostics) r.fault(d.path, d.message);
  const line = r.lineOf(at);
  const meaning = field.plain?.(given);
  if (meaning !== undefined)
    r.understood.add(
      `note: line ${line}: ${at.findLast((x) => typeof x === 'string')} ${String(given)}: read as ${meaning}`,
    );
  const values = read.flatMap((one) => (one.ok ? [one.value] : []));
  return values.length < read.length ? [] : [{ value: field.several ? values : values[0], line }];
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
