// Law: whoever looks something of the library up finds what it is. The reference that `npm run api-docs` writes has no other
// source than the docstrings.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

const read = new Map<string, readonly ts.Statement[]>();

/** Read without its types: names are followed to where they are declared, which takes no checker. */
function statementsOf(file: string): readonly ts.Statement[] {
  const known =
    read.get(file) ?? ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true).statements;
  read.set(file, known);
  return known;
}

/** What a statement takes from another file, to hand it on or not: here by `name`, by `there` in that file. */
function takenBy(file: string, s: ts.Statement) {
  const clause = ts.isExportDeclaration(s)
    ? s.exportClause
    : ts.isImportDeclaration(s)
      ? s.importClause?.namedBindings
      : undefined;
  const from = ts.isExportDeclaration(s) || ts.isImportDeclaration(s) ? s.moduleSpecifier : undefined;
  if (!from || !ts.isStringLiteral(from) || !clause || !('elements' in clause)) return [];
  const elements: readonly (ts.ExportSpecifier | ts.ImportSpecifier)[] = [...clause.elements];
  return elements.map(({ name, propertyName }) => ({
    name: name.text,
    there: (propertyName ?? name).text,
    file: join(file, '..', from.text.replace(/\.js$/, '.ts')),
  }));
}

const declares = (s: ts.Statement, name: string): boolean =>
  ts.isVariableStatement(s)
    ? s.declarationList.declarations.some((d) => d.name.getText() === name)
    : ts.isDeclarationStatement(s) && s.name?.text === name;

const docstringOf = (s: ts.Statement): string =>
  ts
    .getJSDocCommentsAndTags(s)
    .map((d) => ts.getTextOfJSDocComment(d.comment) ?? '')
    .join('');

/** Where a name that a file exports is declared without a docstring, or nowhere; undefined where it has one. */
function silentIn(file: string, name: string): string | undefined {
  const statements = statementsOf(file);
  const taken = statements.flatMap((s) => takenBy(file, s)).find((t) => t.name === name);
  if (taken) return silentIn(taken.file, taken.there);
  const isTold = statements.some((s) => declares(s, name) && docstringOf(s).trim() !== '');
  return isTold ? undefined : `${name} of ${relative(root, file)}`;
}

test('everything that src/index.ts exports has a docstring', () => {
  const index = join(root, 'src/index.ts');
  const exported = statementsOf(index).flatMap((s) => takenBy(index, s));
  expect(exported.length).toBeGreaterThan(0);
  expect(exported.flatMap(({ file, there }) => silentIn(file, there) ?? [])).toEqual([]);
});
