// The command line in this process: files in memory, output collected.

import type { MakeArenas } from '../../src/cli/workers.js';
import type { MakeEngine } from '../../src/cli/workers.js';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/magnet.js';
import type { MakeProver } from '../../src/cli/workers.js';
import type { Tools } from '../../src/cli/hardware/hardware-tools.js';
import { holdAgainstSchema } from '../support/file-schemas.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly written: ReadonlyMap<string, string>;
  /** What was written as bytes. */
  readonly binary: ReadonlyMap<string, Uint8Array>;
  readonly removed: readonly string[];
}

type Files = Readonly<Record<string, string | Uint8Array>>;

/**
 * `io` replaces parts of the world. Directories that end in `missing` do not exist. Whatever is written is held against the JSON
 * Schema that `magnet schemas` has for it.
 */
export async function run(
  argv: readonly string[],
  files: Files = {},
  io: Partial<Io> = {},
  tools?: (workers: number) => Tools,
  engine?: MakeEngine,
  prover?: MakeProver,
  arenas?: MakeArenas,
): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const written = new Map<string, string>();
  const binary = new Map<string, Uint8Array>();
  const removed: string[] = [];
  const code = await main(
    argv,
    {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      columns: undefined,
      read(path) {
        const content = files[path];
        if (content === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
        return typeof content === 'string' ? new TextEncoder().encode(content) : content;
      },
      write: (path, content) =>
        void (typeof content === 'string' ? written.set(path, content) : binary.set(path, content)),
      list(path) {
        const inside = [
          ...new Set(
            Object.keys(files).flatMap((name) =>
              name.startsWith(`${path}/`) ? [name.slice(path.length + 1).split('/')[0]!] : [],
            ),
          ),
        ];
        return inside.length > 0 ? inside.sort() : undefined;
      },
      makeDirectory: () => {},
      remove: (path) => void removed.push(path),
      installed: () => false,
      obstacle: (path) => (path.startsWith('missing/') ? 'there is no directory missing' : undefined),
      now: () => performance.now(),
      cpus: 1,
      version: '1.2.3',
      node: '20.0.0',
      onInterrupt: () => () => {},
      ...io,
    },
    tools,
    engine,
    prover,
    arenas,
  );
  for (const [path, text] of written) holdAgainstSchema(path, text);
  return { code, out: out.join(''), err: err.join(''), written, binary, removed };
}

/** Two levels and four multipliers: solved in a moment. */
export const tinyArch = `
name: tiny
levels:
  - { name: DRAM, wordBits: 8, energyPerVectorAccess: { read: 64, fill: 64, update: 64 } }
  - name: Buffer
    sizeWords: 32
    wordBits: 8
    energyPerVectorAccess: { read: 1, fill: 1, update: 1 }
    fanoutX: 4
    dimsX: [K]
compute: { energyPerOp: 0.25 }
`;

export const tinyLayers = `
name: tiny-net
layers:
  - { name: conv, R: 2, P: 4, C: 2, K: 4, count: 3 }
  - { name: fc, K: 6, C: 4 }
`;
