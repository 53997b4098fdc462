// The best machine of a space, as `magnet codesign` finds it.

import { version } from '../base/version.js';
import { printCertificate } from '../certificate/certificate-file.js';
import type { Design } from '../model/space/design.js';
import type { DesignSpace } from '../model/space/design-space.js';
import { turn } from '../pool/turn.js';
import type { CertificateAnswer } from '../tuner/codesign/certify-space.js';
import { certifySpace } from '../tuner/codesign/certify-space.js';
import { codesign as search } from '../tuner/codesign/codesign.js';
import type { Checkpoint, CodesignState, CodesignRequest, CodesignResult } from '../tuner/codesign/codesign-request.js';
import { whyNone } from '../tuner/codesign/why-none.js';
import { askOn, shapesOn } from '../tuner/on-workers.js';
import { codesignDesign } from '../results/codesign-design.js';
import type { Explained } from '../results/codesign-answer.js';
import { codesignResult } from '../results/codesign-answer.js';
import type { CodesignResultFile } from '../results/codesign-result.js';
import { calledBy, callText } from './called.js';
import { explain, explainersOn, searchShare } from './explain-codesign.js';
import type { CallOptions } from './session.js';
import { inSession } from './session.js';

/** What is asked beside the best machine, where the search begins, and who hears of it. */
export interface CodesignOptions extends CallOptions {
  /** The space before networks decided the width of its sums, as results name it: the request's own. */
  readonly named?: DesignSpace;
  readonly progress?: (state: CodesignState) => void;
  /** What an earlier call was told last: this one begins there. */
  readonly resume?: Checkpoint;
  readonly checkpoint?: (checkpoint: Checkpoint) => void;
  /** Asks of the best machine what a step of each parameter costs, and what more of it would bring: in a quarter of the time. */
  readonly explain?: boolean;
  /** Makes a certificate of the answer, in as much time again. */
  readonly certificate?: boolean;
}

/** What `codesign` answers. */
export interface Codesigned extends CodesignResult {
  /** The best machine with the mappings of all networks, as `map` gives one; undefined where none was found. */
  readonly design: Design | undefined;
  /** Where it was asked for and a machine was found. */
  readonly explained: Explained | undefined;
  /** The text of its file, for `check`; undefined where it was not asked for, or not made in time. */
  readonly certificate: string | undefined;
  /** What `codesign --json` writes: `printCodesignResult` and `report` take it. */
  readonly result: CodesignResultFile;
}

/**
 * The best machine of a space with all mappings of some networks, to the gap that is asked for. Where no machine will do, the
 * reason and its causes say why; `whyText` puts them into words.
 */
export async function codesign(request: CodesignRequest, options: CodesignOptions = {}): Promise<Codesigned> {
  const { result, explained, certificate } = await searched(request, options);
  const { best } = result;
  const names = JSON.stringify(request.networks.map((n) => n.network.name));
  const { networks: _, space: decided, ...asked } = request;
  const { named: space = decided } = options;
  const called = calledBy(callText('codesign', [names, JSON.stringify(space.name)], asked));
  return {
    ...result,
    design: best && codesignDesign(request, { ...result, best, space }, called),
    explained,
    certificate,
    result: codesignResult(request, space, result, { explained }),
  };
}

const certificateText = (made: CertificateAnswer): string | undefined =>
  made.status === 'made' ? printCertificate(made.certificate, version) : undefined;

interface Searched {
  readonly result: CodesignResult;
  readonly explained: Explained | undefined;
  readonly certificate: string | undefined;
}

const searched = (request: CodesignRequest, options: CodesignOptions): Promise<Searched> =>
  inSession(options, async ({ runner, logic, now, stopped }) => {
    const { progress = () => {}, resume, checkpoint } = options;
    const deadline = now() + request.timeLimit * 1000;
    const hooks = { now, width: runner.width, shapes: shapesOn(runner), turn, progress, stopped };
    const searching = options.explain ? { ...request, timeLimit: request.timeLimit * searchShare } : request;
    const found = await search(searching, { ...hooks, ...(resume && { resume }), ...(checkpoint && { checkpoint }) });
    const { best } = found;
    const asked = options.explain === true && best !== undefined && !stopped();
    const explained = asked
      ? await explain(explainersOn(runner), request, best, { ...hooks, progress: () => {} }, deadline)
      : undefined;
    const certificate = options.certificate
      ? certificateText(
          await certifySpace(request, found, {
            ...hooks,
            deadline: now() + request.timeLimit * 1000,
            certifyShape: (input) => runner.run('certifyShape', input),
          }),
        )
      : undefined;
    if (found.status !== 'infeasible' || stopped()) return { result: found, explained, certificate };
    const left = { ...request, timeLimit: request.timeLimit - found.seconds };
    return { result: { ...found, causes: await whyNone(left, askOn(logic), hooks, found) }, explained, certificate };
  });
