// The native Yosys of the user's machine, where there is one, in place of the one in WebAssembly.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, inFolder } from '../../pool/node/programs.js';
import type { YosysRun } from '../yosys.js';

/** What `runYosys` does, by `yosys` on the path; of files written, those in the working directory itself. */
export async function runNativeYosys(files: Readonly<Record<string, string>>, script: string): Promise<YosysRun> {
  const scriptFile = 'script.ys';
  return inFolder({ ...files, [scriptFile]: `${script}\n` }, async (folder) => {
    const { code, stdout, stderr } = await execute('yosys', ['-s', scriptFile], { cwd: folder });
    const log = stdout + stderr;
    if (code === 'missing') throw new Error('yosys: not on the PATH');
    if (code !== 0) throw new Error(`yosys: ${/ERROR: (.*)/.exec(log)?.[1] ?? `ended with ${code}`}`);
    const written: Record<string, string> = {};
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isFile() && entry.name !== scriptFile && !Object.hasOwn(files, entry.name))
        written[entry.name] = await readFile(join(folder, entry.name), 'utf8');
    }
    return { files: written, log };
  });
}
