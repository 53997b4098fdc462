// Scores by ONNX Runtime, of whoever has it installed: a second opinion on real numbers, in 32 bits.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { got, nth } from '../base/invariant.js';

/** What is used of it. The native package and the one in WebAssembly have the same interface. */
interface Runtime {
  readonly env: { readonly versions?: { readonly common?: string }; readonly wasm?: { numThreads?: number } };
  readonly Tensor: new (type: string, data: ReturnType<Made>, dims: readonly number[]) => Value;
  readonly InferenceSession: { readonly create: (file: Uint8Array, options: object) => Promise<Session> };
}
interface Value {
  readonly data: ArrayLike<number>;
}
interface Session {
  readonly inputNames: readonly string[];
  /** Older versions have none. */
  readonly inputMetadata?: readonly { readonly type?: string }[];
  readonly outputNames: readonly string[];
  readonly run: (feeds: Readonly<Record<string, Value>>) => Promise<Readonly<Record<string, Value>>>;
  readonly release: () => Promise<void>;
}

type Made = (values: Float64Array) => Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
/** Numbers of the types that inputs have; all but the first are whole. */
const numbersOf: Readonly<Record<string, Made>> = {
  float32: (values) => Float32Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int8: (values) => Int8Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from([...values].map(BigInt)),
};

/** The native one is tried first. Neither is needed by anything else. */
const packages = ['onnxruntime-node', 'onnxruntime-web/wasm'] as const;
type LoadPackage = (name: (typeof packages)[number]) => Promise<unknown>;

/** A session of ONNX Runtime with one network. */
export interface RuntimeScores {
  /** Package and version. */
  readonly name: string;
  /** Of so many samples, one after the other, a row of scores each. */
  readonly run: (values: Float64Array, count: number) => Promise<Parsed<Float64Array>>;
  /** Ends the session and frees its memory. */
  readonly close: () => Promise<void>;
}

/**
 * A session of ONNX Runtime on one thread. `shape` are the sizes of one sample, without the batch. Refused where ONNX Runtime is
 * not installed, or does not take the file.
 */
export async function openRuntime(
  file: Uint8Array,
  shape: readonly number[],
  load: LoadPackage = (name) => import(name),
  optimization: 'all' | 'disabled' = 'all',
): Promise<Parsed<RuntimeScores>> {
  const found = await installed(load);
  if (!found)
    return refuse(
      'not-installed',
      [],
      'ONNX Runtime is not installed beside magnet; run "npm install onnxruntime-web", or onnxruntime-node, or leave out --float',
    );
  const [name, { env, InferenceSession, Tensor }] = found;
  const isNative = name === 'onnxruntime-node';
  if (env.wasm) env.wasm.numThreads = 1;
  let session: Session;
  try {
    session = await InferenceSession.create(file, {
      executionProviders: [isNative ? 'cpu' : 'wasm'],
      graphOptimizationLevel: optimization,
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // It warns of constants that it does not use.
      logSeverityLevel: 3,
    });
  } catch (error) {
    return failed('does not take the network', error);
  }
  const [input, output] = [nth(session.inputNames, 0), nth(session.outputNames, 0)];
  const type = session.inputMetadata?.[0]?.type ?? 'float32';
  const made = numbersOf[type];
  if (!made)
    return refuse(
      'not-covered',
      [],
      `ONNX Runtime takes ${input} as ${type}; expected one of ${Object.keys(numbersOf).join(', ')}`,
    );
  const scoresOf = async (values: Float64Array, count: number): Promise<Float64Array> => {
    const found = await session.run({ [input]: new Tensor(type, made(values), [count, ...shape]) });
    return Float64Array.from(got(new Map(Object.entries(found)), output).data);
  };
  // A file may say that it takes one sample at a time, which the first attempt tells.
  let together = true;
  return parsed({
    name: `${isNative ? name : 'onnxruntime-web'} ${env.versions?.common ?? 'of unknown version'}`,
    async run(values, count) {
      const part = type === 'float32' ? undefined : values.find((v) => !Number.isInteger(v));
      if (part !== undefined)
        return refuse(
          'out-of-range',
          [],
          `the network takes whole numbers (${type}), and samples hold ${part}: give them as they are in the file, with --divide 1`,
        );
      try {
        if (together) return parsed(await scoresOf(values, count));
      } catch (error) {
        if (count === 1) return failed('does not run the network', error);
        together = false;
      }
      const each = values.length / count;
      const rows: number[] = [];
      for (let i = 0; i < count; i++)
        try {
          rows.push(...(await scoresOf(values.subarray(i * each, (i + 1) * each), 1)));
        } catch (error) {
          return failed('does not run the network', error);
        }
      return parsed(Float64Array.from(rows));
    },
    close: () => session.release(),
  });
}

async function installed(load: LoadPackage): Promise<readonly [string, Runtime] | undefined> {
  for (const name of packages) {
    // What is not there, or not for this machine, is not installed.
    const found = await load(name).catch(() => undefined);
    if (found === undefined) continue;
    const { default: inner } = found as { readonly default?: Partial<Runtime> };
    return [name, (inner?.InferenceSession ? inner : found) as Runtime];
  }
  return undefined;
}

const failed = (what: string, error: unknown) =>
  refuse('failed', [], `ONNX Runtime ${what}: ${error instanceof Error ? error.message : String(error)}`);
