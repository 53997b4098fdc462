// A design file as the hardware verbs need it: read, checked, of a machine that there is hardware for.

import { nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { faultsOf, parsed, printDiagnostic, refuse, refused } from '../../base/diagnostics.js';
import { unknownName } from '../../base/text.js';
import { designDrift } from '../../results/design-check.js';
import { parseDesignData } from '../../results/design-file.js';
import type { Design } from '../../model/space/design.js';
import type { Machinery } from '../../model/machine/presets.js';
import { otherThan } from '../content.js';
import { located, readData } from '../files.js';
import type { Io } from '../io.js';

export type HardwareDesign = Design & { readonly machine: Extract<Machinery, { readonly kind: 'template' }> };

/** Notes about figures of another cost model; the rest is only counted. */
const mostNotes = 3;

export function loadDesign(io: Io, path: string): Parsed<Design> {
  const data = readData(io, path, 'a design');
  if (!data.ok) return data;
  const other = otherThan(path, data.value, ['design'], 'a design');
  if (other) return other;
  const design = located(path, parseDesignData(data.value));
  if (!design.ok) return design;
  const notes = designDrift(design.value);
  for (const d of notes.slice(0, mostNotes)) io.err(`note: ${path}: ${printDiagnostic(d)}\n`);
  if (notes.length > mostNotes)
    io.err(`note: ${path}: and ${notes.length - mostNotes} more figures that this cost model does not confirm\n`);
  return design;
}

/** Hardware is generated from the template, and counts accesses as the `magnet` conventions do. */
export function loadHardwareDesign(io: Io, path: string): Parsed<HardwareDesign> {
  const design = loadDesign(io, path);
  if (!design.ok) return design;
  const { machine, conventions } = design.value;
  if (machine.kind === 'hierarchy') {
    return refuse(
      'no-hardware',
      [],
      `${path}: ${machine.architecture.name} is a hierarchy with energies of its own, which says nothing of its logic; map on a machine made from the template (simba, magnet, or a file with "template:") to get hardware`,
    );
  }
  if (conventions.name !== 'magnet')
    return refuse(
      'no-hardware',
      [],
      `${path}: its mappings are counted by the ${conventions.name} conventions, the hardware counts as magnet does; map with --conventions magnet`,
    );
  return parsed({ ...design.value, machine });
}

/** Indices of the layers of these names or numbers, in the design's order; of all that have a mapping where none is named. */
export function chooseLayers(
  design: Design,
  path: string,
  given: readonly string[] | undefined,
): Parsed<readonly number[]> {
  const { layers } = design;
  const all = layers.map((_, i) => i);
  if (given === undefined) {
    const mapped = all.filter((i) => nth(layers, i).mapping !== null);
    return mapped.length > 0
      ? parsed(mapped)
      : refuse('nothing-mapped', [], `${path}: no layer has a mapping; map again`);
  }
  const found = given.map((name): Parsed<readonly number[]> => {
    const named = all.filter((i) => nth(layers, i).layer.name === name);
    if (named.length > 0) return parsed(named);
    if (!/^\d+$/.test(name))
      return refuse(
        'unknown-name',
        [],
        unknownName(
          `layer of ${path}`,
          name,
          layers.map((l) => l.layer.name),
        ),
      );
    return Number(name) < layers.length
      ? parsed([Number(name)])
      : refuse('out-of-range', [], `${path} has no layer ${name}; its ${layers.length} layers are counted from 0`);
  });
  const faults = [...faultsOf(...found)];
  const chosen = [...new Set(found.flatMap((f) => (f.ok ? f.value : [])))].sort((a, b) => a - b);
  for (const i of chosen) {
    const { layer, status, mapping } = nth(layers, i);
    if (mapping === null)
      faults.push({ code: 'missing', path: [], message: `${path}: ${layer.name} is ${status}: it has no mapping` });
  }
  return faults.length > 0 ? refused(faults) : parsed(chosen);
}
