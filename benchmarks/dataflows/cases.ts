// The machines of the study: preset `magnet` at other widths, with sums that no layer overflows.

import { builtinNetworks, magnet } from '../../src/index.js';
import type { DesignPoint } from '../../src/model/space/design-space.js';
import { forNetworks, parameters } from '../../src/model/space/design-space.js';
import { dataflows, deepEntries } from './dataflows.js';
import type { StudyCase } from './study-task.js';

export const networkNames = ['alexnet', 'resnet50', 'pilotnet'] as const;
export const widths = [8, 16, 32] as const;

/** Buffers in the bytes of the preset whatever the widths; a machine rounds them down to whole lines. */
export function baseOf(vectorSize: number, numLanes: number): DesignPoint {
  const point = Object.fromEntries(parameters.map((p) => [p, magnet[p]])) as Record<keyof DesignPoint, number>;
  const menus = Object.fromEntries(parameters.map((p) => [p, [magnet[p]]])) as unknown as Record<
    keyof DesignPoint,
    number[]
  >;
  const space = {
    name: 'dataflows',
    source: 'preset magnet',
    menus: { ...menus, accumPrecision: [] },
    maxPes: magnet.rows * magnet.columns,
    overflowFree: true,
  };
  const networks = builtinNetworks.filter((n) => (networkNames as readonly string[]).includes(n.name));
  return { ...point, vectorSize, numLanes, accumPrecision: forNetworks(space, networks).menus.accumPrecision[0]! };
}

export const studyCases: readonly StudyCase[] = networkNames.flatMap((network) =>
  widths.flatMap((vector) =>
    widths.flatMap((lanes) =>
      dataflows.map((d): StudyCase => ({ network, dataflow: d.name, base: baseOf(vector, lanes), deep: deepEntries })),
    ),
  ),
);

/** The same of ResNet-50 on the machine in the middle with other depths. */
export const depthCases: readonly StudyCase[] = [4, 8, 16, 32, 64].flatMap((depth) =>
  dataflows
    .filter((d) => d.local !== undefined)
    .map((d): StudyCase => ({
      network: 'resnet50',
      dataflow: d.name,
      base: baseOf(16, 16),
      deep: [depth, depth, depth],
    })),
);
