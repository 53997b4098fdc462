// An architecture in any of Timeloop's notations, told apart by their keys.

import type { Components } from './component.js';
import type { Scope } from './expression.js';
import type { Findings } from './findings.js';
import { fault, fieldsOf } from './findings.js';
import { readNodes } from './container-nodes.js';
import type { Section } from './sections.js';
import { readFlat, readTree } from './tree.js';

export function readComponents(f: Findings, { data, path }: Section, scope: Scope): Components | undefined {
  const fields = fieldsOf(data);
  const given = fields?.version;
  const version = typeof given === 'string' || typeof given === 'number' ? String(given) : '';
  if (fields && 'nodes' in fields) return readNodes(f, fields, path, scope);
  if (fields && 'subtree' in fields) return readTree(f, fields, path, scope);
  if (fields && 'storage' in fields && 'arithmetic' in fields) return readFlat(f, fields, path);
  const seen = version === '' ? '' : ` (this one is of version ${version})`;
  fault(
    f,
    'malformed',
    path,
    `expected an architecture${seen}: nodes (v0.4), subtree (v0.2, v0.3), or storage and arithmetic`,
  );
  return undefined;
}
