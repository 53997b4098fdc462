// What an architecture is made of, whatever its notation: memories, fan-outs and multipliers.

import type { Fields, Findings, Path } from './findings.js';
import { fault } from './findings.js';

export type Item =
  | {
      readonly kind: 'storage' | 'compute';
      readonly name: string;
      readonly class: string;
      readonly attributes: Fields;
      readonly constraints: Fields;
      readonly path: Path;
    }
  /**
   * `name` is what mappings and constraints target: the memory above, or in v0.4 the node that there are several of.
   */
  | {
      readonly kind: 'fan-out';
      readonly name: string;
      readonly x: number;
      readonly y: number;
      readonly constraints: Fields;
      readonly path: Path;
    };

export interface Components {
  /** Of the whole system, where the file gives one. */
  readonly name: string | undefined;
  readonly version: 'flat' | 'tree' | 'nodes';
  /** Outermost first. */
  readonly items: readonly Item[];
}

/** Those that say nothing about counts are Accelergy's. */
export const componentKeys = ['name', 'class', 'subclass', 'attributes', 'required_actions', 'area_share', 'enabled'];

const storageClasses = ['DRAM', 'SRAM', 'regfile', 'smartbuffer', 'storage'];
const computeClasses = ['mac', 'intmac', 'fpmac', 'compute'];
const networkClasses = ['XY_NoC', 'Legacy', 'ReductionTree', 'SimpleMulticast', 'network'];
const otherClasses = [...networkClasses, 'nothing'];

export const isNetwork = (className: unknown): boolean =>
  typeof className === 'string' && networkClasses.some((p) => className.includes(p));

/** Timeloop goes by parts of the name of a component's class. */
export function kindOf(f: Findings, className: unknown, name: string, path: Path): Item['kind'] | 'other' {
  const has = (parts: readonly string[]) => typeof className === 'string' && parts.some((p) => className.includes(p));
  if (has(storageClasses)) return 'storage';
  if (has(computeClasses)) return 'compute';
  if (!has(otherClasses))
    fault(
      f,
      'unknown-name',
      path,
      `${name} is of class ${JSON.stringify(className)}; expected one that has ${storageClasses.join(', ')} in ` +
        `its name for a memory, or ${computeClasses.join(', ')} for multipliers`,
    );
  return 'other';
}
