// What there is hardware for: a design of a machine made from the template, counted as the hardware counts; which of its layers.

import { nth } from '../base/invariant.js';
import type { Parsed } from '../base/diagnostics.js';
import { faultsOf, parsed, refuse, refused } from '../base/diagnostics.js';
import { unknownName } from '../base/text.js';
import type { Machinery } from '../model/machine/presets.js';
import type { Design } from '../model/space/design.js';

export type HardwareDesign = Design & { readonly machine: Extract<Machinery, { readonly kind: 'template' }> };

/**
 * The design where it has hardware: that is generated from the template, and counts accesses as the `magnet` conventions do.
 * Refused where it is of another machine or of other conventions.
 */
export function asHardware(design: Design): Parsed<HardwareDesign> {
  const { machine, conventions } = design;
  if (machine.kind === 'hierarchy') {
    return refuse(
      'no-hardware',
      [],
      `${machine.architecture.name} is a hierarchy with energies of its own, which says nothing of its logic; ` +
        'map on a machine made from the template (simba, magnet, or a file with "template:") to get hardware',
    );
  }
  if (conventions.name !== 'magnet')
    return refuse(
      'no-hardware',
      [],
      `its mappings are counted by the ${conventions.name} conventions, the hardware counts as magnet does; map with --conventions magnet`,
    );
  return parsed({ ...design, machine });
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
