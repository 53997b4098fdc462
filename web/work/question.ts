// A question as the page asks it: what is typed in the form, as texts, so that a link or a store can hold it.

export const verbs = ['map', 'schedule', 'codesign', 'prove', 'compare', 'quantize', 'accuracy'] as const;
export type VerbName = (typeof verbs)[number];

/** What `prove` and `compare` are about: one machine, or those of a space. */
export const subjects = ['machine', 'space'] as const;
export type Subject = (typeof subjects)[number];

/** Tensors between runs of a network: some stay in the global buffer where that can be asked for, or it is said why not; or none. */
export const residencies = ['may', 'must', 'none'] as const;
export type Residency = (typeof residencies)[number];

/** A file that was dropped: its content says what it is. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Question {
  readonly verb: VerbName;
  /** A built-in network, or the name of a file. */
  readonly network: string;
  /** More networks of `codesign`, with their weights: `mobilenetv2=4, lenet`. */
  readonly more: string;
  readonly over: Subject;
  /** A preset, or the name of a file. */
  readonly machine: string;
  /** Parameters that differ from the preset's, as a machine file spells them. */
  readonly edits: Readonly<Record<string, string>>;
  /** A built-in space, or the name of a file. */
  readonly space: string;
  /** Built in, or the name of a file; empty where nothing is said. */
  readonly technology: string;
  readonly objective: string;
  /** What is limited along a front of `codesign`; empty where one machine is asked for. */
  readonly front: string;
  readonly points: string;
  /** `latency=2ms`, `area=2mm2`: as `--limit` takes them. */
  readonly limits: readonly string[];
  /** Of `compare`, with commas between them; empty: all that suit the question. */
  readonly strategies: string;
  readonly repeat: string;
  /** With a certificate. */
  readonly certify: boolean;
  /** Images at a time; empty: as many as the network says. */
  readonly batch: string;
  /** Of `schedule` and `codesign`. */
  readonly residency: Residency;
  /** Whether `schedule` may put chains of steps into bands. */
  readonly bands: boolean;
  readonly padding: boolean;
  readonly folds: boolean;
  readonly timeLimit: string;
  /** Of `accuracy`: labelled samples and their classes, named like those of `samples`; empty where samples say their classes. */
  readonly data: string;
  readonly labels: string;
  /** The first that counts, and the share that may be lost; empty where nothing is said. */
  readonly first: string;
  readonly maxLoss: string;
  /** Of `quantize` and `accuracy`: the file of samples that set the scales, or `FILE#ARRAY`; empty where none is chosen. */
  readonly samples: string;
  /** `w8a8`, and `conv1=w4a8, fc=w8a8` of single layers. */
  readonly bits: string;
  readonly layerBits: string;
  readonly unsigned: boolean;
  readonly equalize: boolean;
  /** Bits of accumulators that no input may overflow; empty where nothing is said. */
  readonly accumPrecision: string;
  /** How numbers of the samples are read, as on the command line; empty likewise. */
  readonly divide: string;
  readonly mean: string;
  readonly std: string;
}

/** Objectives and time limits of a verb where nothing else is said are the command line's. */
export const firstQuestion: Question = {
  verb: 'map',
  network: 'resnet50',
  more: '',
  over: 'machine',
  machine: 'simba',
  edits: {},
  space: 'magnet-quick',
  technology: '',
  objective: 'layer-edp',
  front: '',
  points: '7',
  limits: [],
  strategies: '',
  repeat: '5',
  certify: false,
  batch: '',
  residency: 'may',
  bands: true,
  padding: true,
  folds: true,
  timeLimit: '60s',
  data: '',
  labels: '',
  first: '',
  maxLoss: '',
  samples: '',
  bits: 'w8a8',
  layerBits: '',
  unsigned: false,
  equalize: false,
  accumPrecision: '',
  divide: '',
  mean: '',
  std: '',
};

/** Which of the two a verb is about. */
export const subjectOf = ({ verb, over }: Pick<Question, 'verb' | 'over'>): Subject =>
  verb === 'codesign' ? 'space' : verb === 'prove' || verb === 'compare' ? over : 'machine';

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

/** A point of a front, with the text of its machine's design. */
export interface FrontPoint {
  /** Undefined of the last, which nothing limits. */
  readonly limit: number | undefined;
  /** What is minimised and what is limited; undefined where no machine is known. */
  readonly values: readonly [number | undefined, number | undefined];
  readonly design: string | undefined;
}

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
  /** For `magnet check`. */
  readonly certificate?: string | undefined;
  /** What Z3 was asked last, in SMT-LIB. */
  readonly script?: string | undefined;
  readonly points?: readonly FrontPoint[] | undefined;
  /** A network in integers, as QDQ ONNX. */
  readonly quantized?: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
  /** The report's own section, as HTML whose texts are escaped. */
  readonly section: string;
}
