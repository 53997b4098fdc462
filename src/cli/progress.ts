// Progress on standard error: one live line on a terminal, else a line per finished layer.

import { printShape } from '../model/layer.js';
import type { Network } from '../model/network.js';
import { energyText, grouped, percent, secondsText } from '../report/quantities.js';
import { gapOf } from '../search/strategy.js';
import type { MapEvent } from '../tuner/map-network.js';
import type { Io } from './io.js';

export interface Progress {
  readonly event: (event: MapEvent) => void;
  /** Clears the live line. */
  readonly end: () => void;
}

/** Between two drawings of the live line, milliseconds. */
const pause = 100;
const clearLine = '\r\u001b[K';

export function makeProgress(io: Io, network: Network, quiet: boolean): Progress {
  if (quiet) return { event: () => {}, end: () => {} };
  const total = network.layers.length;
  const nameOf = (index: number) => network.layers[index]!.layer.name;
  let done = 0;
  let drawn = -Infinity;
  /** What is said about each layer at work. */
  const working = new Map<number, string>();

  if (io.columns === undefined) {
    return {
      event(event) {
        if (event.kind === 'finished') io.err(`[${String(++done).padStart(String(total).length)}/${total}] ${finishedLine(event)}\n`);
      },
      end: () => {},
    };
  }
  const width = Math.max(20, io.columns - 1);
  return {
    event(event) {
      if (event.kind === 'finished') {
        done++;
        working.delete(event.index);
      } else working.set(event.index, event.kind === 'progress' ? `${nameOf(event.index)} gap ${gapText(event)}` : nameOf(event.index));
      if (event.kind === 'progress' && io.now() - drawn < pause) return;
      drawn = io.now();
      io.err(`${clearLine}${`${done}/${total} layers  ${[...working.values()].join(', ')}`.slice(0, width)}`);
    },
    end: () => io.err(clearLine),
  };
}

const gapText = ({ best, bound }: { readonly best: number; readonly bound: number }): string =>
  Number.isFinite(best) && best > 0 ? percent(Math.max(0, (best - bound) / best)) : 'open';

function finishedLine({ result: { layer, answer, seconds } }: Extract<MapEvent, { kind: 'finished' }>): string {
  const found = answer.best ? `, ${energyText(answer.best.evaluation.energy)}, ${grouped(answer.best.evaluation.cycles)} cycles, gap ${percent(gapOf(answer))}` : '';
  return `${layer.name} ${printShape(layer)}: ${answer.status}${found}, ${secondsText(seconds)}`;
}
