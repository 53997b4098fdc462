// Attention as layers: projections where the operator has them, then queries by keys and
// weights by values, head by head.

import { has } from '../operation.js';
import type { HeadsRule } from '../rules/attention-rules.js';
import { fault, isFault } from '../value.js';
import type { Products } from './part.js';
import { times, unknownPart } from './part.js';

/**
 * Heads are groups: keys and values take the place of weights. Queries that share a key are rows of one product, so
 * that the key is one operand for all of them. A mask leaves products out of the result, not out of the count.
 */
export const attention =
  (heads: HeadsRule): Products =>
  (op) => {
    const h = heads(op);
    if (h === undefined) return unknownPart;
    if (isFault(h)) return h;
    if (h.heads !== undefined && h.kvHeads !== undefined && (h.kvHeads < 1 || h.heads % h.kvHeads !== 0))
      return fault(`${h.heads} heads of queries do not share ${h.kvHeads} of keys evenly`);
    const shared = h.heads === undefined || h.kvHeads === undefined ? undefined : h.heads / h.kvHeads;
    const each = { G: times(h.batch, h.kvHeads), P: times(shared, h.queries) };
    const { projection } = h;
    return {
      parts: [
        ...(projection
          ? [{ bounds: { P: projection.rows, K: projection.k, C: projection.c }, suffix: '.qkv', bias: has(op, 2) }]
          : []),
        { bounds: { ...each, K: h.keys, C: h.depth }, suffix: '.qk', bias: false },
        { bounds: { ...each, K: h.valueDepth, C: h.keys }, suffix: '.pv', bias: false },
      ],
    };
  };
