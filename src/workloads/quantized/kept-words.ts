// Words that a file keeps within narrower limits than its type has: 4-bit words lie in int8 or uint8 there, since ONNX Runtime computes
// in those, with a Clip in front of the quantiser. Whoever reads them may hold them in fewer bits.

import { nth } from '../../base/invariant.js';
import { roundToEven } from '../../base/integers.js';
import type { GivenTensor } from '../../model/workload/given-words.js';
import type { GraphStep, NetworkGraph } from '../../model/workload/network-graph.js';
import { movedTensor, sharedWords } from '../../model/workload/shared-words.js';
import { isStandard } from '../onnx/graph.js';
import { isDequantise, isQuantise, quantiserOf } from '../onnx/quantiser.js';
import { FileNumbers } from '../onnx/weight-numbers.js';
import type { WireGraph, WireNode } from '../onnx/wire.js';
import { toNumber } from '../onnx/wire.js';
import { wholeAttribute } from './wire-nodes.js';

export interface Limits {
  readonly low: number;
  readonly high: number;
}

/** Attributes of a QuantizeLinear in a plain file: the least and the greatest word, its zero point taken off. */
const [lowest, highest] = ['magnet_low', 'magnet_high'];

export function limitsOf({ attribute = [] }: WireNode): Limits | undefined {
  const [low, high] = [lowest, highest].map((name) => attribute.find((a) => a.name === name)?.i);
  return low === undefined || high === undefined ? undefined : { low: toNumber(low), high: toNumber(high) };
}

/** Words that are made, limited as words and made again are made once, within limits: an operator less, and no wider tensor before. */
export function keptWords(graph: WireGraph): WireGraph {
  const file = new FileNumbers(graph);
  const nodes = graph.node ?? [];
  const ends = new Set((graph.output ?? []).map((o) => o.name));
  const onlyReader = (node: WireNode): WireNode | undefined => {
    const value = node.output?.[0] ?? '';
    const [reader, ...others] = nodes.filter((n) => n.input?.includes(value));
    return others.length === 0 && !ends.has(value) && reader?.input?.[0] === value ? reader : undefined;
  };
  const instead = new Map<WireNode, WireNode | undefined>();
  for (const first of nodes.filter(isQuantise)) {
    const read = onlyReader(first);
    const clip = read && isDequantise(read) ? onlyReader(read) : undefined;
    const last = clip && isClip(clip) ? onlyReader(clip) : undefined;
    if (!read || !clip || !last || !isQuantise(last)) continue;
    const [made, back, again] = [first, read, last].map((node) => quantiserOf(node, file));
    if (typeof made !== 'object' || typeof back !== 'object' || typeof again !== 'object') continue;
    const unit = back.scales[0];
    const zeros = [made, back, again].map(({ zeros: [zero = 0] }) => zero);
    const isSame = again.scales[0] === unit && zeros.every((zero) => zero === zeros[0]);
    const isRanged = made.low === again.low && made.high === again.high && Number.isFinite(made.low);
    if (unit === undefined || made.scales.length !== 1 || back.scales.length !== 1 || !isSame || !isRanged) continue;
    const limit = (at: number, otherwise: number) => clipLimit(file, clip, at, otherwise * unit);
    const [low, high] = [limit(1, made.low - (zeros[0] ?? 0)), limit(2, made.high - (zeros[0] ?? 0))];
    // The number 0 is always a word: borders have it.
    if (low === undefined || high === undefined || low > 0 || high < 0) continue;
    for (const node of [read, clip, last]) instead.set(node, undefined);
    const bounds = [wholeAttribute(lowest, roundToEven(low / unit)), wholeAttribute(highest, roundToEven(high / unit))];
    instead.set(first, {
      ...first,
      output: last.output ?? [],
      attribute: [...(first.attribute ?? []), ...bounds],
    });
  }
  if (instead.size === 0) return graph;
  return { ...graph, node: nodes.flatMap((node) => (instead.has(node) ? (instead.get(node) ?? []) : [node])) };
}

const isClip = ({ opType, domain = '', input = [] }: WireNode): boolean =>
  opType === 'Clip' && isStandard(domain) && input.length > 1;

/** Undefined where it is not a number of the file. */
function clipLimit(file: FileNumbers, { input = [] }: WireNode, at: number, otherwise: number): number | undefined {
  const name = input[at] ?? '';
  const found = name === '' ? undefined : file.numbers(name);
  return found === undefined ? otherwise : typeof found === 'object' ? found.values[0] : undefined;
}

/**
 * The range of every tensor's words where limits are counted: those of the step that writes it, and `own` ones. What only moves words has
 * those of all that its group computes.
 */
export function narrowed(
  graph: NetworkGraph,
  tensors: ReadonlyMap<string, GivenTensor>,
  own: ReadonlyMap<string, Limits>,
): ReadonlyMap<string, GivenTensor> {
  const root = sharedWords(graph);
  const ranges = new Map<string, Limits>();
  const groups = new Map<string, Limits>();
  for (const { name, producer } of graph.tensors) {
    const given = tensors.get(name);
    if (!given || !Number.isFinite(given.low) || !Number.isFinite(given.high)) continue;
    const step = producer.kind === 'step' ? nth(graph.steps, producer.step) : undefined;
    const found = own.get(name) ?? stepLimits(step, given);
    if (!found && (producer.kind === 'placement' || (step && isMoving(step)))) continue;
    const { low, high } = {
      low: Math.min(0, Math.max(given.low, found?.low ?? -Infinity)),
      high: Math.max(0, Math.min(given.high, found?.high ?? Infinity)),
    };
    ranges.set(name, { low, high });
    const group = groups.get(root(name)) ?? { low, high };
    groups.set(root(name), { low: Math.min(group.low, low), high: Math.max(group.high, high) });
  }
  return new Map(
    [...tensors].map(([name, given]) => [name, { ...given, ...(ranges.get(name) ?? groups.get(root(name))) }]),
  );
}

function stepLimits(step: GraphStep | undefined, { scale }: GivenTensor): Partial<Limits> | undefined {
  const clip = step?.kind === 'host' ? undefined : step?.epilogue.clip;
  if (!clip) return undefined;
  const word = (x: number | null) => (x === null ? undefined : roundToEven(x / scale));
  const [low, high] = [word(clip.low), word(clip.high)];
  return { ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
}

/** Whether what it writes are words that it reads. */
const isMoving = (step: GraphStep): boolean =>
  (step.kind === 'pool' && step.mode === 'max') ||
  step.kind === 'upsampling' ||
  (step.kind === 'host' && movedTensor(step) !== undefined);
