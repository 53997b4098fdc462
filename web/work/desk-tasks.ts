// What the page asks its worker: tasks of a table like those of the library, each loaded when it is first asked for.

import type { LayerDetail, OuterStep, SimulationState, TaskModule } from 'magnet-accelerator';
import type { LayerAsked, StepAsked } from './details.js';
import type { HardwareFound, HardwareTimes } from './hardware.js';
import type { NetworkAsked, NetworkDoing, ProgramFound } from './network-runs.js';
import type { Answer, Progress, Question } from './question.js';
import type { Checked } from './ask/check.js';
import type { Looked } from './look.js';
import type { Editable } from './printed.js';

export interface Put {
  readonly question: Question;
  /** By reference: their bytes are read by who works on them. */
  readonly files: readonly File[];
}

export interface DeskTasks {
  /** What is wrong with a question, or what it comes to before any search. */
  readonly check: (input: Put) => Promise<Checked>;
  readonly answer: (input: Put, progress: (state: Progress) => void) => Promise<Answer>;
  /** What a file of the user's is. */
  readonly look: (input: File) => Promise<Looked>;
  /** What is chosen, as a file. */
  readonly printed: (input: Put & { readonly what: Editable }) => Promise<string>;
  /** The report's section of the text of a result or a design. */
  readonly section: (input: string) => Promise<string>;
  /** Layers of the text of a design, looked at closely. */
  readonly layers: (input: string) => Promise<readonly LayerDetail[]>;
  /** A step of one of them in time. */
  readonly step: (input: StepAsked) => Promise<OuterStep | undefined>;
  /** How long it takes to simulate each layer of the text of a design. */
  readonly times: (input: string) => Promise<HardwareTimes>;
  /** One of them run by the generated Verilog. */
  readonly simulate: (input: LayerAsked, progress: (state: SimulationState) => void) => Promise<HardwareFound>;
  /** The logic of its machine as cells. */
  readonly synthesize: (input: string, progress: (stage: string) => void) => Promise<HardwareFound>;
  /** A whole network run by it, or as a program of the machine. */
  readonly runNetwork: (input: NetworkAsked, progress: (state: NetworkDoing) => void) => Promise<HardwareFound>;
  readonly program: (input: NetworkAsked, progress: (state: NetworkDoing) => void) => Promise<ProgramFound>;
  /** A page that stands alone, of the text of a result. */
  readonly page: (input: string) => Promise<string>;
  /** An archive of the Verilog of the text of a design, with programs and benches. */
  readonly verilog: (input: string) => Promise<Uint8Array<ArrayBuffer>>;
}

/** Who reads the page cancels; nothing else does. */
const patience = () => 2_000_000;

export const deskTasks: TaskModule<DeskTasks> = {
  url: '',
  name: 'deskTasks',
  tasks: {
    check: { load: async () => (await import('./ask/check.js')).checked, patience },
    answer: { load: async () => (await import('./answer/answer-here.js')).answerHere, patience },
    look: { load: async () => (await import('./look.js')).look, patience },
    printed: { load: async () => (await import('./printed.js')).printed, patience },
    section: { load: async () => (await import('./exports.js')).section, patience },
    layers: { load: async () => (await import('./details.js')).layers, patience },
    step: { load: async () => (await import('./details.js')).step, patience },
    times: { load: async () => (await import('./hardware.js')).times, patience },
    simulate: { load: async () => (await import('./hardware.js')).simulated, patience },
    synthesize: { load: async () => (await import('./hardware.js')).synthesized, patience },
    runNetwork: { load: async () => (await import('./network-runs.js')).ranOnHardware, patience },
    program: { load: async () => (await import('./network-runs.js')).programmed, patience },
    page: { load: async () => (await import('./exports.js')).page, patience },
    verilog: { load: async () => (await import('./exports.js')).verilog, patience },
  },
};
