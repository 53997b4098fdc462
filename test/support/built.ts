// The built command, as a shell runs it.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const root = new URL('../../', import.meta.url).pathname;

/** Its path; built where it is not yet. */
export function buildOnce(): string {
  const bin = join(root, 'dist/cli/main.js');
  if (!existsSync(bin)) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
  return bin;
}

/** The built library: sources that are run as they are have no threads, whatever is asked for. */
export const builtLibrary = async (): Promise<typeof import('../../src/index.js')> => {
  buildOnce();
  return (await import(/* @vite-ignore */ join(root, 'dist/index.js'))) as typeof import('../../src/index.js');
};
