// The MAGNet template as a file: its parameters with human units, from scratch or over a preset.

import type { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import type { Bits } from '../base/units.js';
import type { Template } from '../model/parameters.js';
import { presets } from '../model/presets.js';
import { clock, printClock, printSize, size } from './quantity.js';
import { check, oneOf, record, text, whole } from './schema.js';

type Parameter = Exclude<keyof Template, 'name' | 'source'>;

const templates = presets.flatMap((p) => (p.kind === 'template' ? [p.template] : []));

/** What each parameter is, in the order in which a file lists them. */
const meanings: Readonly<Record<Parameter, string>> = {
  vectorSize: 'width of one dot product, over input channels',
  numLanes: 'dot products per PE, over output channels',
  rows: 'PE rows, over P, C or G',
  columns: 'PE columns, over K or G',
  weightPrecision: 'bits of a weight',
  inputPrecision: 'bits of an input and of a finished output',
  accumPrecision: 'bits of a partial sum',
  weightBuffer: 'per PE, both ping-pong halves',
  inputBuffer: 'per PE, both ping-pong halves',
  accumBuffer: 'per PE',
  weightCollector: 'entries per lane',
  inputCollector: 'entries per PE',
  accumCollector: 'entries per lane',
  globalBuffer: 'inputs and outputs, both ping-pong halves',
  globalBanks: 'memory macros of the global buffer; half of them for each ping-pong half',
  biasLines: 'lines of numLanes biases, for the whole chip',
  clock: 'frequency',
};
const parameters = Object.keys(meanings) as Parameter[];

/** What is taken where neither the file nor a preset says it. */
const assumed: Partial<Template> = { biasLines: 1024 };

const schema = record('a template', {
  base: oneOf('preset', templates.map((t) => t.name)).optional(),
  name: text().optional(),
  source: text().optional(),
  vectorSize: whole(1).optional(),
  numLanes: whole(1).optional(),
  rows: whole(1).optional(),
  columns: whole(1).optional(),
  weightPrecision: whole(1).optional(),
  inputPrecision: whole(1).optional(),
  accumPrecision: whole(1).optional(),
  weightBuffer: size().optional(),
  inputBuffer: size().optional(),
  accumBuffer: size().optional(),
  weightCollector: whole(1).optional(),
  inputCollector: whole(1).optional(),
  accumCollector: whole(1).optional(),
  globalBuffer: size().optional(),
  globalBanks: whole(1).optional(),
  biasLines: whole(1).optional(),
  clock: clock().optional(),
});

/** Reads the parameters; `name` is taken where the file gives none. All faults are listed at once. */
export function parseTemplate(data: unknown, name: string, at: Diagnostic['path'] = []): Parsed<Template> {
  const checked = check(schema, data, at);
  if (!checked.ok) return checked;
  const file = checked.value;
  const base = templates.find((t) => t.name === file.base);
  const missing = base ? [] : parameters.filter((p) => file[p] === undefined && !(p in assumed));
  if (missing.length > 0) {
    const example = `base: ${templates[0]!.name}`;
    return refused(missing.map((p) => ({ code: 'missing', path: [...at, p], message: `is missing (${meanings[p]}); give it, or start from a preset with "${example}"` })));
  }
  const template = { ...assumed, ...base, ...withoutBase(file), name: file.name ?? name, source: file.source ?? (base ? `file, based on ${base.name}` : 'file') } as Template;
  const faults = contradictions(template, at);
  return faults.length > 0 ? refused(faults) : parsed(template);
}

function withoutBase(file: z.infer<typeof schema>): Partial<Template> {
  const given = Object.entries(file).filter(([key, value]) => key !== 'base' && value !== undefined);
  return Object.fromEntries(given) as Partial<Template>;
}

/** More multipliers than any chip, few enough that all counts stay exact. */
const mostMultipliers = 2 ** 24;
const mostPrecision = 64;

/** What single fields cannot show: sizes that give no whole lines, sums too narrow for a product, a machine out of reach. */
function contradictions(t: Template, at: Diagnostic['path']): readonly Diagnostic[] {
  const faults: Diagnostic[] = [];
  const report = (field: Parameter, message: string) => faults.push({ code: 'out-of-range', path: [...at, field], message });
  for (const field of ['weightPrecision', 'inputPrecision', 'accumPrecision'] as const) {
    if (t[field] > mostPrecision) report(field, `is ${t[field]} bits; give at most ${mostPrecision}`);
  }
  const product = t.weightPrecision + t.inputPrecision;
  if (t.accumPrecision < product) report('accumPrecision', `is ${t.accumPrecision} bits, less than one product of a weight and an input has; give at least ${product}`);
  const multipliers = t.vectorSize * t.numLanes * t.rows * t.columns;
  if (multipliers > mostMultipliers) report('vectorSize', `vectorSize x numLanes x rows x columns makes ${multipliers} multipliers; give at most ${mostMultipliers}`);
  if (faults.length > 0) return faults;

  const lines = (field: Parameter, total: Bits, line: number, halves: 1 | 2, made: string) => {
    const unit = line * halves;
    if (total % unit === 0) return;
    const each = halves === 2 ? ', and each ping-pong half holds whole lines' : '';
    const [below, above] = [Math.floor(total / unit) * unit, Math.ceil(total / unit) * unit];
    const fit = below === 0 ? `at least ${printSize(unit)}` : `${printSize(below)} or ${printSize(above)}`;
    report(field, `is ${printSize(total)}; a line is ${printSize(line)} (${made})${each}, so give ${fit}`);
  };
  lines('weightBuffer', t.weightBuffer, t.weightPrecision * t.vectorSize * t.numLanes, 2, 'weightPrecision x vectorSize x numLanes');
  lines('inputBuffer', t.inputBuffer, t.inputPrecision * t.vectorSize, 2, 'inputPrecision x vectorSize');
  lines('accumBuffer', t.accumBuffer, t.accumPrecision * t.numLanes, 1, 'accumPrecision x numLanes');
  if (t.globalBanks < 4 || t.globalBanks % 2 === 1) {
    report('globalBanks', `is ${t.globalBanks}; each ping-pong half needs a bank for inputs and one for outputs, so give an even number of at least 4`);
  } else {
    lines('globalBuffer', t.globalBuffer, t.inputPrecision * Math.max(t.vectorSize, t.numLanes) * t.globalBanks, 1, 'inputPrecision x the larger of vectorSize and numLanes, in each of globalBanks banks');
  }
  return faults;
}

/** The template as a YAML file that `parseTemplate` reads back, each parameter with its meaning. */
export function printTemplate(t: Template): string {
  const shown = (p: Parameter): string => {
    if (p === 'weightBuffer' || p === 'inputBuffer' || p === 'accumBuffer' || p === 'globalBuffer') return printSize(t[p]);
    return p === 'clock' ? printClock(t.clock) : String(t[p]);
  };
  const width = Math.max(...parameters.map((p) => p.length + shown(p).length));
  const rows = parameters.map((p) => `  ${p}: ${shown(p)}${' '.repeat(width - p.length - shown(p).length)}  # ${meanings[p]}`);
  return ['template:', `  name: ${JSON.stringify(t.name)}`, `  source: ${JSON.stringify(t.source)}`, ...rows, ''].join('\n');
}
