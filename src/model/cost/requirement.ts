// What a user requires of a machine and its mappings: limits on what they cost, and on the machine's parameters.

import type { NetworkQuantity } from './network-goal.js';
import type { Parameter } from '../machine/parameters.js';

/** What layers cost: pJ, cycles, pJ x cycles. */
export const costQuantities = ['energy', 'latency', 'edp'] as const;
export type CostQuantity = (typeof costQuantities)[number];

/** A parameter of the template, or rows x columns. Buffers in bits, the clock in MHz, all else in counts or bits. */
export type LimitedParameter = Parameter | 'pes';

/**
 * One thing that `prove` asks of a machine and its mappings: pJ, cycles, pJ x cycles, mm2, a parameter. `text` is how the user
 * wrote it.
 */
export type Requirement =
  /** Area of the chip, mm2. */
  | { readonly kind: 'area'; readonly max: number; readonly text: string }
  | { readonly kind: 'network'; readonly quantity: NetworkQuantity; readonly max: number; readonly text: string }
  /** One instance of a layer, by its name in the network. */
  | {
      readonly kind: 'layer';
      readonly layer: string;
      readonly quantity: CostQuantity;
      readonly max: number;
      readonly text: string;
    }
  | {
      readonly kind: 'parameter';
      readonly parameter: LimitedParameter;
      readonly bound: 'min' | 'max';
      readonly value: number;
      readonly text: string;
    };
