// `prove --limit accuracy-loss=1%`: which precisions keep it is measured, whether machines of these meet all other limits is proven.

import { invariant } from '../../base/diagnostics.js';
import type { Parsed } from '../../base/diagnostics.js';
import { parsed } from '../../base/diagnostics.js';
import { unsettled } from '../../base/stop-reason.js';
import { nth } from '../../base/invariant.js';
import { machineryName } from '../../model/machine/presets.js';
import type { MeasuredPrecision } from '../../quantize/measured-precisions.js';
import { verdictOn } from '../../quantize/paired-loss.js';
import { precisionText } from '../../quantize/quantize-options.js';
import type { OtherLimits, ProvenLoss } from '../../results/proven-loss.js';
import type { Proof } from '../../tuner/prove/proof.js';
import type { ProvenSchedules } from '../../library/prove-schedules.js';
import type { Candidates, ProveRequest } from '../../tuner/prove/prove-request.js';
import type { ExitCode } from '../io.js';
import type { Measuring } from '../loss/count-losses.js';
import type { Measured } from '../loss/measured-losses.js';
import { accuracyFound, measured, spaceAt } from '../loss/measured-losses.js';
import type { ProveJob } from './prove-question.js';

/** Without a script where nothing was asked, or it was given up. */
export type Answered = Pick<ProvenSchedules, 'proof'> & Partial<ProvenSchedules>;

export interface Answer extends Answered {
  /** About the machines that were asked last. */
  readonly request: ProveRequest;
  /** Where accuracy is limited: what was measured of it, and what that makes of the proof. */
  readonly loss?: ProvenLoss;
}

/** With an exit code where nothing is asked: bad input, or an interruption. `ask` is about costs alone. */
export async function proveLosses(
  measuring: Measuring,
  network: string,
  { request, loss }: ProveJob,
  ask: (request: ProveRequest) => Promise<Answered>,
): Promise<Parsed<Answer | ExitCode>> {
  invariant(loss, 'accuracy is limited');
  const found = await measured(measuring, network, loss.limit, loss.precisions);
  if (typeof found === 'number') return parsed(found);
  const asked = await askedOf(measuring, request, found, ask);
  const { proof } = asked;
  const { witness } = proof.status === 'feasible' ? proof : { witness: undefined };
  const template = witness?.machine.kind === 'template' ? witness.machine.template : undefined;
  const own = await accuracyFound(found, template);
  if (!own.ok) return own;
  const { value: limit } = own;
  // Interrupted: what was proven stands, and nothing is said of the machine.
  if (!limit) return parsed(asked);
  const status = proof.status === 'feasible' && limit.chosen?.status !== 'within' ? 'unknown' : proof.status;
  const precisions = limit.precisions.map((p, i) => {
    const isFound = p.weightBits === limit.chosen?.weightBits && p.activationBits === limit.chosen.activationBits;
    const others = asked.of.includes(nth(found.precisions, i)) ? othersBy(proof, isFound) : 'unasked';
    return { ...p, others };
  });
  return parsed({ ...asked, loss: { status, field: { ...limit, precisions } } });
}

/** Of a precision whose machines were asked about; where there is a machine nothing is said of the others. */
function othersBy({ status }: Proof, isFound: boolean): OtherLimits {
  if (status === 'feasible') return isFound ? 'met' : 'unasked';
  return status === 'infeasible' ? 'unmet' : 'open';
}

interface Asked extends Answer {
  /** The precisions of the machines that the proof is about. */
  readonly of: readonly MeasuredPrecision[];
}

/** Machines whose loss is within the limit as far as was counted; where these will not do, those too of which the samples do not decide. */
async function askedOf(
  { io }: Measuring,
  request: ProveRequest,
  { question: { limit }, precisions }: Measured,
  ask: (request: ProveRequest) => Promise<Answered>,
): Promise<Asked> {
  const began = io.now();
  const statusOf = (p: MeasuredPrecision) => verdictOn(p.accuracy.loss, limit).status;
  const within = precisions.filter((p) => statusOf(p) === 'within');
  const open = precisions.filter((p) => statusOf(p) !== 'beyond');
  const seconds = () => (io.now() - began) / 1000;
  if (open.length === 0) return { request, of: [], proof: { ...nothingLeft, seconds: 0 } };
  const narrow = tooNarrow(request.candidates, nth(open, 0));
  if (narrow !== undefined)
    return { request, of: [], proof: { status: 'unknown', reason: unsettled(narrow), settled: [], seconds: 0 } };
  const about = async (of: readonly MeasuredPrecision[]): Promise<Asked> => {
    const own = {
      ...request,
      candidates: candidatesAt(request.candidates, of),
      timeLimit: request.timeLimit - seconds(),
    };
    return { ...(await ask(own)), request: own, of };
  };
  const first = await about(within.length > 0 ? within : open);
  return first.proof.status === 'infeasible' && first.of.length < open.length ? about(open) : first;
}

/** Without a proof: every precision was measured to lose too much. */
const nothingLeft = { status: 'infeasible', core: [], minimal: true, also: [], shortages: [], layers: [] } as const;

const candidatesAt = (candidates: Candidates, of: readonly MeasuredPrecision[]): Candidates =>
  candidates.kind === 'space' ? { kind: 'space', space: spaceAt(candidates.space, of) } : candidates;

/** What was counted is of sums that do not overflow. */
function tooNarrow(candidates: Candidates, precision: MeasuredPrecision): string | undefined {
  if (candidates.kind === 'space' || candidates.machine.kind !== 'template') return undefined;
  const { accumPrecision } = candidates.machine.template;
  return accumPrecision >= precision.accumulatorBits
    ? undefined
    : `some input may overflow the sums of ${machineryName(candidates.machine)}, which have ${accumPrecision} bits: ` +
        `at ${precisionText(precision)} this network needs ${precision.accumulatorBits}, and what it loses was counted without overflow`;
}
