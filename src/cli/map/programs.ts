// Where `magnet map` writes the last programs of its layers, for other solvers: a file each.

import { entry, nth } from '../../base/invariant.js';
import type { Diagnostic, Parsed } from '../../base/diagnostics.js';
import { parsed, refuse, refused } from '../../base/diagnostics.js';
import { withStamp } from '../../results/stamp.js';
import type { ProgramFormat } from '../../search/strategy.js';
import { programFormats } from '../../search/strategy.js';
import { hasPrograms } from '../../tuner/map-layer.js';
import type { LayerResult, MapRequest } from '../../tuner/map-network.js';
import { checkTarget, filesBeside, writeText } from '../files.js';
import type { Io } from '../io.js';
import type { MapOptions } from '../../options/map-table.js';

/** The file of one layer on one arrangement. */
interface Target {
  readonly format: ProgramFormat;
  /** The layer's number in the network. */
  readonly index: number;
  readonly arrangement: number;
  readonly path: string;
}

/** Every file is known and checked before any work. */
export function planPrograms(
  io: Io,
  request: Pick<MapRequest, 'network' | 'architectures' | 'solver'>,
  options: MapOptions,
): Parsed<readonly Target[]> {
  const asked = programFormats.filter((format) => options[format] !== undefined);
  if (asked.length > 0 && !hasPrograms(request.solver)) {
    return refuse(
      'no-effect',
      [],
      `--${asked[0]} writes the program of a MILP solver, and ${request.solver} has none; ` +
        `use --solver highs or glpk, or drop --${asked[0]}`,
    );
  }
  const several = request.network.layers.length * request.architectures.length > 1;
  const piped = asked.find((format) => options[format] === '-');
  if (piped && several) {
    const what =
      request.network.layers.length > 1
        ? 'name one with --layer, or give a file'
        : `${nth(request.architectures, 0).name} has a program for each of its ${request.architectures.length} arrangements; give a file`;
    return refuse(
      'conflict',
      [],
      `--${piped} - is for one program on standard output, and there ` +
        `are ${request.network.layers.length * request.architectures.length}: ${what}, ` +
        'from whose name those of all programs are made',
    );
  }
  const targets = asked.flatMap((format) => targetsOf(request, format, entry(options, format)));
  for (const { path } of targets) {
    const target = checkTarget(io, path);
    if (!target.ok) return target;
  }
  const others = (['json', 'design'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [{ name, path: options[name] }],
  );
  const all = [...others, ...targets.map(({ format, path }) => ({ name: format, path }))].filter(
    ({ path }) => path !== '-',
  );
  for (const [i, { name, path }] of all.entries()) {
    const other = all.slice(0, i).find((o) => o.path === path);
    if (other)
      return refuse(
        'conflict',
        [],
        `${path} would be written twice, by --${other.name} and --${name}; give each a file of its own`,
      );
  }
  return parsed(targets);
}

/** `x.lp` as it is for one program; otherwise `x.LAYER.lp`, and `x.LAYER.2.lp` for a second arrangement. */
function targetsOf(
  { network, architectures }: Pick<MapRequest, 'network' | 'architectures'>,
  format: ProgramFormat,
  file: string,
): readonly Target[] {
  if (network.layers.length * architectures.length === 1) return [{ format, index: 0, arrangement: 0, path: file }];
  const programs = network.layers.flatMap(({ layer: { name } }, index) =>
    architectures.map((_, arrangement) => ({
      index,
      arrangement,
      name: arrangement === 0 ? name : `${name}.${arrangement + 1}`,
    })),
  );
  const paths = filesBeside(
    file,
    programs.map(({ name }) => name),
  );
  return programs.map(({ index, arrangement }, i) => ({ format, index, arrangement, path: nth(paths, i) }));
}

export interface ProgramWriter {
  /** Formats that answers are to bring along. */
  readonly formats: readonly ProgramFormat[];
  /** Writes the programs of a layer, once. */
  readonly mapped: (index: number, result: LayerResult) => void;
  /** Says what was written; the faults of files that were not. */
  readonly end: () => Parsed<undefined>;
}

export function makeProgramWriter(io: Io, targets: readonly Target[], quiet: boolean): ProgramWriter {
  const seen = new Set<number>();
  const written: string[] = [];
  const without: string[] = [];
  const faults: Diagnostic[] = [];
  return {
    formats: programFormats.filter((format) => targets.some((t) => t.format === format)),
    mapped(index, { layer, answer }) {
      if (seen.has(index)) return;
      seen.add(index);
      for (const { path, format, arrangement } of targets.filter((t) => t.index === index)) {
        const program = answer.programs?.find((p) => p.format === format && p.arrangement === arrangement);
        const done = program && writeText(io, path, withStamp(format, program.text, io.version));
        if (!done) without.push(layer.name);
        else if (!done.ok) faults.push(...done.diagnostics);
        else if (path !== '-') written.push(path);
      }
    },
    end() {
      if (written.length > 0 && !quiet)
        io.err(`${written.length === 1 ? 'the last program is' : 'the last programs are'} in ${written.join(', ')}\n`);
      if (without.length > 0) io.err(`no program was made for ${[...new Set(without)].join(', ')}\n`);
      return faults.length === 0 ? parsed(undefined) : refused(faults);
    },
  };
}
