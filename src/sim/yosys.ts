// Yosys (ISC) compiled to WebAssembly: scripts over files in memory, no file system and no native code.

import { defined } from '../base/invariant.js';
import type { Tree } from '@yowasp/yosys';

export interface YosysRun {
  /** What the script wrote or changed, by path. */
  readonly files: Record<string, string>;
  readonly log: string;
}

/**
 * Runs a Yosys script. `files` are seen under their paths (`rtl/pe.v`) in the script's working directory. Commands
 * are separated by lines or by a semicolon and a space (`proc; opt`: Yosys wants the space). Throws `yosys: ...`
 * with the first error that Yosys reports. It blocks its thread while it runs: long scripts belong in a worker.
 */
export async function runYosys(files: Readonly<Record<string, string>>, script: string): Promise<YosysRun> {
  const { runYosys: run } = await import('@yowasp/yosys');
  const log = textSink();
  const scriptFile = '.script.ys';
  try {
    const written = await run(
      ['-s', scriptFile],
      { ...treeOf(files), [scriptFile]: `${script}\n` },
      { stdout: log.write, stderr: log.write },
    );
    const after = filesOf(written ?? {}).filter(([path, text]) => path !== scriptFile && files[path] !== text);
    return { files: Object.fromEntries(after), log: log.text() };
  } catch (cause) {
    // The package throws `Exit: Exited with status 1`; what went wrong stands in the log.
    const reason = /ERROR: (.*)/.exec(log.text())?.[1] ?? (cause as Error).message;
    throw new Error(`yosys: ${reason}`, { cause });
  }
}

/** `{ 'a/b.v': text }` as `{ a: { 'b.v': text } }`. */
function treeOf(files: Readonly<Record<string, string>>): Tree {
  const root: Tree = {};
  for (const [path, text] of Object.entries(files)) {
    const folders = path.split('/');
    const name = defined(folders.pop());
    const folder = folders.reduce<Tree>((at, next) => (at[next] ??= {}) as Tree, root);
    folder[name] = text;
  }
  return root;
}

function filesOf(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([name, entry]): [string, string][] => {
    if (typeof entry === 'string') return [[prefix + name, entry]];
    if (entry instanceof Uint8Array) return [[prefix + name, new TextDecoder().decode(entry)]];
    return filesOf(entry, `${prefix}${name}/`);
  });
}

function textSink() {
  const decoder = new TextDecoder();
  let text = '';
  return {
    write: (bytes: Uint8Array | null) => void (text += decoder.decode(bytes ?? undefined, { stream: bytes !== null })),
    text: () => text,
  };
}
