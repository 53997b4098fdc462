// The file of a certificate of a schedule: its form, its reader and its printer. What it claims is asked by `check-schedule`.

import { z } from 'zod';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import { nth } from '../../base/invariant.js';
import { hardwareFile, parseHardware } from '../../interchange/hardware-file.js';
import { printJson } from '../../interchange/json-print.js';
import { shape, shapeFile } from '../../interchange/layer-shape.js';
import { printMappingFile } from '../../interchange/mapping-file.js';
import {
  check,
  flag,
  isOfSchema,
  listOf as list,
  nonNegative,
  oneOf,
  positive,
  present,
  record,
  text,
  whole,
} from '../../interchange/schema.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import { residentTensors } from '../../model/workload/resident.js';
import type { ScheduleAsked, ScheduleCertificate } from './schedule-certificate.js';
import { scheduledObjectives } from './schedule-certificate.js';

export const scheduleCertificateSchema = 'magnet-schedule-certificate/1';

const numbers = (what: string) => list(what, whole(0));
const resident = list('tensors that stay', oneOf('tensor', residentTensors));

/** More tensors than these never begin with one step: choices among them are all looked at. */
const maxBegun = 16;
const step = record('a step', {
  run: whole(0),
  operands: numbers('operands'),
  begun: numbers('tensors that begin').max(maxBegun, `expected at most ${maxBegun} tensors`),
  ended: numbers('tensors that end'),
  barred: numbers('tensors that cannot stay').optional(),
});
/** How much beyond doubles a unit may be is how long numbers may become. */
const unit = z.int({ error: 'expected a power of two' }).min(-1100).max(1100);

export const scheduleCertificateForm = record('a certificate', {
  schema: z.unknown(),
  magnet: text(),
  question: record('a question', {
    network: text(),
    objective: oneOf('objective', scheduledObjectives),
    limits: record('limits', {
      energy: positive().optional(),
      latency: positive().optional(),
      edp: positive().optional(),
    }),
    padding: flag(),
    hardware: present('the hardware'),
    layers: list('layers', record('a layer', { name: text(), layer: shape })),
    runs: list('runs', record('a run', { layer: whole(0), roles: resident })),
    tensors: list('tensors', record('a tensor', { name: text(), banks: whole(1) })),
    end: whole(1),
    stretches: list(
      'stretches',
      record('a stretch', { from: whole(0), upTo: whole(1), steps: list('steps', step).min(1, 'expected a step') }),
    ),
  }),
  digests: record('digests', { hardware: text(), runs: text() }),
  bound: nonNegative(),
  witness: record('a witness', {
    route: numbers('stretches'),
    stays: list('tensors that stay', record('a tensor that stays', { tensor: whole(0), bank: whole(0) })),
    mappings: list('mappings', present('a mapping')),
  }).nullable(),
  variants: list('variants', record('a variant', { layer: whole(0), resident })),
  states: list(
    'states',
    record('a state', {
      at: whole(0),
      within: record('a place in a stretch', { stretch: whole(0), steps: whole(1) }).optional(),
      kept: numbers('tensors that stay'),
    }),
  ),
  lines: list(
    'lines',
    record('a line', {
      energy: nonNegative(),
      cycles: nonNegative(),
      unit,
      minima: list('minima', list('minima', record('a minimum', { taken: whole(0), min: whole(0).nullable() }))),
      potentials: list('potentials', whole(0).nullable()),
    }),
  ),
});
type CertificateFile = z.infer<typeof scheduleCertificateForm>;

/** Fingerprints of what is asked about. */
export interface ScheduleDigests {
  readonly hardware: string;
  readonly runs: string;
}

export const digestsOf = ({ machine, technology, ...rest }: ScheduleAsked): ScheduleDigests => ({
  hardware: digest(JSON.stringify(hardwareFile({ machine: { kind: 'template', template: machine }, technology }))),
  runs: digest(
    JSON.stringify([
      rest.layers.map((layer) => [layer.name, shapeFile(layer)]),
      rest.runs,
      rest.tensors,
      rest.end,
      rest.stretches,
    ]),
  ),
});

export const looksLikeScheduleCertificate = (data: unknown): boolean =>
  isOfSchema(data, 'magnet-schedule-certificate/');

export interface ReadScheduleCertificate {
  readonly certificate: ScheduleCertificate;
  /** As they stand in the file. */
  readonly digests: ScheduleDigests;
}

/** Absent where the file says undefined. */
const given = <T extends object>(x: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(x).filter(([, v]) => v !== undefined)) as never;

