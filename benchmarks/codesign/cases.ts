// The pinned questions of co-design: space by its digest, networks, area, the gap that is the goal.

export interface CodesignCase {
  readonly name: string;
  readonly networks: readonly string[];
  readonly space: string;
  /** Of the space as shipped (`spaceDigest`). */
  readonly digest: string;
  /** mm2. */
  readonly area: number;
  readonly gap: number;
  /** Seconds within which the gap is the goal. */
  readonly goal: number;
}

const whole = { space: 'magnet-16nm', digest: '4738d3da0d2483c1', area: 3 };

export const codesignCases: readonly CodesignCase[] = [
  { name: 'resnet50-1-percent', networks: ['resnet50'], ...whole, gap: 0.01, goal: 600 },
  { name: 'resnet50-0.1-percent', networks: ['resnet50'], ...whole, gap: 0.001, goal: 3600 },
  { name: 'three-networks', networks: ['alexnet', 'resnet50', 'pilotnet'], ...whole, gap: 0.02, goal: 1200 },
  {
    name: 'resnet50-quick',
    networks: ['resnet50'],
    space: 'magnet-quick',
    digest: '887d751a4de38d57',
    area: 3,
    gap: 0.01,
    goal: 180,
  },
];
