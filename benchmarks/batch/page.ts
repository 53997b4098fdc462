// What the benchmarks of batches measured, and the page that says it.

/** Seconds of the timed layers, run by run. */
export interface Speed {
  readonly name: string;
  readonly warming: number;
  readonly timed: number;
  readonly one: readonly number[];
  readonly two: readonly number[];
}

export interface Circumstances {
  readonly cpu: string | undefined;
  readonly cores: number;
  readonly node: string;
  readonly loadBefore: number;
  readonly commit: string;
}

export interface BatchResults {
  readonly speeds?: readonly Speed[];
  /** Resident MB of the whole process at shares of the jobs. */
  readonly memory?: {
    readonly jobs: number;
    readonly seconds: number;
    readonly at: readonly { readonly share: number; readonly mb: number | null }[];
    readonly max: number;
  };
  readonly kills?: {
    readonly jobs: number;
    readonly kills: number;
    readonly lost: number;
    readonly torn: number;
    readonly same: boolean;
    readonly lockLeft: boolean;
  };
  /** Of each of them. */
  readonly measured: Readonly<Record<string, Circumstances>>;
}

/** Times as fast that two workers are to be. */
const goal = 1.8;

export const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)]!;
const spread = (xs: readonly number[]): string =>
  `${median(xs).toFixed(2)} (${Math.min(...xs).toFixed(2)} to ${Math.max(...xs).toFixed(2)})`;
const ratio = ({ one, two }: Speed): string =>
  `${(median(one) / median(two)).toFixed(2)} (` +
  Math.min(...one.map((x, i) => x / two[i]!)).toFixed(2) +
  ' to ' +
  Math.max(...one.map((x, i) => x / two[i]!)).toFixed(2) +
  ')';

export function batchPage({ speeds, memory, kills, measured }: BatchResults): string {
  const where = (part: string): string => {
    const m = measured[part];
    return m ? `${m.cpu}, ${m.cores} cores, Node ${m.node}, load ${m.loadBefore.toFixed(1)} before; ${m.commit}.` : '';
  };
  return [
    '# Batches',
    '',
    ...(speeds
      ? [
          '## Two workers against one',
          '',
          `\`magnet batch\` as a command, a job per layer, all different; goal: ${goal} times as fast. ` +
            `Medians of ${speeds[0]!.one.length} runs in turn, with least and most; how many times as fast is the ` +
            'ratio of the medians, with those of single pairs. Other layers come before those that are timed, ' +
            'in the same process: every worker compiles its code for itself, so that each of two must have grown ' +
            `warm. ${where('speeds')}`,
          '',
          '| layers | before | one worker, s | two, s | times as fast | goal |',
          '|---|---|---|---|---|---|',
          ...speeds.map(
            (s) =>
              `| ${s.timed} ${s.name} | ${s.warming} | ${spread(s.one)} | ${spread(s.two)} | ${ratio(s)} | ` +
              (median(s.one) / median(s.two) >= goal ? 'met' : 'missed') +
              ' |',
          ),
          '',
        ]
      : []),
    ...(memory
      ? [
          '## Memory',
          '',
          `${memory.jobs.toLocaleString('en-US')} jobs of two layers in ${memory.seconds.toFixed(0)} s; ` +
            `resident memory of the process with its workers, most ${memory.max.toFixed(0)} MB. ${where('memory')}`,
          '',
          `| jobs done | ${memory.at.map(({ share }) => `${(100 * share).toFixed(0)} %`).join(' | ')} |`,
          `|---|${memory.at.map(() => '---').join('|')}|`,
          `| MB | ${memory.at.map(({ mb }) => mb?.toFixed(0) ?? '-').join(' | ')} |`,
          '',
        ]
      : []),
    ...(kills
      ? [
          '## Kills',
          '',
          `${kills.jobs} jobs, killed (SIGKILL) ${kills.kills} times at random moments and gone on with: ` +
            (kills.same
              ? 'in the end the file of an undisturbed run but for times'
              : 'ANOTHER FILE than that of an undisturbed run') +
            `; ${kills.lost} times fewer jobs in the file than before a kill, ${kills.torn} torn lines, ` +
            `the lock ${kills.lockLeft ? 'LEFT' : 'gone'}. ${where('kills')}`,
          '',
        ]
      : []),
  ].join('\n');
}
