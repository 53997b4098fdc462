// A question as the page asks it: what is typed in the form, as texts, so that a link or a store can hold it.

export const verbs = ['map', 'schedule', 'codesign'] as const;
export type VerbName = (typeof verbs)[number];

/** A file that was dropped: its name decides how it is read, as on the command line. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Question {
  readonly verb: VerbName;
  /** A built-in network, or the name of `file`. */
  readonly network: string;
  /** A preset: of `map` and `schedule`. */
  readonly machine: string;
  /** Parameters that differ from the preset's, as a machine file spells them. */
  readonly edits: Readonly<Record<string, string>>;
  /** A built-in space: of `codesign`. */
  readonly space: string;
  readonly objective: string;
  /** `latency=2ms`, `area=2mm2`: as `--limit` takes them. */
  readonly limits: readonly string[];
  readonly padding: boolean;
  readonly folds: boolean;
  readonly timeLimit: string;
}

/** Objectives and time limits of a verb where nothing else is said are the command line's. */
export const firstQuestion: Question = {
  verb: 'map',
  network: 'resnet50',
  machine: 'simba',
  edits: {},
  space: 'magnet-quick',
  objective: 'layer-edp',
  limits: [],
  padding: true,
  folds: true,
  timeLimit: '60s',
};

/** How far a run is. */
export type Progress =
  | { readonly kind: 'layers'; readonly done: number; readonly of: number; readonly doing: string }
  | {
      readonly kind: 'search';
      readonly seconds: number;
      readonly best: number;
      readonly bound: number;
      readonly said: string;
    }
  | { readonly kind: 'doing'; readonly said: string };

export interface Answer {
  readonly question: Question;
  readonly title: string;
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown';
  /** Why, where there is no answer or only part of one: a line for each layer without; empty otherwise. */
  readonly reason: string;
  /** What asks the command line the same. */
  readonly command: string;
  readonly seconds: number;
  /** What is compared between runs: names with values in their units. */
  readonly facts: Readonly<Record<string, number>>;
  /** Texts of files. */
  readonly design: string | undefined;
  readonly result: string;
  /** A machine file, where its parameters were edited: the command names it. */
  readonly machine: string | undefined;
  /** The report's own section, as HTML whose texts are escaped. */
  readonly section: string;
}
