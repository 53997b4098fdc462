// The file of a certificate: its form, its reader and its printer. What it claims is asked by `check-certificate`.

import { z } from 'zod';
import { nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refuse, refused } from '../base/diagnostics.js';
import { digest } from '../base/digest.js';
import { printJson } from '../interchange/json-print.js';
import type { ShapeFile } from '../interchange/layer-shape.js';
import { shape, shapeFile } from '../interchange/layer-shape.js';
import type { Layer } from '../model/workload/layer.js';
import { printMappingFile } from '../interchange/mapping-file.js';
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
} from '../interchange/schema.js';
import { parseTechnology } from '../interchange/technology-file.js';
import { filedOf, numberOf } from '../interchange/template-fields.js';
import { linePaths, linePorts } from '../model/machine/global-ports.js';
import { plainWeights } from '../model/machine/packed-weights.js';
import { plainMultipliers } from '../model/machine/split-multipliers.js';
import type { UnsaidParameter } from '../model/machine/unsaid.js';
import { unsaid } from '../model/machine/unsaid.js';
import type { Mapping } from '../model/mapping/mapping.js';
import { networkQuantities } from '../model/cost/network-goal.js';
import type { DesignPoint, Parameter } from '../model/space/design-space.js';
import {
  parameters,
  precisionParameters,
  saidOf,
  shapeParameters,
  sizeParameters,
} from '../model/space/design-space.js';
import type { Certificate, Leaf, Question, Witness } from './certificate.js';
import { certifiedObjectives } from './certificate.js';

export const certificateSchema = 'magnet-certificate/1';

const values = (what: string, count: number, of = positive) =>
  list(what, of()).length(count, `expected ${count} numbers: ${what}`);
const box = {
  low: values('the lowest sizes', sizeParameters.length),
  high: values('the highest sizes', sizeParameters.length),
};
const line = record('a line', {
  network: whole(0),
  weights: record('weights', { energy: nonNegative(), cycles: nonNegative(), both: nonNegative() }),
  min: list('what each layer costs at least', nonNegative()),
});
const leaf = z.discriminatedUnion(
  'reason',
  [
    record('a box beyond the area', { ...box, reason: z.literal('area') }),
    record('a box that a layer does not fit', { ...box, reason: z.literal('layer'), layer: whole(0) }),
    record('a box with its lines', { ...box, reason: z.literal('lines'), lines: list('lines', line) }),
  ],
  { error: 'expected a box {low, high, reason} with the reason area, layer or lines' },
);

const quantities = Object.fromEntries(networkQuantities.map((q) => [q, positive().optional()])) as Record<
  (typeof networkQuantities)[number],
  z.ZodOptional<ReturnType<typeof positive>>
>;

/** Older files end before multipliers that split, packed weights, residency, the ports of the global buffer, or the channels to DRAM. */
const olderEnds = [
  {},
  plainWeights,
  { ...plainWeights, residency: 0 },
  { ...plainWeights, residency: 0, ...linePorts },
  { ...plainWeights, residency: 0, ...linePaths },
].map((more) => shapeParameters.length - Object.keys({ ...plainMultipliers, ...more }).length);
const ofShape = z.preprocess(
  (given) =>
    Array.isArray(given) && olderEnds.includes(given.length)
      ? [...(given as unknown[]), ...shapeParameters.slice(given.length).map((p) => unsaid[p as UnsaidParameter])]
      : given,
  values('parameters of the shape', shapeParameters.length, nonNegative),
);

