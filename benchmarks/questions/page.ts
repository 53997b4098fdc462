// What runs of questions came to, as words, and as a page of a table.

export interface Run {
  /** Seconds. */
  readonly wall: number;
  readonly processor: number;
  /** Megabytes. */
  readonly peak: number;
  readonly said: string;
  /** To the gap asked for; of a front every point. */
  readonly proven: boolean;
}

export interface Row {
  readonly name: string;
  /** Wall seconds. */
  readonly goal: number;
  readonly before: Run | undefined;
  readonly now: Run;
}

interface Answer {
  readonly status?: string;
  readonly gap?: number | null;
  readonly best?: { readonly objective?: number } | null;
  readonly bound?: number | null;
  readonly points?: readonly Answer[];
}

const gapOf = ({ gap, best, bound }: Answer): number | null =>
  gap ?? (best?.objective && bound ? 1 - bound / best.objective : null);

/** What a result file of any verb says. */
export function answerOf(result: unknown): Pick<Run, 'said' | 'proven'> {
  if (result === undefined) return { said: 'no result', proven: false };
  const answer = result as Answer;
  if (answer.points) {
    const optimal = answer.points.filter((p) => p.status === 'optimal').length;
    return { said: `${optimal} of ${answer.points.length} points proven`, proven: optimal === answer.points.length };
  }
  const gap = gapOf(answer);
  const open = gap === null || gap < 1e-9 ? '' : `, ${(100 * gap).toFixed(2)} % open`;
  const { status = 'done' } = answer;
  return { said: status + open, proven: ['optimal', 'infeasible', 'done'].includes(status) };
}

interface About {
  readonly commit: string;
  readonly cpu: string | undefined;
  readonly cores: number;
  readonly node: string;
  readonly load: number;
  readonly cap: number;
}

const cells = (run: Run | undefined) =>
  run ? [run.wall.toFixed(1), run.processor.toFixed(1), run.peak.toFixed(0), run.said] : ['-', '-', '-', 'not asked'];

export function page({ commit, cpu, cores, node, load, cap }: About, rows: readonly Row[]): string {
  const compared = rows.some((r) => r.before);
  const head = ['question', 'goal, s', ...(compared ? ['before: s', 'processor s', 'MB', 'answer'] : [])];
  const table = [
    [...head, 'now: s', 'processor s', 'MB', 'answer', 'goal met'],
    ...rows.map(({ name, goal, before, now }) => [
      name,
      String(goal),
      ...(compared ? cells(before) : []),
      ...cells(now),
      now.wall <= goal && now.proven ? 'yes' : '**no**',
    ]),
  ].map((line) => `| ${line.join(' | ')} |`);
  table.splice(1, 0, `|${'---|'.repeat(table[0]!.split(' | ').length)}`);
  return `# Questions about networks

The built command, one run each${compared ? ', v0.4.0 and this commit in turn' : ''}; searches stop after ${cap} s. ${cpu}, ${cores} cores, Node ${node}, load ${load.toFixed(1)} before; commit ${commit}. Made by \`benchmarks/questions/run.ts\`.

${table.join('\n')}
`;
}
