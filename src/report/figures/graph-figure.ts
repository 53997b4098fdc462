// A network's steps as a drawing, with repeated blocks drawn once.

import { nth } from '../../base/invariant.js';
import { totalsByKind } from '../../model/workload/graph-traffic.js';
import type { NetworkGraph } from '../../model/workload/network-graph.js';
import { stepKinds } from '../../model/workload/network-graph.js';
import { grouped } from '../tables/quantities.js';
import { epilogueText, shapesIn, sourcesIn, stepShapeText } from '../tables/step-text.js';
import type { GraphBlock, GraphFigure, GraphRow } from './graph-drawing.js';
import { repeatsIn } from './graph-drawing.js';

export function graphFigure(graph: NetworkGraph): GraphFigure {
  const [shapes, sources] = [shapesIn(graph), sourcesIn(graph)];
  const from = graph.steps.map((step) =>
    step.inputs.flatMap((tensor) =>
      sources(tensor)
        .split('|')
        .filter((s) => /^\d+$/.test(s))
        .map(Number),
    ),
  );
  const words = graph.steps.map((step) => {
    const epilogue = epilogueText(step.epilogue, () => 'residual');
    return `${stepShapeText(step, shapes)}${epilogue === '' ? '' : `, ${epilogue}`}`;
  });
  // Blocks are equal where steps and their distances to what they read are.
  const signs = graph.steps.map(
    (step, i) =>
      `${step.kind} ${nth(words, i)} ${nth(from, i)
        .map((source) => i - source)
        .join(' ')}`,
  );
  const rows: GraphRow[] = [];
  const blocks: GraphBlock[] = [];
  // Where each step is drawn.
  const rowOf: number[] = [];
  for (const { first, length, times } of repeatsIn(signs)) {
    const start = rows.length;
    for (let i = 0; i < length * times; i++) rowOf.push(start + (i % length));
    for (let i = first; i < first + length; i++) {
      const step = nth(graph.steps, i);
      rows.push({
        name: `${i}  ${step.name}`,
        text: nth(words, i),
        color: stepKinds.indexOf(step.kind),
        from: [...new Set(nth(from, i).map((source) => nth(rowOf, source)))],
      });
    }
    if (times > 1) {
      const all = graph.steps.slice(first, first + length * times).map((s) => s.name);
      blocks.push({
        first: start,
        last: start + length - 1,
        times,
        name: `${times} times: steps ${first} to ${first + length * times - 1}, ${nth(all, 0)} to ${nth(all, all.length - 1)}`,
      });
    }
  }
  const totals = totalsByKind(graph);
  return {
    kind: 'graph',
    title: `${graph.name}: ${graph.steps.length} steps`,
    subtitle: totals
      .map(({ kind, steps, words: moved }) => `${kind} ${steps}${moved === null ? '' : ` (${grouped(moved)} words)`}`)
      .join(', '),
    description:
      `The steps of ${graph.name} from input to output, ${rows.length} rows; ` +
      `${blocks.length} blocks stand for repeated ones.`,
    rows,
    blocks,
    colors: totals.map(({ kind }) => ({ name: kind, color: stepKinds.indexOf(kind) })),
  };
}
