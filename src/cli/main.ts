#!/usr/bin/env node
// The executable: the command line into `main`, its exit code out.

import process from 'node:process';
import { exit } from './io.js';

let listening = () => false;
// Verbs of long work listen for Ctrl-C, and write what they have; where nobody does, and while magnet is loaded, the process ends here.
process.on('SIGINT', () => {
  if (!listening()) process.exit(exit.interrupted);
});
const [{ bug, main }, { nodeIo }] = await Promise.all([import('./magnet.js'), import('./node.js')]);
const io = nodeIo();
listening = io.listening;
// What fails outside of `main`, in a timer or a promise that nobody waits for, is a bug too, and is told as one.
process.on('uncaughtException', (error) => process.exit(bug(io, error, process.argv.includes('--debug'))));
const code = await main(process.argv.slice(2), io);
// An interrupted layer may still be at work, so the process is ended here, once its output has gone out.
process.exitCode = code;
process.stdout.write('', () => setImmediate(end));

/** What went wrong with standard output is known a turn after it has gone out. */
function end(): void {
  const lost = io.lost();
  if (lost !== undefined) io.err(`error: cannot write standard output: ${lost}\n`);
  process.exit(lost === undefined ? code : exit.badInput);
}
