// Shards: the jobs of a batch dealt out to several machines, alike on each of them.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import type { Shard } from '../results/batch-result.js';
import type { Plan } from './batch-job.js';

/** `2/4`: the second of four. */
export function parseShard(text: string): Parsed<Shard> {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text.trim())?.map(Number) ?? [];
  if (number === undefined || of === undefined)
    return refuse('bad-shard', [], `--shard ${text}: expected i/n, such as 2/4`);
  if (of < 1 || number < 1 || number > of || !Number.isSafeInteger(of))
    return refuse('bad-shard', [], `--shard ${text}: shards of ${of} are 1/${of} to ${of}/${of}`);
  return parsed({ number, of });
}

/** Dealt in the order of keys, which has nothing to do with that of the file: dear jobs often stand together there. */
export function shardOf(plans: readonly Plan[], { number, of }: Shard): readonly Plan[] {
  const dealt = [...plans].sort((a, b) => (a.key < b.key ? -1 : 1)).filter((_, i) => i % of === number - 1);
  return dealt.sort((a, b) => a.index - b.index);
}
