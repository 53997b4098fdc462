// The architecture of Timeloop v0.4: a list of nodes, each inside the one before it.

import type { Components, Item } from './component.js';
import { componentKeys, isNetwork, kindOf } from './component.js';
import type { Scope } from './expression.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, firstNumber, isCount, listOf, note } from './findings.js';
import { checkKeys } from './keys.js';
import { checkAttributes } from './attributes.js';
import { tagField } from './tags.js';
import { evaluated, within } from './variables.js';

export function readNodes(f: Findings, architecture: Fields, path: Path, scope: Scope): Components {
  const items: Item[] = [];
  let name: string | undefined;
  checkKeys(f, architecture, ['version', 'nodes'], path);
  walk(architecture.nodes, [...path, 'nodes'], {});
  return { name, version: 'nodes', items };

  /** Attributes of containers hold for everything after them. Returns what has been inherited by the end. */
  function walk(list: unknown, at: Path, inherited: Fields): Fields {
    const nodes = listOf(list);
    if (!nodes) fault(f, 'malformed', at, 'expected a list of nodes');
    let attributes = inherited;
    nodes?.forEach((x, i) => {
      const node = fieldsOf(x);
      if (!node)
        return fault(
          f,
          'malformed',
          [...at, i],
          'expected a node: !Container {name, spatial} or !Component {name, class, attributes}',
        );
      if (node.enabled === false) return undefined;
      attributes = visit(node, [...at, i], attributes);
      return undefined;
    });
    return attributes;
  }

  function visit(node: Fields, at: Path, inherited: Fields): Fields {
    const tag = node[tagField] ?? ('nodes' in node ? 'Hierarchical' : 'class' in node ? 'Component' : 'Container');
    if (tag === 'Nothing') return inherited;
    if (tag === 'Pipelined') {
      fault(f, 'not-covered', at, 'a pipelined branch runs several computations side by side; magnet has one');
      return inherited;
    }
    if (tag === 'Hierarchical' || tag === 'Parallel') {
      checkKeys(f, node, [tagField, 'nodes', 'enabled'], at);
      walk(node.nodes, [...at, 'nodes'], inherited);
      return inherited;
    }
    checkKeys(f, node, [tagField, ...componentKeys, 'spatial', 'constraints', 'sparse_optimizations', 'networks'], at);
    const written = fieldsOf(node.attributes) ?? {};
    checkAttributes(f, written, [...at, 'attributes']);
    for (const key of ['meshX', 'meshY', 'instances'])
      if ((written[key] ?? 1) !== 1)
        fault(
          f,
          'not-covered',
          [...at, 'attributes', key],
          'has no effect in v0.4; give the fan-out as spatial: {meshX, meshY} of the node',
        );
    const own = typeof node.name === 'string' ? node.name : '';
    if (own === '') fault(f, 'missing', at, 'the node has no name');
    if (items.some((item) => item.name === own))
      fault(f, 'duplicate', at, `two nodes are called ${own}; give each its own name`);
    for (const key of ['sparse_optimizations'])
      if (fieldsOf(node[key]) && Object.keys(node[key] as object).length > 0)
        fault(f, 'not-covered', [...at, key], 'sparse optimizations change every count; magnet counts dense work');
    if ((listOf(node.networks) ?? []).length > 0)
      note(f, [...at, 'networks'], 'networks are left out: their energy is not counted');
    const constraints = fieldsOf(node.constraints) ?? {};
    const known = within(scope, inherited);
    const fanOut = spread(evaluated(f, fieldsOf(node.spatial) ?? {}, known), own, at, constraints);
    const attributes: Fields = { ...inherited, ...evaluated(f, written, known) };
    if (tag === 'Container') {
      if (items.length === 0 && !fanOut) name ??= own;
      return attributes;
    }
    const kind = kindOf(f, node.class, own, at);
    if (kind === 'storage' || kind === 'compute') {
      const inner = Object.fromEntries(Object.entries(constraints).filter(([type]) => type !== 'spatial'));
      items.push({ kind, name: own, class: String(node.class), attributes, constraints: inner, path: at });
    } else if (isNetwork(node.class)) note(f, at, 'networks are left out: their energy is not counted');
    return inherited;
  }

  /** A node that there are several of brings a fan-out with it, which its spatial constraints are about. */
  function spread(spatial: Fields, own: string, at: Path, constraints: Fields): boolean {
    checkKeys(f, spatial, ['meshX', 'meshY'], [...at, 'spatial']);
    const mesh = (key: string) =>
      firstNumber(f, spatial, [key], [...at, 'spatial'], 'a whole number of at least 1', isCount) ?? 1;
    const [x, y] = [mesh('meshX'), mesh('meshY')];
    if (x * y === 1) return false;
    items.push({
      kind: 'fan-out',
      name: own,
      x,
      y,
      constraints: 'spatial' in constraints ? { spatial: constraints.spatial } : {},
      path: at,
    });
    return true;
  }
}
