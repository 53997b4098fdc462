#!/usr/bin/env node
// The executable: the command line into `main`, its exit code out.

import process from 'node:process';
import { main } from './magnet.js';
import { nodeIo } from './node.js';

const code = await main(process.argv.slice(2), nodeIo());
// An interrupted layer may still be at work, so the process is ended here, once its output has gone out.
process.exitCode = code;
process.stdout.write('', () => process.exit(code));
