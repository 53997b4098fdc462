// `magnet spaces`: design spaces listed, looked at, and written as files to start from.

import { expect, test } from 'vitest';
import { parseDocument } from '../../src/interchange/document.js';
import { parseSpace } from '../../src/interchange/space-file.js';
import { parameters } from '../../src/model/space/design-space.js';
import { spaces } from '../../src/model/space/built-in-spaces.js';
import { run } from './run.js';

test('design spaces are listed with shapes, machines and free parameters', async () => {
  const { code, out, err } = await run(['spaces']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^magnet-16nm +700 +589,444,128 +11 +template and ranges after MAGNet, ICCAD 2019/m);
  expect(out).toMatch(/^magnet-quick +81 +17,496 +9 /m);
  expect(out).toMatch(/^magnet-small +24 +768 +9 /m);
});

test('a design space is shown parameter by parameter, with what its count rests on', async () => {
  const { code, out } = await run(['spaces', 'MAGNET-16nm']);
  expect(code).toBe(0);
  expect(out).toMatch(/^weightBuffer +\{from: 2KB, to: 512KB\} +per PE, both ping-pong halves$/m);
  expect(out).toMatch(/^maxPes +64 +rows x columns at most$/m);
  for (const p of parameters) expect(out).toMatch(new RegExp(`^${p} `, 'm'));
  expect(out).toContain(
    '700 shapes (all but the sizes of memories), 589,444,128 machines; free: vectorSize, numLanes, rows, columns, weightBuffer',
  );
  expect(out).toContain('Counted with sums of 32 bits; networks decide how wide they are.');
  expect(out).toContain('fingerprint 4738d3da0d2483c1');
});

test('a file is a design space too', async () => {
  const pinned = Object.entries(spaces[0]!.menus)
    .map(([p, menu]) => `  ${p}: ${menu[0] ?? 24}\n`)
    .join('');
  const files = {
    'mine.yaml': 'space: {base: magnet-small, accumPrecision: 24, rows: 1}\n',
    'mine.json': '{"space": {"base": "magnet-small", "rows": 1}}',
    // Sizes are bits in the model and bytes in a file.
    'one.yml': `space:\n${pinned}`,
  };
  const { code, out } = await run(['spaces', 'mine.yaml'], files);
  expect(code).toBe(0);
  expect(out).toMatch(/^mine: file, based on magnet-small\n/);
  // 1, 2 or 4 columns.
  expect(out).toContain(
    '12 shapes (all but the sizes of memories), 384 machines; free: vectorSize, numLanes, columns, ',
  );
  expect(out).not.toContain('Counted with');
  expect((await run(['spaces', 'mine.json'], files)).out).toContain('384 machines');
  expect((await run(['spaces', 'one.yml'], files)).out).toContain(
    '1 shape (all but the sizes of memories), 1 machine; free: nothing',
  );
});

test.each(spaces.map((s) => s.name))('%s as YAML reads back as itself', async (name) => {
  const { out } = await run(['spaces', name, '--yaml']);
  const data = parseDocument(new TextEncoder().encode(out), 'yaml');
  expect(data.ok && parseSpace(data.value, 'x')).toEqual({ ok: true, value: spaces.find((s) => s.name === name) });
});

test.each([
  [
    'magnet-smal',
    'error: unknown design space: magnet-smal. Did you mean magnet-small? Built in: ' +
      'magnet-16nm, magnet-quick, magnet-small; a file must end in .yaml, .yml or .json\n',
  ],
  [
    'elsewhere',
    'error: unknown design space: elsewhere. Built in: magnet-16nm, magnet-quick, magnet-small; a file must end in .yaml, .yml or .json\n',
  ],
  ['nowhere.yaml', 'error: cannot read nowhere.yaml: there is no such file\n'],
  [
    'bad.yaml',
    'error: bad.yaml: space.rows: 2 is given twice; name it once\n' +
      'error: bad.yaml: space.columns: the list is empty; give at least one value\n',
  ],
  ['--yaml', 'error: --yaml prints one design space; name it: magnet-16nm, magnet-quick, magnet-small\n'],
])('%s is refused', async (given, message) => {
  const files = { 'bad.yaml': 'space: {base: magnet-small, rows: [2, 2], columns: []}\n' };
  expect(await run(['spaces', given], files)).toMatchObject({ code: 3, out: '', err: message });
});
