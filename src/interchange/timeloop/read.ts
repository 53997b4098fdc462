// Timeloop's inputs, gathered from one file or several, as an architecture, a layer and a mapping of ours.

import { nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import type { Layer } from '../../model/workload/layer.js';
import type { Mapping } from '../../model/mapping/mapping.js';
import type { TimeloopArchitecture } from './architecture-section.js';
import { readArchitecture } from './architecture-section.js';
import { fault, noFindings, unlessFaults } from './findings.js';
import { readMapping } from './mapping-section.js';
import { calledAsIn, ownNames } from './names.js';
import { readProblem } from './problem-section.js';
import type { Sections } from './sections.js';
import { scopeOf } from './variables.js';

/** What Timeloop's files say, as ours. */
export interface TimeloopInput {
  readonly architecture: TimeloopArchitecture['architecture'] | undefined;
  readonly layer: Layer | undefined;
  readonly mapping: Mapping | undefined;
  /** What was ignored, one by one. */
  readonly notes: readonly Diagnostic[];
}

/**
 * Timeloop's files as an architecture, a layer and a mapping; each is undefined where there is no part for it. `name` is for what
 * has none in its file. Diagnostics list every fault.
 */
export function readTimeloop(
  sections: Sections,
  name: { readonly layer: string; readonly machine: string },
): Parsed<TimeloopInput> {
  const f = noFindings();
  const scope = scopeOf(f, sections.variables);
  const problem = sections.problem && readProblem(f, sections.problem, scope, name.layer);
  // Names in the other parts would all be wrong without it.
  const skip = sections.problem !== undefined && problem === undefined;
  const names = problem?.names ?? ownNames;
  const machine =
    sections.architecture && !skip
      ? readArchitecture(f, sections.architecture, sections, {
          names,
          bounds: problem?.layer.bounds,
          scope,
          name: name.machine,
        })
      : undefined;
  if (sections.mapping && !sections.architecture)
    fault(f, 'missing', sections.mapping.path, 'a Timeloop mapping is read for a Timeloop architecture; give that too');
  const mapping =
    sections.mapping && machine && !skip ? readMapping(f, sections.mapping, machine, names, problem?.layer) : undefined;
  if (!sections.architecture && (sections.constraints.length > 0 || sections.energies)) {
    const { path } = sections.energies ?? nth(sections.constraints, 0);
    fault(f, 'missing', path, 'is about a Timeloop architecture; give that too');
  }
  return unlessFaults(f, {
    architecture: machine?.architecture,
    layer: problem && calledAsIn(problem.names, problem.layer),
    mapping,
    notes: [...sections.notes, ...f.notes],
  });
}
