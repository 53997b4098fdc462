// The MAGNet template as a file: its parameters with human units, from scratch or over a preset.

import { nth } from '../base/invariant.js';
import type { z } from 'zod';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import type { Template } from '../model/machine/parameters.js';
import { presets } from '../model/machine/presets.js';
import { check, oneOf, record, text } from './schema.js';
import {
  assumed,
  contradictions,
  fieldsOf,
  fileOrder,
  meanings,
  printValue,
  valueOf,
  withMeanings,
} from './template-fields.js';

const templates = presets.flatMap((p) => (p.kind === 'template' ? [p.template] : []));

/** Of what stands below `template`. */
export const templateForm = record('a template', {
  base: oneOf(
    'preset',
    templates.map((t) => t.name),
  ).optional(),
  name: text().optional(),
  source: text().optional(),
  ...fieldsOf(valueOf),
});

/** Reads the parameters; `name` is taken where the file gives none. All faults are listed at once. */
export function parseTemplate(data: unknown, name: string, at: Diagnostic['path'] = []): Parsed<Template> {
  const checked = check(templateForm, data, at);
  if (!checked.ok) return checked;
  const file = checked.value;
  const base = templates.find((t) => t.name === file.base);
  const missing = base ? [] : fileOrder.filter((p) => file[p] === undefined && !(p in assumed));
  if (missing.length > 0) {
    const example = `base: ${nth(templates, 0).name}`;
    return refused(
      missing.map((p) => ({
        code: 'missing',
        path: [...at, p],
        message: `is missing (${meanings[p]}); give it, or start from a preset with "${example}"`,
      })),
    );
  }
  const template = {
    ...assumed,
    ...base,
    ...withoutBase(file),
    name: file.name ?? name,
    source: file.source ?? (base ? `file, based on ${base.name}` : 'file'),
  } as Template;
  const faults = contradictions(template, at);
  return faults.length > 0 ? refused(faults) : parsed(template);
}

function withoutBase(file: z.infer<typeof templateForm>): Partial<Template> {
  const given = Object.entries(file).filter(([key, value]) => key !== 'base' && value !== undefined);
  return Object.fromEntries(given);
}

/** The template as a YAML file that `parseTemplate` reads back, each parameter with its meaning. */
export function printTemplate(t: Template): string {
  const rows = withMeanings(fileOrder.map((p) => [`${p}: ${printValue(p, t[p])}`, meanings[p]]));
  return ['template:', `  name: ${JSON.stringify(t.name)}`, `  source: ${JSON.stringify(t.source)}`, ...rows, ''].join(
    '\n',
  );
}
