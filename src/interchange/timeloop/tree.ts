// The older notations: the tree of v0.2 and v0.3, and the flat list from before, in which
// meshes say how many there are.

import { nth } from '../../base/invariant.js';
import type { Components, Item } from './component.js';
import { checkAttributes } from './attributes.js';
import { componentKeys, isNetwork, kindOf } from './component.js';
import type { Scope } from './expression.js';
import type { Fields, Findings, Path } from './findings.js';
import { fault, fieldsOf, firstNumber, isCount, listOf, note } from './findings.js';
import { checkKeys } from './keys.js';
import { nodeBetween } from './draft.js';
import { evaluated, within } from './variables.js';

interface Placed {
  /**
   * The front end of v0.4 puts a node that there are several of between two memories, as a storage that keeps nothing.
   */
  readonly kind: 'storage' | 'compute' | 'node';
  readonly name: string;
  readonly class: string;
  readonly attributes: Fields;
  readonly path: Path;
  /** Copies in the whole machine. */
  readonly copies: number;
}

/** `PE[0..15]` are 16. */
function nameAndCopies(name: unknown): readonly [string, number] {
  const [, plain, from, to] = /^(.*?)\s*\[(\d+)\.\.(\d+)\]$/.exec(String(name)) ?? [];
  return plain === undefined ? [String(name), 1] : [plain, Number(to) - Number(from) + 1];
}

export function readTree(f: Findings, architecture: Fields, path: Path, scope: Scope): Components {
  const placed: Placed[] = [];
  const roots = listOf(architecture.subtree) ?? [];
  const [name] = nameAndCopies(fieldsOf(roots[0])?.name ?? 'system');
  const attributesOf = (node: Fields, at: Path, inherited: Fields): Fields => {
    const own = fieldsOf(node.attributes) ?? {};
    checkAttributes(f, own, [...at, 'attributes']);
    return { ...inherited, ...evaluated(f, own, within(scope, inherited)) };
  };
  checkKeys(f, architecture, ['version', 'name', 'attributes', 'subtree'], path);
  branches(roots, [...path, 'subtree'], 1, attributesOf(architecture, path, {}));
  return {
    name,
    version: String(architecture.version) === '0.4' ? 'nodes' : 'tree',
    items: withFanOuts(f, placed, path),
  };

  function branches(list: readonly unknown[], at: Path, copies: number, inherited: Fields): void {
    if (list.length > 1)
      return fault(
        f,
        'not-covered',
        at,
        `the tree has ${list.length} branches side by side; magnet has one memory inside the other`,
      );
    list.forEach((x, i) => {
      const node = fieldsOf(x);
      if (!node) return fault(f, 'malformed', [...at, i], 'expected a subtree: {name, local: [...], subtree: [...]}');
      const [, own] = nameAndCopies(node.name);
      checkKeys(f, node, ['name', 'attributes', 'local', 'subtree'], [...at, i]);
      const attributes = attributesOf(node, [...at, i], inherited);
      (listOf(node.local) ?? []).forEach((c, j) => component(c, [...at, i, 'local', j], copies * own, attributes));
      branches(listOf(node.subtree) ?? [], [...at, i, 'subtree'], copies * own, attributes);
      return undefined;
    });
  }

  function component(x: unknown, at: Path, copies: number, inherited: Fields): void {
    const node = fieldsOf(x);
    if (typeof node?.name !== 'string')
      return fault(f, 'malformed', at, 'expected a component: {name, class, attributes}');
    if (node.enabled === false) return undefined;
    checkKeys(f, node, componentKeys, at);
    const attributes = attributesOf(node, at, inherited);
    const [own, times] = nameAndCopies(node.name);
    const kind = kindOf(f, node.class, own, at);
    const several = kind === 'storage' ? nodeBetween(own) : undefined;
    if (kind === 'storage' || kind === 'compute')
      placed.push({
        kind: several === undefined ? kind : 'node',
        name: several ?? own,
        class: String(node.class),
        attributes,
        path: at,
        copies: copies * times,
      });
    else if (isNetwork(node.class)) note(f, at, 'networks are left out: their energy is not counted');
    return undefined;
  }
}

/** Memories stand innermost first there, and the multipliers apart from them. */
export function readFlat(f: Findings, architecture: Fields, path: Path): Components {
  const place = (x: unknown, kind: Placed['kind'], at: Path): Placed[] => {
    const fields = fieldsOf(x);
    if (fields) checkAttributes(f, fields, at);
    if (typeof fields?.name === 'string')
      return [
        {
          kind,
          name: fields.name,
          class: fields.technology === 'DRAM' ? 'DRAM' : kind,
          attributes: fields,
          path: at,
          copies: 1,
        },
      ];
    fault(f, 'malformed', at, 'expected a component with a name');
    return [];
  };
  checkKeys(f, architecture, ['version', 'storage', 'arithmetic'], path);
  const storage = (listOf(architecture.storage) ?? []).flatMap((s, i) => place(s, 'storage', [...path, 'storage', i]));
  const arithmetic = place(architecture.arithmetic, 'compute', [...path, 'arithmetic']);
  return { name: undefined, version: 'flat', items: withFanOuts(f, [...storage.reverse(), ...arithmetic], path) };
}

/** Between two components there are as many copies as the meshes say: X and Y apart. */
function withFanOuts(f: Findings, placed: readonly Placed[], path: Path): readonly Item[] {
  const names = placed.map((p) => p.name);
  const meshes = placed.map((p) => meshOf(f, p));
  return placed.flatMap((p, i): Item[] => {
    if (names.indexOf(p.name) !== i)
      fault(f, 'duplicate', p.path, `two components are called ${p.name}; give each its own name`);
    const { kind, name, class: className, attributes } = p;
    const item: Item[] =
      kind === 'node' ? [] : [{ kind, name, class: className, attributes, constraints: {}, path: p.path }];
    const [outer, inner] = [i === 0 ? { x: 1, y: 1 } : nth(meshes, i - 1), nth(meshes, i)];
    const [x, y] = [inner.x / outer.x, inner.y / outer.y];
    if (!isCount(x) || !isCount(y)) {
      fault(
        f,
        'invalid-value',
        p.path,
        `${name} stands in a mesh of ${inner.x} x ${inner.y}, ${i === 0 ? 'the machine' : names[i - 1]} in one ` +
          `of ${outer.x} x ${outer.y}; each must be a multiple of the one outside, in X and in Y`,
      );
      return item;
    }
    if (x * y === 1) return item;
    return [
      {
        kind: 'fan-out',
        name: i === 0 ? 'the machine' : nth(names, i - 1),
        x,
        y,
        constraints: {},
        path: i === 0 ? path : p.path,
      },
      ...item,
    ];
  });
}

/** What is not given follows: instances = meshX x meshY, all along X where neither is there. */
function meshOf(f: Findings, { attributes, copies, path, name }: Placed): { readonly x: number; readonly y: number } {
  const count = (key: string) => firstNumber(f, attributes, [key], path, 'a whole number of at least 1', isCount);
  const [meshX, meshY] = [count('meshX'), count('meshY')];
  const instances = count('instances') ?? (meshX !== undefined && meshY !== undefined ? meshX * meshY : copies);
  const x = meshX ?? (meshY === undefined ? instances : instances / meshY);
  const y = meshY ?? instances / x;
  if (x * y !== instances || !isCount(x) || !isCount(y))
    fault(
      f,
      'invalid-value',
      path,
      `${name} has ${instances} instances, which do not form a mesh of ${meshX ?? '?'} x ${meshY ?? '?'}`,
    );
  return { x, y };
}
