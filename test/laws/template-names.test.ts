// Law: levels of the template are named in one file. Elsewhere a level is asked for by a name of that file, so that a name
// that no template has does not compile; what only reads like one belongs to other machines, to Timeloop, or to people.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { isTemplateLevel, levelNames } from '../../src/model/machine/template-names.js';
import { lowerTemplate } from '../../src/model/machine/template.js';
import { presets } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';

const root = join(import.meta.dirname, '../../src');

/** Presets of other machines name levels of their own; DRAM is also a class of Timeloop's, and what tables call a part. */
const elsewhere: readonly { readonly file: RegExp; readonly names: readonly string[] }[] = [
  { file: /^model\/machine\/template-names\.ts$/, names: Object.values(levelNames) },
  { file: /^model\/machine\/presets\.ts$/, names: ['DRAM', 'GlobalBuffer'] },
  { file: /^interchange\/timeloop\//, names: ['DRAM'] },
  { file: /^report\//, names: ['DRAM'] },
  { file: /^model\/cost\/energy-parts\.ts$/, names: ['DRAM'] },
];

test('names of levels of the template are written in one file', () => {
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .flatMap((file) => {
      const allowed = elsewhere.filter((e) => e.file.test(file)).flatMap((e) => e.names);
      const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);
      const places: string[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isStringLiteralLike(node) && isTemplateLevel(node.text) && !allowed.includes(node.text))
          places.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.text}`);
        ts.forEachChild(node, visit);
      };
      visit(source);
      return places;
    });
  expect(found).toEqual([]);
});

test('a lowered template has these levels and no others, whatever its order of collectors', () => {
  for (const preset of presets) {
    if (preset.kind !== 'template') continue;
    for (const a of lowerTemplate(preset.template, technology16nm)) {
      expect(a.levels.map((l) => l.name).toSorted()).toEqual(Object.values(levelNames).toSorted());
    }
  }
});
