// What a search of `codesign` has at hand, and what the searches of one machine and of a front have in common.

import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { coverageOf } from '../../model/workload/coverage.js';
import { leftOutText } from '../../report/tables/coverage-text.js';
import type { Codesign, CodesignHooks } from '../../tuner/codesign/codesign-hooks.js';
import type { CodesignRequest, CodesignResult } from '../../tuner/codesign/codesign-request.js';
import type { AskColumns } from '../../tuner/network/layer-columns.js';
import { noColumns } from '../../tuner/on-workers.js';
import type { Engine } from '../workers.js';
import type { CodesignOptions } from '../../options/codesign-table.js';
import { makeCodesignProgress } from './codesign-progress.js';
import { writeText } from '../files.js';
import type { Interruption } from '../interruption.js';
import type { Io } from '../io.js';

/** What is at hand while a question is answered. */
export interface Work {
  readonly io: Io;
  readonly options: CodesignOptions;
  readonly engine: Engine;
  readonly interruption: Interruption;
}

/** Why there is no machine, where there is none; `search` found so. */
export async function withReason(
  { io, engine, interruption }: Work,
  request: CodesignRequest,
  result: CodesignResult,
  search?: Codesign,
): Promise<CodesignResult> {
  if (result.status !== 'infeasible' || !engine.whyNone || interruption.happened()) return result;
  const why = engine.whyNone(
    { ...request, timeLimit: request.timeLimit - result.seconds },
    { now: io.now, width: engine.width, shapes: engine.shapes, stopped: interruption.happened },
    { reason: result.reason, ...(search && { search }) },
  );
  // What is given up fails when its workers are ended.
  why.catch(() => {});
  return { ...result, causes: await Promise.race([why, interruption.happening.then(() => [])]) };
}

export const search = (
  work: Work,
  request: CodesignRequest,
  title: string,
  more: Pick<CodesignHooks, 'resume' | 'checkpoint' | 'learned'>,
): Promise<CodesignResult> => searched(work, request, title, more, work.engine.codesign);

/** However the search is done. */
export async function searched<T>(
  { io, options, engine, interruption }: Work,
  request: CodesignRequest,
  title: string,
  more: Pick<CodesignHooks, 'resume' | 'checkpoint' | 'learned'>,
  codesign: (request: CodesignRequest, hooks: CodesignHooks) => Promise<T>,
): Promise<T> {
  const progress = makeCodesignProgress(io, request, options.quiet ?? false, title);
  try {
    return await codesign(request, {
      now: io.now,
      width: engine.width,
      shapes: untilInterrupted(engine, interruption),
      progress: progress.working,
      doing: progress.doing,
      ...(engine.turn && { turn: engine.turn }),
      stopped: interruption.happened,
      ...more,
    });
  } finally {
    progress.end();
  }
}

/** Of single machines alone; after Ctrl-C nothing more is known. */
export const columnsOf =
  ({ engine, interruption }: Work): AskColumns =>
  (question, seconds) =>
    Promise.race([
      engine.columns?.(question, seconds) ?? Promise.resolve(noColumns),
      interruption.happening.then(() => noColumns),
    ]);

/** Ctrl-C gives up what is at work: its shapes stay open, and the search comes to its end with what it has. */
function untilInterrupted({ shapes }: Engine, { happening }: Interruption): Engine['shapes'] {
  const given = happening.then((): never => {
    throw new Error('interrupted');
  });
  given.catch(() => {});
  return {
    floors: (input) => Promise.race([shapes.floors(input), given]),
    advance: (input) => Promise.race([shapes.advance(input), given]),
    // Of one machine alone nothing is found then.
    machineAt: (input) => Promise.race([shapes.machineAt(input), happening.then(() => undefined)]),
    sketch: (input) => Promise.race([shapes.sketch(input), given]),
  };
}

/** Beside the totals, of each network: what multiplies and is not mapped. */
export const leftOut = ({ networks }: CodesignRequest): string =>
  networks
    .flatMap(({ network }) => {
      const text = leftOutText(coverageOf(network));
      return text === '' ? [] : [`\n${networks.length === 1 ? '' : `${network.name}: `}${text}\n`];
    })
    .join('');

export const tablesWanted = (o: CodesignOptions): boolean =>
  ![o.json, o.design, o.figure, o.certificate, o.schedule].includes('-');

/** To files that were named; the first that cannot be written is complained of, the others are written. */
export async function writeAll(
  io: Io,
  files: readonly (readonly [path: string | undefined, text: () => string | Promise<string>])[],
): Promise<Parsed<undefined>> {
  const written: Parsed<undefined>[] = [];
  for (const [path, text] of files) {
    if (path !== undefined) written.push(writeText(io, path, await text()));
  }
  return written.find((w) => !w.ok) ?? parsed(undefined);
}
