// Options that several verbs have.

import { conventionsByName } from '../model/cost/conventions.js';
import { choice, several, sizes, wholeNumber } from './base-options.js';

/** Of the verbs that answer a question about networks and machines: map, prove, codesign. */
export interface QuestionOptions {
  readonly limit?: readonly string[];
  readonly padding: boolean;
  readonly technology?: string;
  readonly timeLimit: number;
  readonly batch?: number;
  readonly dim?: Readonly<Record<string, number>>;
  readonly sameShape?: readonly string[];
  readonly workers?: number;
  readonly json?: string;
  readonly design?: string;
  readonly quiet?: boolean;
}

export const conventionsName = choice(
  'conventions',
  conventionsByName.map((c) => c.name),
);

export const workloadForms =
  'built-in network, .onnx file, layer table (.yaml, .json; FILE#NAME for one of several), case file, or a workload of Timeloop, ZigZag (.yaml), SCALE-Sim (.csv) or MAESTRO (.m); - is standard input';

/** What `--limit` takes beside the area. */
export const costUnitsText = 'latency (cycles, ns, us, ms), energy (pJ, nJ, uJ, mJ) or edp (pJ*cycles)';

/** What commander's `option` takes of each. */
export const shared = {
  conventions: [
    '--conventions <name>',
    'how accesses are counted: magnet (our hardware) or timeloop (default: magnet; for case files that record Timeloop results: timeloop)',
    conventionsName,
  ],
  constraints: [
    '--constraints <file>',
    'with a Timeloop architecture: a Timeloop file of constraints or an ERT (repeatable)',
    several,
  ],
  padding: ['--no-padding', 'keep the bounds of the layers as they are (13 is not rounded up to 14)'],
  keepAll: [
    '--keep-all',
    'a level keeps every tensor that it may, where its file leaves that open (otherwise bypass is searched too)',
  ],
  technology: ['--technology <file>', 'energies and areas of the parts of a template (default: 16 nm)'],
  batch: ['--batch <n>', 'batch of an ONNX file or a built-in network', wholeNumber(1)],
  dim: [
    '--dim <name=size>',
    "size of a symbolic dimension of an ONNX file, or of an axis without a name, of an input or any value: 'x[2]=224' (repeatable)",
    sizes,
  ],
  sameShape: [
    '--same-shape <operator>',
    'an operator of an ONNX file that magnet does not know (acme.Swish) keeps the shape of its first input (repeatable)',
    several,
  ],
  quiet: ['-q, --quiet', 'no progress'],
} as const;
