// A network in a report: its picture with repeated blocks once, and every step in a table.

import { describe, expect, test } from 'vitest';
import { networkGraphOf } from '../../src/workloads/graph/network-graph-of.js';
import { findSketch } from '../../src/workloads/builtin.js';
import { graphFigure } from '../../src/report/figures/graph-figure.js';
import { graphSection } from '../../src/report/page/sections/graph-section.js';
import { run } from '../cli/run.js';

const graphOf = (name: string) => {
  const graph = networkGraphOf(findSketch(name)!.graph, name, {});
  if (!graph.ok) throw new Error(name);
  return graph.value;
};

describe('magnet report of what magnet networks writes', () => {
  test('has the picture of the steps and says what network it is', async () => {
    const asked = await run(['networks', 'resnet50', '--json']);
    const { code, err, written } = await run(['report', 'net.json', '-q'], { 'net.json': asked.out });
    expect([code, err]).toEqual([0, 'wrote report.html: one result\n']);
    const page = written.get('report.html')!;
    expect(page).toContain('<title>Steps of resnet50</title>');
    expect(page).toContain('resnet50: 56 steps');
    // Of three equal blocks one is drawn; each step has its row in the table.
    expect(page).toMatch(/<svg[^]*>x 2<\/text>/);
    expect(page).toContain('Every step');
  });

  test('takes the graph alone too, and beside other results', async () => {
    const { graph } = JSON.parse((await run(['networks', 'lenet', '--json'])).out) as { graph: unknown };
    const files = { 'graph.json': JSON.stringify(graph) };
    const twice = await run(['report', 'graph.json', 'graph.json', '-q', '--markdown', '-'], files);
    expect(twice.code).toBe(0);
    expect(twice.out.split('\n').filter((line) => line.startsWith('## '))).toHaveLength(2);
  });

  test('of the list of all networks says what it can print', async () => {
    const asked = await run(['networks', '--json']);
    const { code, err } = await run(['report', 'net.json', '-q'], { 'net.json': asked.out });
    expect([code, err]).toEqual([3, expect.stringContaining('net.json: expected a result with a schema')]);
    expect(err).toContain('"magnet-graph/1" (networks NAME --json)');
  });
});

test.each(['resnet50', 'bert-base', 'lenet'])(
  '%s: every step is a row, and is drawn or stands for one that is',
  (name) => {
    const graph = graphOf(name);
    const { blocks } = graphSection('net.json', graph);
    const figure = graphFigure(graph);
    expect(blocks[0]).toEqual({ kind: 'figure', figure });
    const drawn = figure.rows.length + figure.blocks.reduce((n, b) => n + (b.last - b.first + 1) * (b.times - 1), 0);
    expect(drawn).toBe(graph.steps.length);
    const tables = blocks.flatMap((b) => (b.kind === 'fold' ? b.blocks : [])).filter((b) => b.kind === 'table');
    expect(tables[0]!.rows.map((row) => row[1])).toEqual(graph.steps.map((s) => s.name));
  },
);
