// Law: whoever looks something of the library up finds what it is. The reference that `npm run api-docs` writes has no other
// source than the docstrings.

import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('everything that src/index.ts exports has a docstring', { timeout: 60_000 }, () => {
  const index = join(root, 'src/index.ts');
  const program = ts.createProgram([index], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    // Nothing is type checked: names are only followed to where they are declared.
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(index)!)!);
  expect(exported.length).toBeGreaterThan(0);
  const silent = exported.flatMap((symbol) => {
    const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (ts.displayPartsToString(own.getDocumentationComment(checker)).trim() !== '') return [];
    const file = own.declarations?.[0]?.getSourceFile().fileName;
    return [`${symbol.name} of ${file === undefined ? 'nowhere' : relative(root, file)}`];
  });
  expect(silent).toEqual([]);
});