export const certificateForm = record('a certificate', {
  schema: z.unknown(),
  magnet: text(),
  question: record('a question', {
    objective: oneOf('objective', certifiedObjectives),
    limits: record('limits', { area: positive().optional(), ...quantities }),
    padding: flag(),
    space: record('a design space', {
      name: text(),
      menus: record(
        'menus',
        filedOf(
          (p) => list('values', numberOf(p)).min(1, 'a menu needs a value'),
          (value) => [value],
        ),
      ),
      maxPes: whole(1),
      minPes: whole(1).optional(),
      precisions: list(
        'precisions',
        record('a precision', { weightPrecision: whole(1), inputPrecision: whole(1), accumPrecision: whole(1) }),
      )
        .min(1, 'machines need a precision')
        .optional(),
    }),
    measured: record('what was measured', {
      limit: nonNegative(),
      file: text(),
      samples: whole(1),
      leftOut: list('precisions', text()),
      /** With fewer bits than some of these; in no machine, and not measured. */
      unmeasured: list('precisions', text()).optional(),
    }).optional(),
    technology: present('a technology'),
    networks: list(
      'networks',
      record('a network', { name: text(), weight: positive(), counts: list('counts', whole(0)) }),
    ).min(1, 'a question needs a network'),
    layers: list(
      'layers',
      record('a layer', {
        name: text(),
        layer: shape,
        limits: record('limits', {
          energy: positive().optional(),
          latency: positive().optional(),
          edp: positive().optional(),
        }),
      }),
    ).min(1, 'a question needs a layer'),
  }),
  digests: record('digests', { space: text(), technology: text(), networks: text() }),
  claim: record('a claim', { bound: nonNegative().nullable(), within: positive().nullable() }),
  witness: record('a witness', {
    machine: record(
      'a machine',
      filedOf(numberOf, (value) => value),
    ),
    mappings: list('mappings', present('a mapping')),
  }).nullable(),
  shapes: list('shapes', record('a shape', { shape: ofShape, boxes: list('boxes', leaf) })),
});
type CertificateFile = z.infer<typeof certificateForm>;

/** Fingerprints of what is asked about. */
export interface Digests {
  readonly space: string;
  readonly technology: string;
  readonly networks: string;
}

export const digestsOf = ({ space, technology, networks, layers }: Question): Digests => ({
  space: digest(
    JSON.stringify([
      saidOf(space.menus).map((p) => space.menus[p]),
      space.maxPes,
      space.minPes,
      // Fingerprints of certificates without them stay what they were.
      ...(space.precisions ? [space.precisions.map((x) => precisionParameters.map((p) => x[p]))] : []),
    ]),
  ),
  technology: digest(JSON.stringify(technology)),
  networks: digest(JSON.stringify([networks, layers.map(({ layer, limits }) => [layer.name, asRead(layer), limits])])),
});

/** Its fields in the order of the reader, in whatever order who made the layer wrote them. */
const asRead = (layer: Layer): ShapeFile => shape.parse(shapeFile(layer));

export const witnessOf = (point: DesignPoint, mappings: readonly Mapping[]): Witness => ({
  point,
  mappings: mappings.map(printMappingFile),
});

export const looksLikeCertificate = (data: unknown): boolean => isOfSchema(data, 'magnet-certificate/');

export interface ReadCertificate {
  readonly certificate: Certificate;
  /** As they stand in the file. */
  readonly digests: Digests;
}

/** Absent where the file says undefined: fields that are not there. */
const given = <T extends object>(x: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(x).filter(([, v]) => v !== undefined)) as never;

export function parseCertificate(data: unknown): Parsed<ReadCertificate> {
  if (!looksLikeCertificate(data))
    return refuse(
      'malformed',
      [],
      'expected a certificate, which "magnet codesign --certificate FILE" writes; name another file',
    );
  const { schema } = data as { readonly schema: string };
  if (schema !== certificateSchema)
    return refuse('other-version', ['schema'], `is ${schema}; this magnet reads ${certificateSchema}`);
  const checked = check(certificateForm, data);
  if (!checked.ok) return checked;
  const { question, digests, claim, witness, shapes } = checked.value;
  const technology = parseTechnology(question.technology);
  if (!technology.ok)
    return refused(technology.diagnostics.map((d) => ({ ...d, path: ['question', 'technology', ...d.path] })));
  const faults = mismatches(checked.value);
  if (faults.length > 0) return refused(faults);
  return parsed({
    digests,
    certificate: {
      question: {
        ...question,
        limits: given(question.limits),
        space: given(question.space),
        technology: technology.value,
        layers: question.layers.map(({ name, layer, limits }) => ({
          layer: { name, ...layer },
          limits: given(limits),
        })),
      },
      claim,
      witness: witness && { point: witness.machine, mappings: witness.mappings },
      shapes: shapes.map(({ shape: of, boxes }) => ({ shape: of, leaves: boxes.map(leafOf) })),
    },
  });
}

