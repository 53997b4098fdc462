// What `magnet map` can be asked for, and the same as a command line that asks for it again.

import type { Conventions } from '../../model/conventions.js';
import type { Objective } from '../../model/goal.js';
import type { SolverName } from '../../tuner/map-layer.js';
import { shellLine } from '../shell.js';

export interface MapOptions {
  readonly arch?: string;
  readonly objective: Objective;
  readonly layer?: readonly string[];
  readonly conventions?: Conventions['name'];
  readonly padding: boolean;
  readonly gap: number;
  readonly timeLimit: number;
  readonly solver: SolverName;
  readonly limit?: readonly string[];
  readonly technology?: string;
  readonly batch?: number;
  readonly dim?: Readonly<Record<string, number>>;
  readonly workers?: number;
  readonly json?: string;
  readonly design?: string;
  readonly lp?: string;
  readonly mps?: string;
  readonly certify?: boolean;
  readonly certifyEps: number;
  readonly certifyTime: number;
  readonly seed: number;
  readonly constraints?: readonly string[];
  readonly timeloop?: string;
  readonly quiet?: boolean;
}

/** Without what only says where results go, how many workers there are and what is printed. */
export function mapCommand(workload: string, o: MapOptions): string {
  const option = (name: string, value: string | number | undefined) => (value === undefined ? [] : [name, String(value)]);
  const each = (name: string, values: readonly string[] | undefined) => (values ?? []).flatMap((value) => [name, value]);
  return shellLine([
    ...['magnet', 'map', workload],
    ...option('--arch', o.arch),
    ...each('--constraints', o.constraints),
    ...option('--objective', o.objective),
    ...each('--layer', o.layer),
    ...option('--conventions', o.conventions),
    ...(o.padding ? [] : ['--no-padding']),
    ...option('--gap', o.gap),
    ...option('--time-limit', o.timeLimit),
    ...option('--solver', o.solver),
    ...each('--limit', o.limit),
    ...option('--technology', o.technology),
    ...option('--batch', o.batch),
    ...each('--dim', o.dim && Object.entries(o.dim).map(([name, size]) => `${name}=${size}`)),
    ...(o.certify ? ['--certify', ...option('--certify-eps', o.certifyEps), ...option('--certify-time', o.certifyTime)] : []),
    ...option('--seed', o.seed),
  ]);
}
