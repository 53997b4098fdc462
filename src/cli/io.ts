// What the verbs ask of the world, so that they run in a test as in a shell.

import type { Parsed } from '../base/diagnostics.js';
import type { Format } from '../interchange/document.js';

export interface Io {
  /** Standard output: answers only. */
  readonly out: (text: string) => void;
  /** The same for what is a file, whose lines no terminal may change; `out` where nothing changes them. */
  readonly data?: (text: string) => void;
  /** Standard error: progress and messages. */
  readonly err: (text: string) => void;
  /** Width of the terminal behind standard error; undefined where there is none. */
  readonly columns: number | undefined;
  /** Of the terminal behind standard output; undefined where there is none, and lines may be as long as they are. */
  readonly width?: number | undefined;
  /** `-` is standard input. Throws where the file cannot be read. */
  readonly read: (path: string) => Uint8Array;
  /** YAML or JSON to data, where somebody remembers what was read; `parseDocument` otherwise. */
  readonly parse?: (bytes: Uint8Array, format: Format) => Parsed<unknown>;
  /** Whole or not at all. Throws where the file cannot be written. */
  readonly write: (path: string, content: string | Uint8Array) => void;
  /** Why a file could not be written there, if that can be told beforehand. */
  readonly obstacle: (path: string) => string | undefined;
  /** Names in a directory; undefined where there is nothing of that name. Throws where it is no directory. */
  readonly list: (path: string) => readonly string[] | undefined;
  /** With its parents; content where it is there already. */
  readonly makeDirectory: (path: string) => void;
  /** A file, if it is there. */
  readonly remove: (path: string) => void;
  /** Whether a program of that name can be run. */
  readonly installed: (program: string) => boolean;
  /** Milliseconds, monotone. */
  readonly now: () => number;
  readonly cpus: number;
  /** Of magnet, and of Node under it. */
  readonly version: string;
  readonly node: string;
  /** Calls back when the process is asked to end (Ctrl-C, SIGTERM, SIGHUP), until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
}

/** Of every verb. */
export const exit = { done: 0, infeasible: 1, unsettled: 2, badInput: 3, bug: 4, interrupted: 130 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];
