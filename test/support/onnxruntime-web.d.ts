// What tests use of ONNX Runtime: types hold where it is not installed too.

declare module 'onnxruntime-web/wasm' {
  export const env: { readonly wasm: { numThreads: number } };
  export class Tensor {
    constructor(type: string, data: ArrayLike<number>, dims: readonly number[]);
    readonly dims: readonly number[];
    readonly data: ArrayLike<number>;
  }
  export interface InferenceSession {
    run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
    release(): Promise<void>;
  }
  export const InferenceSession: {
    create(
      file: Uint8Array,
      options: {
        readonly executionProviders: readonly string[];
        readonly graphOptimizationLevel: 'disabled' | 'all';
        readonly logSeverityLevel: number;
      },
    ): Promise<InferenceSession>;
  };
}
