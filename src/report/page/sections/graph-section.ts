// A network in a report: its steps as a drawing with repeated blocks once, and as a table.

import { counted } from '../../../base/text.js';
import { fusedTotals } from '../../../model/workload/graph-traffic.js';
import type { NetworkGraph } from '../../../model/workload/network-graph.js';
import { graphFigure } from '../../figures/graph-figure.js';
import {
  graphNotes,
  kindHeadings,
  kindNumbers,
  kindRows,
  stepHeadings,
  stepNumbers,
  stepRows,
} from '../../tables/graph-table.js';
import type { Block, Section } from '../blocks.js';
import { drawing, longFold, text } from '../blocks.js';

export function graphSection(file: string, graph: NetworkGraph): Section {
  const host = graph.steps.filter((s) => s.kind === 'host').length;
  const fused = fusedTotals(graph).reduce((n, t) => n + t.fused, 0);
  return {
    title: `Steps of ${graph.name}`,
    source: `Network, read from ${file}. ${graph.source}`,
    summary:
      `${counted(graph.steps.length, 'step')}, ${host === 0 ? 'none' : host} of the host; ` +
      `${counted(graph.placements.length, 'operator')} of placement; ` +
      `${counted(fused, 'addition or pool', 'additions and pools')} fused into layers.`,
    blocks: [
      drawing(graphFigure(graph)),
      longFold(
        'Every step',
        cells('Steps in their order', stepHeadings, stepNumbers, stepRows(graph)),
        cells('Totals of each kind', kindHeadings, kindNumbers, kindRows(graph)),
        ...graphNotes(graph).map(text),
      ),
    ],
  };
}

const cells = (
  caption: string,
  headings: readonly string[],
  numbers: readonly boolean[],
  rows: readonly (readonly string[])[],
): Block => ({ kind: 'table', caption, headings, rows, right: numbers });
