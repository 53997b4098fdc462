// A machine as a file: the MAGNet template's parameters, or a general hierarchy with literal energies.

import { z } from 'zod';
import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Unsaid } from './hierarchy.js';
import { hierarchyForm, parseHierarchy } from './hierarchy.js';
import { printHierarchy } from './hierarchy-print.js';
import { parseTemplate, printTemplate, templateForm } from './template-file.js';

const forms =
  'expected a machine: {template: {base: simba, ...}} with the parameters of the template, ' +
  'or {name, levels: [...], compute} with energies per access';

/** As editors see it. */
export const machineForm = z.union([z.strictObject({ template: templateForm }), hierarchyForm]);

/**
 * Reads `{template: {...}}`, a hierarchy, or the `architecture` of a case file. `name` is taken where the file gives
 * none. All faults are listed at once.
 */
export function parseMachinery(data: unknown, name: string, unsaid: Unsaid = 'open'): Parsed<Machinery> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return refuse('malformed', [], forms);
  if ('template' in data) {
    const beside = Object.keys(data).filter((key) => key !== 'template');
    if (beside.length > 0)
      return refuse(
        'unknown-field',
        beside.slice(0, 1),
        `nothing else may be given beside "template"; move ${beside.join(', ')} into it or remove it`,
      );
    const template = parseTemplate(data.template, name, ['template']);
    return template.ok ? parsed({ kind: 'template', template: template.value }) : template;
  }
  if ('architecture' in data) return hierarchy(data.architecture, ['architecture'], unsaid);
  if (!('levels' in data) && !('compute' in data)) return refuse('malformed', [], forms);
  return hierarchy(data, [], unsaid);
}

function hierarchy(data: unknown, at: readonly string[], unsaid: Unsaid): Parsed<Machinery> {
  const architecture = parseHierarchy(data, at, unsaid);
  return architecture.ok ? parsed({ kind: 'hierarchy', architecture: architecture.value }) : architecture;
}

/** The YAML file that `parseMachinery` reads back as the same machine. */
export const printMachinery = (m: Machinery): string =>
  m.kind === 'template' ? printTemplate(m.template) : printHierarchy(m.architecture);
