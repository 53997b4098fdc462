// One co-design led over more and more workers that do not exist, by times that were measured.

import type { CodesignRequest, CodesignResult } from '../../src/tuner/codesign/codesign-request.js';
import type { Codesign } from '../../src/tuner/codesign/codesign-hooks.js';
import type { Measured, MessageCosts, Spent } from './virtual-workers.js';
import { VirtualWorkers } from './virtual-workers.js';

export interface ScalingRow extends Spent {
  readonly workers: number;
  readonly status: CodesignResult['status'];
  readonly objective: number | undefined;
  readonly bound: number;
  readonly nodes: number;
  /** Milliseconds that leading took before the first task, in a process that had led none. */
  readonly begin: number;
}

export async function scalingOf(
  codesign: Codesign,
  request: CodesignRequest,
  measured: Measured,
  costs: MessageCosts,
  widths: readonly number[],
  before?: number,
): Promise<readonly ScalingRow[]> {
  const rows: ScalingRow[] = [];
  let begin = before;
  for (const width of widths) {
    const workers = new VirtualWorkers(width, measured, costs);
    let best = Infinity;
    const led = await workers.lead(
      () =>
        codesign(request, {
          now: workers.now,
          width,
          shapes: workers.shapes,
          stopped: () => false,
          progress: (state) => {
            if (state.best < best) workers.better();
            best = Math.min(best, state.best);
          },
        }),
      begin,
    );
    begin ??= led.begin;
    const { status, best: found, bound, nodes } = led.value;
    rows.push({ workers: width, ...led.spent, status, objective: found?.objective, bound, nodes, begin });
  }
  return rows;
}
