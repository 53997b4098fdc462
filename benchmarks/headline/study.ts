// The best machine for a network under an area limit, in the two numbers of the paper's abstract: fJ per operation and TOPS/mm2.

import { networkRuns } from '../../src/results/codesign-figures.js';
import type { DesignPoint, DesignSpace } from '../../src/model/space/design-space.js';
import { forNetworks } from '../../src/model/space/design-space.js';
import type { Network, Technology } from '../../src/index.js';
import { magnetConventions } from '../../src/index.js';
import { codesign, fingerprint } from '../../src/tuner/codesign/codesign.js';
import type { CodesignHooks } from '../../src/tuner/codesign/codesign-hooks.js';
import type { CodesignRequest } from '../../src/tuner/codesign/codesign-request.js';
import { energyRatio, voltageFor } from './voltage.js';
import type { RunFigures } from '../../src/model/cost/run-figures.js';

/** What the abstract of MAGNet, ICCAD 2019, says of its 16 nm design for ResNet-50 in 8 bits. */
export const abstractNumbers = { fjPerOp: 40, topsPerMm2: 2.8 } as const;

export interface HeadlineCase {
  readonly objective: 'edp' | 'layer-edp' | 'energy';
  /** mm2 at most. */
  readonly area: number;
}

export interface HeadlineRow extends HeadlineCase {
  readonly status: string;
  readonly gap: number;
  readonly seconds: number;
  readonly point: DesignPoint;
  readonly mm2: number;
  /** pJ, cycles. */
  readonly energy: number;
  readonly cycles: number;
  readonly figures: RunFigures;
  /** Not a result: the supply at which the fit of `voltage.ts` would bring energy without DRAM to the abstract's. */
  readonly voltage: { readonly volts: number | undefined; readonly nominal: number; readonly dramFree: number };
}

export interface Effort {
  readonly gap: number;
  /** Seconds. */
  readonly timeLimit: number;
}

/** Undefined where no machine is found. `known` is one to begin with, within the area. */
export async function headlineRow(
  { objective, area }: HeadlineCase,
  network: Network,
  space: DesignSpace,
  technology: Technology,
  effort: Effort,
  hooks: CodesignHooks,
  known?: DesignPoint,
): Promise<HeadlineRow | undefined> {
  const request: CodesignRequest = {
    networks: [{ network, weight: 1 }],
    space: forNetworks(space, [network]),
    technology,
    conventions: magnetConventions,
    objective,
    limits: { area },
    padding: true,
    ...effort,
  };
  const { status, best, bound, seconds } = await codesign(
    request,
    known
      ? {
          ...hooks,
          resume: {
            schema: 'magnet-codesign-checkpoint/2',
            request: fingerprint(request),
            seconds: 0,
            best: known,
            shapes: [],
            curve: [],
          },
        }
      : hooks,
  );
  if (!best) return undefined;
  const { energy, cycles, figures } = networkRuns(request, best)[0]!;
  const nominal = technology.constants.voltage.value;
  const volts = voltageFor(abstractNumbers.fjPerOp / figures.fjPerOp, nominal);
  return {
    objective,
    area,
    status,
    gap: (best.objective - bound) / best.objective,
    seconds,
    point: best.point,
    mm2: best.area,
    energy,
    cycles,
    figures,
    voltage: {
      volts,
      nominal,
      dramFree: volts === undefined ? figures.fjPerOp : figures.fjPerOp * energyRatio(volts, nominal),
    },
  };
}
