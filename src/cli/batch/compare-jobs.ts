// `kind: compare` of a batch: a part per run of a strategy on a layer, in a thread of its own as `magnet compare` has it.

import { whyText } from '../../tuner/codesign/codesign-reason.js';
import { defined, nth } from '../../base/invariant.js';
import { parsed } from '../../base/diagnostics.js';
import { digest } from '../../base/digest.js';
import type { JobOutcome } from '../../batch/batch-job.js';
import type { CompareResultRun } from '../../results/compare-result.js';
import { gapBetween } from '../../model/cost/goal.js';
import { shapeKey } from '../../model/workload/layer.js';
import type { Comparison } from '../../tuner/compare/comparison.js';
import { comparisonOf } from '../../tuner/compare/comparison.js';
import type { Run } from '../../tuner/compare/contest-run.js';
import { schedule } from '../../tuner/compare/turns.js';
import { whyInfeasible } from '../../library/why-infeasible.js';
import type { Contest } from '../../tuner/compare/contest.js';
import { contestOf, runContest } from '../../tuner/compare/contest.js';
import type { CompareJob } from '../compare/compare-job.js';
import { jobFields, jobQuestion } from '../../options/job-fields.js';
import { compareVerb } from '../../options/compare-table.js';
import { askedBy } from '../compare/compare-job.js';
import { prepareCompare } from '../compare/compare-question.js';
import { compareResult, offenderText, runOf } from '../../results/compare-answer.js';
import type { JobKind, Workers } from './kind.js';
import { explainingIn, labelOf, sharedBy } from './kind.js';

/** A run as a line of JSON can hold it, which has no infinite numbers. */
interface RunLine extends CompareResultRun {
  /** Of the bound, where it is proven that nothing fits. */
  readonly infinite: boolean;
}

export const compareJobs: JobKind = {
  ...jobFields(compareVerb),
  verb: compareVerb,
  prepare(io, spec, missing) {
    const { given, options } = jobQuestion(compareVerb, spec.values);
    const prepared = prepareCompare(io, given, options, missing, 'layers');
    if (!prepared.ok) return prepared;
    const job = refereed(prepared.value);
    const { request, question, network, on, limits, hopeless } = job;
    const shared =
      question.kind === 'mappings'
        ? sharedBy(nth(question.tasks, 0), [request.gap])
        : digest(JSON.stringify({ ...question.codesign, timeLimit: 0 }));
    const turns = hopeless === undefined ? schedule(request.arenas, request) : [];
    const contests = turns.map((turn) => contestOf(job.question, request, options, turn));
    return parsed({
      label: labelOf(spec, network.name, on),
      understood: job.understood,
      content: JSON.stringify([
        request,
        options.proofTime,
        network.name,
        network.layers.map(({ layer }) => shapeKey(layer)),
        on,
        limits,
        shared,
      ]),
      parts: contests.map(({ kind, input }) =>
        JSON.stringify([
          kind === 'mappings' ? sharedBy(input.task, [request.gap]) : shared,
          input.strategy,
          ...(kind === 'mappings'
            ? [shapeKey(input.task.layer), input.budget.time, input.budget.seed]
            : [input.request.timeLimit, input.seed]),
        ]),
      ),
      open: ({ run, width }) => ({
        parts: contests.map((contest, i) => ({
          label:
            `${nth(request.arenas, nth(turns, i).arena).name}: ${nth(turns, i).strategy}` +
            (nth(turns, i).round === 0 ? ' for the proof' : ` ${nth(turns, i).round}`),
          async solve() {
            const played = await runContest({ run }, contest, () => {});
            return lineOf(
              nth(turns, i).round === 0 && played.bound === Infinity
                ? { ...played, reason: await whyNothing(run, contest, io.now) }
                : played,
            );
          },
        })),
        conclude(answers) {
          const comparison = comparisonOf(
            request,
            turns.map((turn, i) => ({ ...turn, run: runFrom(answers[i] as RunLine) })),
          );
          const seconds = (answers as readonly RunLine[]).reduce((n, r) => n + r.seconds, 0);
          const reasons = new Map(
            comparison.arenas.flatMap(({ name, reference, referee }) =>
              reference.bound === Infinity && referee?.reason ? [[name, referee.reason]] : [],
            ),
          );
          return {
            ...figuresOf(comparison, hopeless),
            seconds,
            result: compareResult(askedBy(job, { ...options, workers: width }), comparison, reasons),
          };
        },
      }),
    });
  },
};

/** In words, for the referee; empty where it was not settled. */
async function whyNothing(run: Workers['run'], { kind, input }: Contest, now: () => number): Promise<string> {
  if (kind === 'mappings')
    return whyInfeasible(input.task, explainingIn(run, now), 'auto', { ...input.budget, evaluations: Infinity });
  return whyText(await run('codesign', input.request));
}

/** What is asked must not hang on answers: the referee always proves, once for all jobs that compare on the same layers. */
const refereed = (job: CompareJob): CompareJob => ({
  ...job,
  request: { ...job.request, referee: { ...job.request.referee, first: true } },
});

const lineOf = (run: Run): RunLine => ({ ...runOf(run), infinite: run.bound === Infinity });

const runFrom = ({ infinite, objective, bound, curve, ...rest }: RunLine): Run => ({
  ...rest,
  objective: objective ?? Infinity,
  bound: infinite ? Infinity : (bound ?? 0),
  curve: curve.map(([seconds, best]) => ({ seconds, best })),
});

/** As the verb's exit code: an optimum of every layer, or a layer that fits nowhere; nobody below a bound. */
function figuresOf(
  { arenas, sum, offenders }: Comparison,
  hopeless: string | undefined,
): Omit<JobOutcome, 'seconds' | 'result'> {
  const none = { objective: null, bound: null, gap: null };
  if (hopeless !== undefined) return { ...none, status: 'infeasible', settled: true, reason: hopeless };
  if (offenders.length > 0)
    return {
      ...none,
      status: 'unknown',
      settled: false,
      reason: `magnet contradicts itself: ${offenderText(nth(offenders, 0))}; please report it`,
    };
  const impossible = arenas.find(({ reference }) => reference.bound === Infinity);
  if (impossible)
    return {
      ...none,
      status: 'infeasible',
      settled: true,
      reason: `${impossible.name}: ${impossible.referee?.reason || 'it is proven that nothing fits'}`,
    };
  const open = arenas.filter(({ reference }) => !reference.proved);
  const best = arenas.reduce((n, { count, reference }) => n + count * reference.best, 0);
  const reason =
    open.length === 0
      ? ''
      : `${nth(open, 0).name}: nobody proved the optimum${open.length > 1 ? `; and ${open.length - 1} more` : ''}`;
  if (!Number.isFinite(best)) return { ...none, status: 'unknown', settled: false, reason };
  return {
    status: open.length === 0 ? 'optimal' : 'feasible',
    settled: open.length === 0,
    objective: best,
    bound: defined(sum).bound,
    gap: gapBetween(best, defined(sum).bound),
    reason,
  };
}
