// A network step by step: what each does, what it reads, and the words that it moves; totals of every kind.

import { table } from '../../base/text.js';
import type { FusedTotal } from '../../model/workload/graph-traffic.js';
import {
  fusedTotals,
  productsOf,
  tensorWords,
  totalOf,
  totalsByKind,
  trafficOf,
} from '../../model/workload/graph-traffic.js';
import type { HostStep, NetworkGraph } from '../../model/workload/network-graph.js';
import { grouped } from './quantities.js';
import { epilogueText, shapesIn, sizesText, sourcesIn, stepShapeText } from './step-text.js';

const number = (n: number | null): string => (n === null ? 'unknown' : grouped(n));

export const stepHeadings = ['#', 'step', 'kind', 'shape', 'epilogue', 'reads', 'writes', 'MACs', 'words'] as const;
/** Columns of numbers. */
export const stepNumbers: readonly boolean[] = [true, false, false, false, false, false, false, true, true];

/** A row of cells for each step. */
export function stepRows(graph: NetworkGraph): readonly (readonly string[])[] {
  const [shapes, sources, words] = [shapesIn(graph), sourcesIn(graph), tensorWords(graph)];
  return graph.steps.map((step, i) => [
    String(i),
    step.name,
    step.kind,
    stepShapeText(step, shapes),
    epilogueText(step.epilogue, sources),
    step.inputs.map(sources).join(', '),
    step.outputs.map((name) => sizesText(shapes.get(name) ?? null)).join(', '),
    number(productsOf(step)),
    number(totalOf(trafficOf(step, words))),
  ]);
}

export const kindHeadings = ['kind', 'steps', 'MACs', 'words'] as const;
export const kindNumbers: readonly boolean[] = [false, true, true, true];

export const kindRows = (graph: NetworkGraph): readonly (readonly string[])[] =>
  totalsByKind(graph).map((t) => [t.kind, String(t.steps), number(t.products), number(t.words)]);

export const graphTable = (graph: NetworkGraph): string =>
  [
    table(stepHeadings, stepRows(graph), stepNumbers),
    '',
    table(kindHeadings, kindRows(graph), kindNumbers),
    '',
    ...graphNotes(graph),
  ].join('\n');

/** What stands behind the table: additions and pools, placement, folds, the host. */
export function graphNotes(graph: NetworkGraph): readonly string[] {
  const host = graph.steps.filter((s) => s.kind === 'host');
  return [
    'words: tensors read and written once each, with weights; at least what the steps move',
    ...fusedTotals(graph).map(fusedText),
    ...countedText('placement, no step', graph.placements),
    ...countedText('folded', graph.folds),
    ...(host.length > 0 ? [`on the host: ${hostText(graph, host)}`] : []),
  ];
}

function fusedText({ what, count, fused, alone, moved }: FusedTotal): string {
  const many = `${count} ${what}${count > 1 ? 's' : ''}`;
  if (fused === 0) return `${many}: ${number(alone)} words`;
  const share = fused === count ? 'fused into layers' : `${fused} of them fused into layers`;
  return `${many}, ${share}: ${number(moved)} words, ${number(alone)} as steps of their own`;
}

function countedText(what: string, operators: readonly { readonly operator: string }[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { operator } of operators) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return counts.size === 0 ? [] : [`${what}: ${[...counts].map(([name, n]) => `${name} ${n}`).join(', ')}`];
}

function hostText(graph: NetworkGraph, host: readonly HostStep[]): string {
  const words = tensorWords(graph);
  const sums = new Map<string, { count: number; words: number | null }>();
  for (const step of host) {
    const { read, written } = trafficOf(step, words);
    const moved = read === null || written === null ? null : read + written;
    const known = sums.get(step.operator);
    if (!known) sums.set(step.operator, { count: 1, words: moved });
    else {
      known.count++;
      known.words = known.words === null || moved === null ? null : known.words + moved;
    }
  }
  return [...sums].map(([name, s]) => `${name} ${s.count} (${number(s.words)} words)`).join(', ');
}
