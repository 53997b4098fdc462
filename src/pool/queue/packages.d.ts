// What is used of bullmq and ioredis: optional peers, which need not be there for magnet to be compiled.

declare module 'ioredis' {
  interface Transaction {
    set(key: string, value: string, unit: 'EX', seconds: number): this;
    del(key: string): this;
    sadd(key: string, member: string): this;
    srem(key: string, member: string): this;
    /** An error and an answer each; rejects where the whole was refused. */
    exec(): Promise<readonly (readonly [Error | null, unknown])[] | null>;
  }

  export class Redis {
    constructor(options: object);
    on(event: 'error', heard: (error: Error) => void): this;
    on(event: 'ready' | 'close', heard: () => void): this;
    connect(): Promise<void>;
    info(): Promise<string>;
    select(database: number): Promise<unknown>;
    set(key: string, value: string, unit: 'EX', seconds: number): Promise<unknown>;
    mget(keys: readonly string[]): Promise<readonly (string | null)[]>;
    smembers(key: string): Promise<readonly string[]>;
    srem(key: string, ...members: readonly string[]): Promise<unknown>;
    multi(): Transaction;
    disconnect(): void;
  }
}

declare module 'bullmq' {
  interface Connected {
    readonly connection: object;
    readonly prefix: string;
  }

  export interface Job<Data, Answer> {
    readonly data: Data;
    readonly returnvalue: Answer;
    readonly failedReason: string;
    updateProgress(state: unknown): Promise<void>;
  }

  export class Queue<Data, Answer> {
    constructor(
      name: string,
      options: Connected & { readonly streams: { readonly events: { readonly maxLen: number } } },
    );
    on(event: 'error', heard: (error: Error) => void): this;
    add(
      name: string,
      data: Data,
      options: {
        readonly jobId: string;
        readonly attempts: number;
        /** Seconds. */
        readonly removeOnComplete: { readonly age: number };
        readonly removeOnFail: { readonly age: number };
      },
    ): Promise<unknown>;
    /** 0 of a job at work, which stays. */
    remove(id: string): Promise<number>;
    getJobState(id: string): Promise<string>;
    getJob(id: string): Promise<Job<Data, Answer> | undefined>;
    disconnect(): Promise<void>;
  }

  export class QueueEvents {
    constructor(name: string, options: Connected);
    readonly closing: Promise<void> | undefined;
    on(event: 'completed', heard: (of: { readonly jobId: string; readonly returnvalue: unknown }) => void): this;
    /** No further try is left. */
    on(event: 'failed', heard: (of: { readonly jobId: string; readonly failedReason: string }) => void): this;
    on(event: 'progress', heard: (of: { readonly jobId: string; readonly data: unknown }) => void): this;
    /** A job of that name was there. */
    on(event: 'duplicated', heard: (of: { readonly jobId: string }) => void): this;
    on(event: 'error', heard: (error: Error) => void): this;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  }

  export class Worker<Data, Answer> {
    constructor(
      name: string,
      work: (job: Job<Data, Answer>) => Promise<Answer>,
      options: Connected & {
        readonly name: string;
        readonly concurrency: number;
        /** Milliseconds, these and below, but for `drainDelay`. */
        readonly lockDuration: number;
        readonly stalledInterval: number;
        readonly maxStalledCount: number;
        readonly maxStartedAttempts: number;
        readonly runRetryDelay: number;
        /** Seconds. */
        readonly drainDelay: number;
      },
    );
    on(event: 'error', heard: (error: Error) => void): this;
    close(): Promise<void>;
  }
}
