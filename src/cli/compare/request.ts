// The question that a command line of `compare` asks, with every fault found before any work.

import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import type { CompareJob } from './job.js';
import { prepareMachines } from './machines.js';
import { prepareMappings } from './mappings.js';
import type { CompareOptions } from './options.js';
import { checkTarget } from '../files.js';
import type { Io } from '../io.js';
import { loadWorkload, selectLayers } from '../workload.js';

export async function prepareCompare(io: Io, given: string, options: CompareOptions): Promise<Parsed<CompareJob>> {
  const targets = checkTargets(io, options);
  if (!targets.ok) return targets;
  const workload = loadWorkload(io, given, { batch: options.batch, dims: options.dim });
  if (!workload.ok) return workload;
  const network = selectLayers(workload.value.network, options.layer);
  if (!network.ok) return network;
  if (options.arch !== undefined && options.space !== undefined) return refuse('conflict', [], '--arch and --space cannot both be compared on; name one machine for mappings, or a space for searches over its machines');
  return options.space === undefined ? prepareMappings(io, workload.value, network.value, options) : prepareMachines(io, workload.value, network.value, { ...options, space: options.space });
}

/** Where results go, and what cannot be asked for together. */
function checkTargets(io: Io, { json, svg }: CompareOptions): Parsed<undefined> {
  const faults: Diagnostic[] = [];
  if (json === '-' && svg === '-') faults.push({ code: 'conflict', path: [], message: '--json - and --svg - cannot both be standard output; give one of them a file' });
  if (svg !== undefined && svg !== '-' && !/\.svg$/i.test(svg)) faults.push({ code: 'unknown-format', path: [], message: `--svg ${svg}: figures are SVG; name a .svg file` });
  for (const place of [json, svg].map((path) => checkTarget(io, path))) if (!place.ok) faults.push(...place.diagnostics);
  return faults.length > 0 ? refused(faults) : parsed(undefined);
}