/** Lists that belong together are of one length, and name what there is. */
function mismatches({ question, witness, shapes }: CertificateFile): readonly Diagnostic[] {
  const { layers, networks, space } = question;
  const found: Diagnostic[] = [];
  const expect = (holds: boolean, path: Diagnostic['path'], message: string) => {
    if (!holds) found.push({ code: 'invalid-value', path, message });
  };
  const each = `one for each of the ${layers.length} layers`;
  networks.forEach(({ counts }, k) =>
    expect(
      counts.length === layers.length,
      ['question', 'networks', k, 'counts'],
      `has ${counts.length}; expected ${each}`,
    ),
  );
  for (const p of parameters)
    expect(
      space.menus[p].every((v, i) => i === 0 || v > nth(space.menus[p], i - 1)),
      ['question', 'space', 'menus', p],
      'expected values that grow',
    );
  if (witness)
    expect(
      witness.mappings.length === layers.length,
      ['witness', 'mappings'],
      `has ${witness.mappings.length}; expected ${each}`,
    );
  shapes.forEach(({ boxes }, s) =>
    boxes.forEach((b, i) => {
      const path = ['shapes', s, 'boxes', i];
      if (b.reason === 'layer')
        expect(b.layer < layers.length, [...path, 'layer'], `is ${b.layer}; there are ${layers.length}`);
      if (b.reason !== 'lines') return;
      b.lines.forEach(({ network, min }, n) => {
        expect(
          network < networks.length,
          [...path, 'lines', n, 'network'],
          `is ${network}; there are ${networks.length}`,
        );
        expect(min.length === layers.length, [...path, 'lines', n, 'min'], `has ${min.length}; expected ${each}`);
      });
    }),
  );
  return found;
}

function leafOf(b: z.infer<typeof leaf>): Leaf {
  const { low, high } = b;
  switch (b.reason) {
    case 'area':
      return { low, high, reason: { kind: 'area' } };
    case 'layer':
      return { low, high, reason: { kind: 'layer', layer: b.layer } };
    case 'lines':
      return { low, high, reason: { kind: 'lines', lines: b.lines } };
  }
}

/** What `parseCertificate` reads back as the same. */
export function printCertificate(certificate: Certificate, magnet: string): string {
  const { question, claim, witness, shapes } = certificate;
  const { measured, space: asked, ...rest } = question;
  const { unmeasured } = measured ?? {};
  const { precisions, ...space } = asked;
  const fileOf: CertificateFile = {
    schema: certificateSchema,
    magnet,
    question: {
      ...rest,
      ...(measured && {
        measured: {
          ...measured,
          leftOut: [...measured.leftOut],
          unmeasured: unmeasured && [...unmeasured],
        },
      }),
      networks: [...question.networks].map((n) => ({ ...n, counts: [...n.counts] })),
      space: {
        ...space,
        ...(precisions && { precisions: precisions.map((x) => ({ ...x })) }),
        menus: Object.fromEntries(parameters.map((p) => [p, [...question.space.menus[p]]])) as Record<
          Parameter,
          number[]
        >,
      },
      layers: question.layers.map(({ layer, limits }) => ({ name: layer.name, layer: shapeFile(layer), limits })),
    },
    digests: digestsOf(question),
    claim,
    witness: witness && {
      machine: Object.fromEntries(parameters.map((p) => [p, witness.point[p]])) as Record<Parameter, number>,
      mappings: [...witness.mappings] as NonNullable<CertificateFile['witness']>['mappings'],
    },
    shapes: shapes.map(({ shape: of, leaves }) => ({
      shape: [...of],
      boxes: leaves.map(({ low, high, reason: { kind, ...rest } }) => ({ low, high, reason: kind, ...rest })) as never,
    })),
  };
  return `${printJson(fileOf)}\n`;
}
