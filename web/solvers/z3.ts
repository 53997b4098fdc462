// Z3 in a worker of the page, in place of the package's own way in, which is Node's: fetched when it is first asked.
//
// Its script is a file of its own, because its threads run the same one.

import { init as lowLevel } from 'z3-solver/build/low-level/index.js';
import script from 'z3-solver/build/z3-built.js?url';
import size from 'z3-solver/build/z3-built.wasm?bytes';
import wasm from 'z3-solver/build/z3-built.wasm?url';
import { withinMemory } from '../work/memory.js';
import { told } from '../work/part-news.js';

type Make = Parameters<typeof lowLevel>[0];

interface Threads {
  readonly unusedWorkers: readonly Worker[];
  readonly allocateUnusedWorker: () => void;
  readonly loadWasmModuleToWorker: (worker: Worker) => Promise<unknown>;
}

/** Threads that are there before any is asked for: who asks Z3 is blocked, and in a browser no thread begins meanwhile. */
const threads = 2;

let compiled: Promise<WebAssembly.Module> | undefined;

const fetched = async (): Promise<WebAssembly.Module> =>
  WebAssembly.compileStreaming(told('Z3', size, await fetch(wasm)));

/** A module runs once, however often it is imported: each Z3 after a crash is made by the same function. */
let loaded: Promise<Make> | undefined;

/** As the package's own `init`, but for the wrappers that the library does without. */
export async function init(options: Readonly<Record<string, unknown>>) {
  if (!self.crossOriginIsolated)
    throw new Error(
      'it needs memory that threads share, which a browser gives to pages only with the headers COOP and COEP: of the ' +
        'host, as "magnet web" sends them, or of the service worker of the page when it is opened again',
    );
  const found = await withinMemory('Z3', async () => {
    const module = await (compiled ??= fetched());
    const make: unknown = await (loaded ??= factory());
    return new Promise<Awaited<ReturnType<typeof lowLevel>>>((resolve, reject) => {
      const made = lowLevel(make, {
        ...options,
        mainScriptUrlOrBlob: script,
        instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance, of: unknown) => void) {
          // The package would wait for ever.
          WebAssembly.instantiate(module, imports).then((instance) => done(instance, module), reject);
          return {};
        },
      });
      made.then(resolve, reject);
    });
  });
  const { PThread } = found.em as { PThread: Threads };
  for (let i = 0; i < threads; i++) PThread.allocateUnusedWorker();
  await Promise.all(PThread.unusedWorkers.map((worker) => PThread.loadWasmModuleToWorker(worker)));
  return found;
}

/** The script is none of the language's modules: where it finds no CommonJS it hands itself to a loader called `define`. */
async function factory(): Promise<Make> {
  const loader = globalThis as { define?: unknown };
  const made = new Promise<Make>((resolve) => {
    const define = (_needs: readonly string[], make: () => Make) => resolve(make());
    loader.define = Object.assign(define, { amd: true });
  });
  await import(/* @vite-ignore */ script);
  delete loader.define;
  return made;
}
