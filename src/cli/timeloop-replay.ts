// `magnet map --timeloop`: every mapped layer as files that Timeloop replays, with what it should then say.

import { nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, printDiagnostic, refuse, refused } from '../base/diagnostics.js';
import { writeTimeloop } from '../interchange/timeloop/write.js';
import { printShape } from '../model/workload/layer.js';
import type { LayerResult, MapRequest } from '../tuner/map-network.js';
import { reasonOf, writeFile } from './files.js';
import type { Io } from './io.js';

/** File systems take 255 bytes, encrypted ones 143; a number may follow. */
const longestName = 120;

/**
 * `directory/LAYER/arch.yaml`, `ert.yaml`, `problem.yaml` and `mapping.yaml`, and `constraints.yaml` where there are
 * any. Layers without a mapping have none.
 */
export function writeReplays(
  io: Io,
  directory: string,
  request: MapRequest,
  results: readonly LayerResult[],
): Parsed<undefined> {
  const faults: Diagnostic[] = [];
  // Some file systems do not tell capitals from small letters.
  const taken = new Set<string>();
  for (const result of results) {
    const name = result.layer.name
      .replace(/[^A-Za-z0-9._-]/g, '_')
      .replace(/^\.+$/, '_')
      .slice(0, longestName);
    let unique = name;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${name}_${n}`;
    taken.add(unique.toLowerCase());
    const written = writeReplay(io, `${directory}/${unique}`, request, result);
    if (!written.ok) faults.push(...written.diagnostics);
  }
  return faults.length > 0 ? refused(faults) : parsed(undefined);
}

function writeReplay(
  io: Io,
  folder: string,
  { architectures, conventions }: MapRequest,
  { layer, answer }: LayerResult,
): Parsed<undefined> {
  if (!answer.best) return parsed(undefined);
  const { mapping, architecture, evaluation } = answer.best;
  const machine = nth(architectures, architecture);
  const about =
    `${layer.name} (${printShape(layer)}) on ${machine.name}, mapped by ` +
    `magnet ${io.version}: ${answer.status}, ${evaluation.energy} pJ in ${evaluation.cycles} cycles ` +
    `under ${conventions.name} conventions.`;
  const files = writeTimeloop(machine, layer, mapping, about);
  if (!files.ok)
    return refused(
      files.diagnostics.map((d) => ({
        code: d.code,
        path: [],
        message: `--timeloop, ${layer.name}: ${printDiagnostic(d)}`,
      })),
    );
  try {
    io.makeDirectory(folder);
  } catch (error) {
    return refuse('unwritable', [], `cannot make ${folder}: ${reasonOf(error)}`);
  }
  for (const part of ['arch', 'ert', 'constraints', 'problem', 'mapping'] as const) {
    const text = files.value[part];
    if (text === undefined) continue;
    const written = writeFile(io, `${folder}/${part}.yaml`, text);
    if (!written.ok) return written;
  }
  return parsed(undefined);
}
