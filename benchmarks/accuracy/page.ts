// The page of samples through trained networks: what each way says, and what it takes.

import type { NetworkResult } from './measure.js';

export interface VerbResult {
  readonly network: string;
  readonly samples: number;
  readonly workers: number;
  /** Of `magnet accuracy`, start to end. */
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly real: number;
  readonly integer: number;
}

export interface MeasuredOn {
  readonly commit: string;
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Version of onnxruntime-web. */
  readonly runtime: string;
  readonly rounds: number;
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const percent = (part: number, of: number) => `${((100 * part) / of).toFixed(2)} %`;

export function accuracyPage(networks: readonly NetworkResult[], verbs: readonly VerbResult[], on: MeasuredOn): string {
  const heads = ['network', 'way', 'samples', 'ms a sample', 'seconds for 10,000', 'top-1', 'other classes'];
  const rows = networks.flatMap(({ network, macs, ways }) =>
    ways.map((w, i) =>
      line([
        i === 0 ? `${network}, ${(macs / 1e6).toFixed(2)} M MACs` : '',
        w.way,
        w.samples.toLocaleString('en'),
        w.milliseconds.toFixed(3),
        (w.milliseconds * 10).toFixed(2),
        percent(w.right, w.samples),
        w.others === 0 ? '' : String(w.others),
      ]),
    ),
  );
  const verbHeads = ['network', 'samples', 'workers', 'seconds', 'of processors', 'real', 'integers, w8a8'];
  const verbRows = verbs.map((v) =>
    line([
      v.network,
      v.samples.toLocaleString('en'),
      String(v.workers),
      v.seconds.toFixed(1),
      v.processorSeconds.toFixed(1),
      `${(100 * v.real).toFixed(2)} %`,
      `${(100 * v.integer).toFixed(2)} %`,
    ]),
  );
  return `${[
    '# Samples through trained networks',
    '',
    `Trained networks on labelled samples they have not seen, by magnet ${on.commit} and by onnxruntime-web ${on.runtime}, 200 ` +
      `samples at a time, ${on.rounds} rounds, on ${on.cores} cores of ${on.cpu}, Node ${on.node}, otherwise idle. Made by ` +
      '`npx tsx benchmarks/accuracy/run.ts`.',
    '',
    line(heads),
    line(['---', '---', '---:', '---:', '---:', '---:', '---:']),
    ...rows,
    '',
    'Milliseconds and seconds are of processor time of one thread, the median of all rounds; all ways take turns, and what is ' +
      'compiled at first is no part of it. "Other classes" are samples of which a way says another class than the lanes say: those ' +
      "of the reference must be none. ONNX Runtime's real numbers have 32 bits, ours 64; of integers it makes sums in 32-bit real " +
      'numbers, which may round the other way at a tie ([networks.md](../../docs/networks.md#qdq-onnx)). Scales here are of the ' +
      'largest number over 200 samples, not those of `magnet accuracy`.',
    '',
    line(verbHeads),
    line(['---', '---:', '---:', '---:', '---:', '---:', '---:']),
    ...verbRows,
    '',
    '`magnet accuracy` from start to end: reading, calibration, real numbers and integers. The real ones are what the ' +
      'networks were said to have when they were trained: 97.24 % of 797, 90.26 % and 88.34 % of 10,000.',
  ].join('\n')}\n`;
}
