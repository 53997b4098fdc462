// What is made from the tables of options and the forms of files, for editors and `man`: JSON Schemas and the page of the manual.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileSchemas } from '../dist/cli/file-schemas.js';
import { printSchema } from '../dist/cli/schemas-verb.js';
import { manualPage } from '../dist/options/manual-page.js';

mkdirSync('dist/schemas', { recursive: true });
mkdirSync('dist/man', { recursive: true });
for (const format of fileSchemas) writeFileSync(`dist/schemas/${format.name}.schema.json`, printSchema(format));
writeFileSync('dist/man/magnet.1', manualPage());
