// A layer with its mapping on a machine as the files that Timeloop replays, with what they leave out.

import { defined, nth } from '../../base/invariant.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, printDiagnostic, refuse } from '../../base/diagnostics.js';
import type { Architecture } from '../../model/machine/architecture.js';
import { timeloopConventions } from '../../model/cost/conventions.js';
import { evaluate } from '../../model/cost/evaluate.js';
import type { Layer } from '../../model/workload/layer.js';
import { dimensions, printShape } from '../../model/workload/layer.js';
import { isWhole, partOf, partsText, whole } from '../../model/workload/layer-parts.js';
import { breaches } from '../../model/mapping/legality.js';
import type { Loop, Mapping } from '../../model/mapping/mapping.js';
import type { Plain } from './plain.js';
import { plain } from './plain.js';
import { printArchitecture, printConstraints, printEnergies, printMapping, printProblem } from './yaml-print.js';

/** The text of each YAML file that Timeloop takes. */
export interface TimeloopFiles {
  readonly arch: string;
  /** The table of energies, pJ per access. */
  readonly ert: string;
  /** For Timeloop's mapper, where the machine has constraints on factors or orders. */
  readonly constraints: string | undefined;
  readonly problem: string;
  readonly mapping: string;
  /** The machine, layer and mapping that the files hold. */
  readonly plain: Plain;
}

/**
 * A layer with its mapping on a machine as files that Timeloop replays. `about` goes on top of each, with what Timeloop should
 * say of them. Of a layer that runs in blocks or in parts the files hold one run. Refused where a level loops twice over a
 * dimension.
 */
export function writeTimeloop(a: Architecture, given: Layer, mapping: Mapping, about: string): Parsed<TimeloopFiles> {
  const { parts = whole } = mapping;
  const layer = partOf(given, parts);
  const merged = mapping.levels.map((l) => ({
    name: l.name,
    temporal: once(l.temporal),
    spatial: nth(a.levels, mapping.levels.indexOf(l)).axes.map((x) =>
      once(l.spatial.filter((s) => s.axis === x.label)),
    ),
    keep: l.keep,
  }));
  const twice = merged.find((l) => [l.temporal, ...l.spatial].includes(undefined));
  if (twice)
    return refuse(
      'not-covered',
      ['mapping', twice.name],
      `${twice.name} loops twice over one dimension with another loop between; Timeloop has one loop per ` +
        'dimension and level',
    );
  const p = plain(a, layer, {
    levels: merged.map((l) => ({
      name: l.name,
      keep: l.keep,
      temporal: defined(l.temporal),
      spatial: l.spatial.flatMap((s) => defined(s)),
    })),
  });
  const padded = dimensions
    .filter((d) => p.layer.bounds[d] !== layer.bounds[d])
    .map((d) => `${d} from ${layer.bounds[d]} to ${p.layer.bounds[d]}`);
  const refused = breaches(p.architecture, p.layer, p.mapping, timeloopConventions);
  const { energy, cycles } = evaluate(p.architecture, p.layer, p.mapping, timeloopConventions);
  const top = [
    about,
    `Timeloop counts ${energy} pJ in ${cycles} cycles of these files, without networks and link transfers.`,
  ];
  const of = (lines: readonly string[]) => [...top, ...lines].map((line) => `# ${line}`.trimEnd() + '\n').join('');
  const constraints = printConstraints(p.architecture);
  return parsed({
    ert: of([]) + printEnergies(p.architecture),
    constraints: constraints && of(['', "For Timeloop's mapper; a mapping is replayed without them."]) + constraints,
    arch:
      of(p.lost.length > 0 ? ['', 'What Timeloop does not have:', ...p.lost.map((x) => `- ${x}`)] : []) +
      printArchitecture(p.architecture),
    problem:
      of([
        ...(isWhole(parts) ? [] : [`One run of ${printShape(given)}${partsText(mapping)}.`]),
        ...(parts.block === undefined
          ? []
          : ['Weights off the diagonal of a block are zeros, and count as others do.']),
        ...(padded.length > 0 ? [`Padded by the mapping: ${padded.join(', ')}.`] : []),
      ]) + printProblem(p.layer),
    mapping:
      of(refused.map((d) => `Timeloop will refuse it: ${printDiagnostic(d)}.`)) +
      printMapping(p.mapping, p.architecture),
    plain: p,
  });
}

/** Loops over one dimension that follow each other are one; undefined where another stands between. */
function once<L extends Loop>(loops: readonly L[]): readonly L[] | undefined {
  const joined: L[] = [];
  for (const loop of loops) {
    const last = joined.at(-1);
    if (last?.dim === loop.dim) joined[joined.length - 1] = { ...last, factor: last.factor * loop.factor };
    else joined.push(loop);
  }
  return joined.some((l, i) => joined.findIndex((x) => x.dim === l.dim) !== i) ? undefined : joined;
}
