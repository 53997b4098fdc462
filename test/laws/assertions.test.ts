// What the type checker is told to believe: few values are asserted to be there, and nothing is cast by way of unknown.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (f) => f.endsWith('.ts') && !f.endsWith('.d.ts'),
);

/** Where a kind of node stands, as `file:line`. */
function places(wanted: (node: ts.Node) => boolean): readonly string[] {
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (wanted(node)) found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

describe('assertions', () => {
  it('that a value is there are few: base/invariant.ts checks instead', () => {
    expect(places(ts.isNonNullExpression).length).toBeLessThan(138);
  });

  it('never go by way of unknown', () => {
    const twice = (node: ts.Node) =>
      ts.isAsExpression(node) &&
      ts.isAsExpression(node.expression) &&
      node.expression.type.kind === ts.SyntaxKind.UnknownKeyword;
    expect(places(twice).length).toBeLessThan(22);
  });
});