export function parseScheduleCertificate(data: unknown): Parsed<ReadScheduleCertificate> {
  if (!looksLikeScheduleCertificate(data))
    return refuse('malformed', [], 'expected a certificate of a schedule, which "schedule --certificate FILE" writes');
  const { schema } = data as { readonly schema: string };
  if (schema !== scheduleCertificateSchema)
    return refuse('other-version', ['schema'], `is ${schema}; this magnet reads ${scheduleCertificateSchema}`);
  const checked = check(scheduleCertificateForm, data);
  if (!checked.ok) return checked;
  const { question, digests, bound, witness, variants, states, lines } = checked.value;
  const { hardware, layers, stretches, limits, ...asked } = question;
  const machine = parseHardware(hardware);
  const faults = mismatches(checked.value);
  if (!machine.ok)
    return refused(machine.diagnostics.map((d) => ({ ...d, path: ['question', 'hardware', ...d.path] })));
  if (machine.value.machine.kind !== 'template')
    return refuse('invalid-value', ['question', 'hardware'], 'expected a machine of the template');
  if (faults.length > 0) return refused(faults);
  return parsed({
    digests,
    certificate: {
      question: {
        ...asked,
        limits: given(limits),
        machine: machine.value.machine.template,
        technology: machine.value.technology,
        layers: layers.map(({ name, layer }) => ({ name, ...layer })),
        stretches: stretches.map((s) => ({ ...s, steps: s.steps.map(given) })),
      },
      bound,
      witness,
      variants,
      states: states.map(given),
      lines,
    },
  });
}

/** Lists that belong together are of one length, and name what there is. */
function mismatches({ question, witness, variants, states, lines }: CertificateFile): readonly Diagnostic[] {
  const { layers, runs, tensors, stretches, end } = question;
  const found: Diagnostic[] = [];
  const expect = (holds: boolean, path: Diagnostic['path'], message: string) => {
    if (!holds) found.push({ code: 'invalid-value', path, message });
  };
  const named = (numbers: readonly number[], of: readonly unknown[], path: Diagnostic['path']) =>
    expect(
      numbers.every((n) => n < of.length) && new Set(numbers).size === numbers.length,
      path,
      `expected numbers below ${of.length}, each once`,
    );
  runs.forEach(({ layer }, i) => named([layer], layers, ['question', 'runs', i, 'layer']));
  stretches.forEach(({ from, upTo, steps }, i) => {
    const path = ['question', 'stretches', i];
    expect(from < upTo && upTo <= end, path, `expected a stretch onwards, up to ${end}`);
    steps.forEach((s, k) => {
      named([s.run], runs, [...path, 'steps', k, 'run']);
      expect(
        s.run < runs.length && s.operands.length === nth(runs, s.run).roles.length,
        [...path, 'steps', k, 'operands'],
        'expected an operand for each role of the run',
      );
      for (const of of ['operands', 'begun', 'ended', 'barred'] as const)
        named(s[of] ?? [], tensors, [...path, 'steps', k, of]);
    });
  });
  variants.forEach(({ layer }, i) => named([layer], layers, ['variants', i, 'layer']));
  states.forEach(({ kept }, i) => named(kept, tensors, ['states', i, 'kept']));
  lines.forEach(({ minima, potentials }, i) => {
    const each = (of: string, n: number) => `expected one for each of the ${n} ${of}`;
    expect(minima.length === variants.length, ['lines', i, 'minima'], each('variants', variants.length));
    expect(potentials.length === states.length, ['lines', i, 'potentials'], each('states', states.length));
  });
  if (witness) {
    named(witness.route, stretches, ['witness', 'route']);
    named(
      witness.stays.map(({ tensor }) => tensor),
      tensors,
      ['witness', 'stays'],
    );
  }
  return found;
}

export const mappingsInFile = (mappings: readonly Mapping[]): readonly unknown[] => mappings.map(printMappingFile);

/** What `parseScheduleCertificate` reads back as the same. */
export function printScheduleCertificate({ question, ...certificate }: ScheduleCertificate, magnet: string): string {
  const { network, objective, limits, padding, machine, technology, layers, runs, tensors, end, stretches } = question;
  return `${printJson({
    schema: scheduleCertificateSchema,
    magnet,
    question: {
      network,
      objective,
      limits,
      padding,
      hardware: hardwareFile({ machine: { kind: 'template', template: machine }, technology }),
      layers: layers.map((layer) => ({ name: layer.name, layer: shapeFile(layer) })),
      runs,
      tensors,
      end,
      stretches,
    },
    digests: digestsOf(question),
    ...certificate,
  })}\n`;
}
