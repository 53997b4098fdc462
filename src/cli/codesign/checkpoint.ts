// `--checkpoint FILE`: a search saved now and then, and begun where it stood.

import { counted } from '../../base/text.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, printDiagnostic } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { FrontCheckpointFile, Question } from '../../interchange/codesign-checkpoint.js';
import {
  differences,
  parseCheckpoint,
  parseFrontCheckpoint,
  printCheckpoint,
  printFrontCheckpoint,
  refuseOther,
} from '../../interchange/codesign-checkpoint.js';
import { printValue } from '../../interchange/template-fields.js';
import { parameters } from '../../model/space/design-space.js';
import type { SchedulesAsked } from '../../library/codesign-schedules.js';
import type { FrontBegun } from '../../library/trace-front.js';
import type { Metrics } from '../../results/front-answer.js';
import type { CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import { located, readOwnFile, writeFile } from '../files.js';
import type { Io } from '../io.js';
import { limitsAsGiven } from '../../results/codesign-figures.js';

/** What a search begins with, and where it leaves what is proven. */
type Kept = Pick<CodesignHooks, 'resume' | 'checkpoint'>;

interface Saving {
  readonly kept: Kept;
  /** Writes what is not written yet. */
  readonly finish: () => Parsed<undefined>;
}

interface FrontSaving extends FrontBegun, Pick<Saving, 'finish'> {
  /** Of a search, by its place among those of the front. */
  readonly kept: (search: number) => Kept;
}

/** Between two writings, milliseconds. */
const pause = 5000;

/**
 * All that an answer depends on but gap and time. Bounds are proven of one cost model: another version of
 * magnet does not go on with them.
 */
function questionOf(request: CodesignRequest, version: string, schedules = ''): Question {
  const { networks, space, technology, conventions, objective, padding } = request;
  return {
    magnet: version,
    ...Object.fromEntries(
      networks.map(({ network, weight }) => [
        `network ${network.name}`,
        `weight ${weight}, layers ${digest(JSON.stringify(network.layers))}`,
      ]),
    ),
    'PEs at most': String(space.maxPes),
    ...Object.fromEntries(
      parameters.map((p) => [`menu of ${p}`, space.menus[p].map((v) => printValue(p, v)).join(' ')]),
    ),
    // Of the same menus other words may come together.
    ...(space.precisions && { precisions: space.precisions.map((p) => Object.values(p).join('/')).join(' ') }),
    technology: `${technology.name} (${digest(JSON.stringify(technology))})`,
    conventions: conventions.name,
    objective,
    ...Object.fromEntries(
      Object.entries(limitsAsGiven(request)).map(([name, limit]) => [`limit on ${name}`, String(limit)]),
    ),
    padding: padding ? 'yes' : 'no',
    ...(schedules !== '' && { 'tensors stay': schedules }),
  };
}

/** How schedules are told in a checkpoint. */
export const saidOf = ({ folds }: SchedulesAsked): string => (folds ? 'yes' : 'yes, without folds');

export function openCheckpoint(
  io: Io,
  path: string | undefined,
  request: CodesignRequest,
  { quiet = false, schedules }: { readonly quiet?: boolean | undefined; readonly schedules?: string },
): Parsed<Saving> {
  if (path === undefined) return parsed({ kept: {}, finish: () => parsed(undefined) });
  const question = questionOf(request, io.version, schedules);
  const before = readBefore(io, path, question, parseCheckpoint);
  if (!before.ok) return before;
  const resume = before.value?.checkpoint;
  if (resume && !quiet)
    io.err(
      `resuming from ${path}: ${counted(resume.shapes.length, 'shape')} looked at in ${Math.round(resume.seconds)} s\n`,
    );
  const { save, finish } = writer(io, path);
  const checkpoint: Kept['checkpoint'] = (state) => save(() => printCheckpoint({ question, checkpoint: state }));
  return parsed({ kept: { ...(resume && { resume }), checkpoint }, finish });
}

/** The same for all searches of a front; their limits too, which follow from what both ends have found. */
export function openFrontCheckpoint(
  io: Io,
  path: string | undefined,
  request: CodesignRequest,
  {
    metrics,
    points,
    quiet,
    schedules,
  }: { readonly metrics: Metrics; readonly points: number; readonly quiet: boolean; readonly schedules?: string },
): Parsed<FrontSaving> {
  if (path === undefined)
    return parsed({ kept: () => ({}), limits: undefined, between: () => {}, finish: () => parsed(undefined) });
  const { objective: _, ...asked } = questionOf(request, io.version, schedules);
  const question = { ...asked, front: `${metrics.join(', ')}; ${points} points` };
  const before = readBefore(io, path, question, parseFrontCheckpoint);
  if (!before.ok) return before;
  let state: FrontCheckpointFile = before.value ?? { question, limits: undefined, searches: [] };
  const begun = state.searches;
  if (begun.length > 0 && !quiet)
    io.err(`resuming from ${path}: ${counted(begun.length, 'search', 'searches')} begun\n`);
  const { save, finish } = writer(io, path);
  const now = (change: Partial<FrontCheckpointFile>) => {
    state = { ...state, ...change };
    save(() => printFrontCheckpoint(state));
  };
  return parsed({
    limits: state.limits,
    between: (limits) => now({ limits }),
    kept: (search) => ({
      ...(begun[search] && { resume: begun[search] }),
      checkpoint: (own) =>
        now({ searches: [...state.searches.slice(0, search), own, ...state.searches.slice(search + 1)] }),
    }),
    finish,
  });
}

/** Writes a file now and then. */
function writer(io: Io, path: string) {
  let pending: (() => string) | undefined;
  let written = -Infinity;
  let warned = false;
  const finish = (): Parsed<undefined> => {
    if (!pending) return parsed(undefined);
    const done = writeFile(io, path, pending());
    written = io.now();
    if (done.ok) pending = undefined;
    return done;
  };
  const save = (content: () => string): void => {
    pending = content;
    if (io.now() - written < pause) return;
    const done = finish();
    // A disk that is full for a while must not end a search of hours.
    if (!done.ok && !warned)
      for (const d of done.diagnostics) io.err(`warning: ${printDiagnostic(d)}; the search goes on\n`);
    warned ||= !done.ok;
  };
  return { save, finish };
}

function readBefore<T extends { readonly question: Question }>(
  io: Io,
  path: string,
  question: Question,
  parse: (data: unknown) => Parsed<T>,
): Parsed<T | undefined> {
  const file = readOwnFile(io, path, parse);
  if (!file.ok || !file.value) return file;
  const found = differences(file.value.question, question);
  return found.length > 0 ? located(path, refuseOther(found)) : file;
}
