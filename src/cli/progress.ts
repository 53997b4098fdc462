// Progress of mapping: which layers are at work, their gaps, and what is finished.

import { nth } from '../base/invariant.js';
import { gapBetween } from '../model/cost/goal.js';
import { printShape } from '../model/workload/layer.js';
import { partsText } from '../model/workload/layer-parts.js';
import type { Network } from '../model/workload/network.js';
import { energyText, grouped, percent, secondsText } from '../report/tables/quantities.js';
import { gapOf } from '../search/strategy.js';
import type { Certification } from '../tuner/certify.js';
import type { MapEvent } from '../tuner/map-network.js';
import type { Io } from './io.js';
import { makeLive } from './live.js';

export interface Progress {
  readonly event: (event: MapEvent) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

export function makeProgress(io: Io, network: Network, quiet: boolean): Progress {
  const live = makeLive(io, network.layers.length, 'layers', quiet);
  const nameOf = (index: number) => nth(network.layers, index).layer.name;
  return {
    event(event) {
      if (event.kind === 'finished') live.finished(event.index, finishedLine(event));
      else if (event.kind === 'certifying')
        live.working(event.index, `${nameOf(event.index)} certifying, eps ${percent(event.eps)}`, true);
      else if (event.kind === 'mapped') live.working(event.index, `${nameOf(event.index)} certifying`, false);
      else
        live.working(
          event.index,
          event.kind === 'progress' ? `${nameOf(event.index)} gap ${gapText(event)}` : nameOf(event.index),
          event.kind === 'progress',
        );
    },
    end: live.end,
  };
}

const gapText = ({ best, bound }: { readonly best: number; readonly bound: number }): string =>
  gapBetween(best, bound) < 1 ? percent(gapBetween(best, bound)) : 'open';

function finishedLine({
  result: { layer, answer, seconds, certificate },
}: Extract<MapEvent, { kind: 'finished' }>): string {
  const found = answer.best
    ? `, ${energyText(answer.best.evaluation.energy)}, ${grouped(answer.best.evaluation.cycles)} cycles, gap ${percent(gapOf(answer))}`
    : '';
  const parts = answer.best ? partsText(answer.best.mapping) : '';
  const certified = certificate ? `; ${certificateOf(certificate)}` : '';
  return `${layer.name} ${printShape(layer)}${parts}: ${answer.status}${found}, ${secondsText(seconds)}${certified}`;
}

const certificateOf = ({ status, eps, seconds }: Certification): string =>
  `${status}${eps === null ? '' : ` at eps ${percent(eps)}`}, ${secondsText(seconds)}`;
