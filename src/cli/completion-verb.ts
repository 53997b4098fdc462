// `magnet completion`: a script for a shell.

import { unknownName } from '../base/text.js';
import { shells } from '../options/completion-table.js';
import { completionScript } from './completion.js';
import { complain } from './files.js';
import type { ExitCode, Io } from './io.js';
import { exit } from './io.js';

export function completion(io: Io, given: string): ExitCode {
  const shell = shells.find((s) => s === given);
  if (!shell) return complain(io, [{ code: 'unknown-name', path: [], message: unknownName('shell', given, shells) }]);
  (io.data ?? io.out)(completionScript(shell));
  return exit.done;
}
