// Runs npm scripts beside each other, since each keeps one processor busy at best: node scripts/together.mjs check lint
//
// What each says comes as one piece when it ends. Fails where one does, after all have ended.

import { spawn } from 'node:child_process';

const run = (name) =>
  new Promise((resolve) => {
    const said = [];
    const child = spawn('npm', ['run', '--silent', name], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    child.stdout.on('data', (piece) => said.push(piece));
    child.stderr.on('data', (piece) => said.push(piece));
    child.on('error', (error) => said.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      process.stderr.write(Buffer.concat(said));
      if (code !== 0) process.stderr.write(`npm run ${name} fails\n`);
      resolve(code === 0);
    });
  });

const passed = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = passed.every(Boolean) ? 0 : 1;
