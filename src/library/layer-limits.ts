// Limits of the verbs that settle layers one by one: what of a command line or a job file holds for which layer.

import { counted } from '../base/text.js';
import { nth } from '../base/invariant.js';
import type { Diagnostic, Parsed } from '../base/diagnostics.js';
import { parsed, refused } from '../base/diagnostics.js';
import type { NetworkLimits } from '../model/cost/network-goal.js';
import { limitsOfOneLayer } from '../model/cost/network-goal.js';
import type { Network } from '../model/workload/network.js';
import type { Clocks, CostLimits } from './read-limits.js';
import { everyLayer } from '../results/limits-by-name.js';
import { isEmpty, isOneLayer, onLayer, parseLimits, splitLimit, tighter } from './read-limits.js';

/** What is asked of every layer, of single ones in its place, and of the chip. */
export interface LayerLimits extends Pick<CostLimits, 'each' | 'layers' | 'area'> {
  /** On a network of several layers as a whole, where the verb answers that. */
  readonly network?: NetworkLimits;
  /** What to say of those where the machine's layers can only be settled one by one after all. */
  readonly oneByOne?: readonly Diagnostic[];
  /** How they were understood, a line each. */
  readonly understood: readonly string[];
}

/**
 * What a limit is on that names no layer: the network, which a verb may not answer (`network`) or may (`whole`); or every
 * layer, as in the job files of map and compare since there are any.
 */
export type PlainLimits = 'network' | 'layers' | 'whole';

/**
 * Limits of verbs that settle layers one by one, from texts as `--limit` takes them. Names of layers are checked where the
 * network is known; `plain` says what a limit is on that names no layer. Diagnostics list all faults.
 */
export function parseLayerLimits(
  given: readonly string[],
  clocks: Clocks,
  network: Network | undefined,
  plain: PlainLimits,
): Parsed<LayerLimits> {
  const limits = parseLimits(given, clocks, network);
  if (!limits.ok || isEmpty(limits.value.network)) return limits;
  const { network: whole, each, layers, understood, ...rest } = limits.value;
  const texts = given.filter((text) => {
    const parts = splitLimit(text.trim());
    return parts && parts.layer === undefined && Object.hasOwn(whole, parts.name);
  });
  if (plain === 'layers') {
    const meant = texts.map(
      (text) => `note: --limit ${text}: read as ${onEach(text)}, of each layer on its own; write it so`,
    );
    return parsed({ ...rest, ...within(whole, { each, layers }), understood: [...understood, ...meant] });
  }
  if (network === undefined || isOneLayer(network))
    return parsed({ ...rest, ...within(whole, { each, layers }), understood });
  const oneByOne = texts.map((text): Diagnostic => ({
    code: 'bad-limit',
    path: [],
    message: `--limit ${text}: ${wayOut(text, network)}`,
  }));
  return plain === 'whole'
    ? parsed({ ...rest, each, layers, network: whole, understood, oneByOne })
    : refused(oneByOne);
}

function within(network: NetworkLimits, { each, layers }: Pick<CostLimits, 'each' | 'layers'>) {
  const whole = limitsOfOneLayer(network);
  return {
    each: tighter(whole, each),
    layers: Object.fromEntries(Object.entries(layers).map(([name, own]) => [name, tighter(whole, own)])),
  };
}

const onEach = (text: string): string => onLayer(text, everyLayer);

/** Layers are settled one by one, each at its own optimum: what they come to together is another question. */
function wayOut(text: string, { name, layers }: Network): string {
  const { layer, count } = nth(layers, 0);
  const many =
    layers.length > 1
      ? counted(
          layers.reduce((n, l) => n + l.count, 0),
          'layer',
        )
      : `${layer.name}, which occurs ${count} times`;
  return (
    `it is on ${name} as a whole, with ${many}, and here each is settled on its own; ` +
    `write ${onEach(text)} for each of them, ${onLayer(text, layer.name)} for one, ` +
    'or ask "magnet prove" (a machine) or "magnet codesign" (a space) about the network'
  );
}
