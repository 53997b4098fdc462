#!/usr/bin/env node
// The executable: the command line into `main`, its exit code out.

import process from 'node:process';
import { main } from './magnet.js';
import { nodeIo } from './node.js';

// From here to the very end Ctrl-C never ends the process with nothing said: `main` listens for it while it works.
process.on('SIGINT', () => {});
const code = await main(process.argv.slice(2), nodeIo());
// An interrupted layer may still be at work, so the process is ended here, once its output has gone out.
process.exitCode = code;
process.stdout.write('', () => process.exit(code));
