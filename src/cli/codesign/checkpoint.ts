// `--checkpoint FILE`: a search saved now and then, and begun where it stood.

import { counted } from '../../base/text.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed, printDiagnostic, refused } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { Question } from '../../interchange/codesign-checkpoint.js';
import { differences, parseCheckpoint, printCheckpoint, refuseOther } from '../../interchange/codesign-checkpoint.js';
import { parseDocument } from '../../interchange/document.js';
import { printValue } from '../../interchange/template-fields.js';
import { parameters } from '../../model/space/design-space.js';
import type { Checkpoint, CodesignRequest } from '../../tuner/codesign/codesign-request.js';
import { located, reasonOf, writeFile } from '../files.js';
import type { Io } from '../io.js';
import { limitsAsGiven } from '../../results/codesign-figures.js';

interface Saving {
  readonly resume: Checkpoint | undefined;
  readonly save: (checkpoint: Checkpoint) => void;
  /** Writes what is not written yet. */
  readonly finish: () => Parsed<undefined>;
}

/** Between two writings, milliseconds. */
const pause = 5000;

/**
 * All that an answer depends on but gap and time. Bounds are proven of one cost model: another version of
 * magnet does not go on with them.
 */
function questionOf(request: CodesignRequest, version: string): Question {
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
    technology: `${technology.name} (${digest(JSON.stringify(technology))})`,
    conventions: conventions.name,
    objective,
    ...Object.fromEntries(
      Object.entries(limitsAsGiven(request)).map(([name, limit]) => [`limit on ${name}`, String(limit)]),
    ),
    padding: padding ? 'yes' : 'no',
  };
}

export function openCheckpoint(
  io: Io,
  path: string | undefined,
  request: CodesignRequest,
  quiet: boolean,
): Parsed<Saving> {
  if (path === undefined) return parsed({ resume: undefined, save: () => {}, finish: () => parsed(undefined) });
  const question = questionOf(request, io.version);
  const before = readBefore(io, path, question);
  if (!before.ok) return before;
  if (before.value && !quiet)
    io.err(
      `resuming from ${path}: ${counted(before.value.shapes.length, 'shape')} looked at in ${Math.round(before.value.seconds)} s\n`,
    );
  let pending: Checkpoint | undefined;
  let written = -Infinity;
  let warned = false;
  const write = (): Parsed<undefined> => {
    if (!pending) return parsed(undefined);
    const done = writeFile(io, path, printCheckpoint({ question, checkpoint: pending }));
    written = io.now();
    if (done.ok) pending = undefined;
    return done;
  };
  return parsed({
    resume: before.value,
    save(checkpoint) {
      pending = checkpoint;
      if (io.now() - written < pause) return;
      const done = write();
      // A disk that is full for a while must not end a search of hours.
      if (!done.ok && !warned)
        for (const d of done.diagnostics) io.err(`warning: ${printDiagnostic(d)}; the search goes on\n`);
      warned ||= !done.ok;
    },
    finish: write,
  });
}

function readBefore(io: Io, path: string, question: Question): Parsed<Checkpoint | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = io.read(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? parsed(undefined)
      : refused([{ code: 'unreadable', path: [], message: `cannot read ${path}: ${reasonOf(error)}` }]);
  }
  const data = located(path, parseDocument(bytes, 'json'));
  if (!data.ok) return data;
  const file = located(path, parseCheckpoint(data.value));
  if (!file.ok) return file;
  const found = differences(file.value.question, question);
  return found.length > 0 ? located(path, refuseOther(found)) : parsed(file.value.checkpoint);
}
