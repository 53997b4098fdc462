// What a directive of a Timeloop mapping is about: a memory, or the fan-out below one.

import { nth } from '../../base/invariant.js';
import { nearest } from '../../base/text.js';
import type { TimeloopArchitecture } from './architecture-section.js';
import { betweenName } from './draft.js';
import type { Findings, Path } from './findings.js';
import { fault } from './findings.js';

type FanOut = TimeloopArchitecture['fanOuts'][number];

/** The memory of a target, by its place; undefined where it has none that may have loops. */
export function levelOf(
  f: Findings,
  { architecture: a, fanOuts }: TimeloopArchitecture,
  target: unknown,
  at: Path,
): number | undefined {
  // Older files count memories from the innermost.
  const index =
    typeof target === 'number' ? a.levels.length - 1 - target : a.levels.findIndex((l) => l.name === target);
  if (a.levels[index]) return index;
  // What a front end puts between two memories keeps nothing and has no loops in time.
  if (fanOuts.some((x) => target === betweenName(x.node) || target === x.node)) return undefined;
  unknown(
    f,
    target,
    a.levels.map((l) => l.name),
    at,
  );
}

/** The fan-out that a target names, itself or by the memory above it. */
export function fanOutOf(
  f: Findings,
  { architecture: a, fanOuts }: TimeloopArchitecture,
  target: unknown,
  at: Path,
): FanOut | undefined {
  const name = typeof target === 'number' ? a.levels.at(-1 - target)?.name : target;
  const below = fanOuts.filter((x) => nth(a.levels, x.level).name === name);
  const found =
    fanOuts.find((x) => x.node === name || betweenName(x.node) === name) ?? (below.length === 1 ? below[0] : undefined);
  if (found) return found;
  const level = a.levels.find((l) => l.name === name);
  if (level && below.length === 0) fault(f, 'no-axis', at, `${level.name} has no fan-out`);
  else
    unknown(
      f,
      target,
      fanOuts.map((x) => x.node),
      at,
    );
  return undefined;
}

function unknown(f: Findings, target: unknown, known: readonly string[], at: Path): void {
  const near = nearest(String(target), known);
  fault(
    f,
    'unknown-name',
    [...at, 'target'],
    `the architecture has no ${String(target)}; ` +
      (near === undefined ? `it has ${known.join(', ')}` : `did you mean ${near}?`),
  );
}
