// `magnet synth`: modules and parts beside the model, the library, refusals.

import { beforeAll, expect, test } from 'vitest';
import { printDesign } from '../../src/interchange/design-file.js';
import { makeLayer } from '../../src/model/layer.js';
import { array3, simba } from '../../src/model/presets.js';
import { makeDesign } from '../support/design.js';
import { makeDouble } from '../support/tools.js';
import { run } from './run.js';

let files: Record<string, string>;
beforeAll(async () => {
  const layers = [makeLayer('fc', { K: 10, C: 16 })];
  files = {
    'd.json': printDesign(await makeDesign({ kind: 'template', template: simba }, layers)),
    'array3.json': printDesign(await makeDesign({ kind: 'hierarchy', architecture: array3 }, layers)),
    'cells.lib': 'library(cells) { cell(INV) { area : 1; } }\n',
    'page.lib': '<html></html>',
  };
});

test('modules with their cells, and parts beside the model', async () => {
  const double = makeDouble();
  const { code, out, err } = await run(['synth', 'd.json'], files, {}, double.make);
  expect({ code, err }).toEqual({ code: 0, err: 'lane\n' });
  expect(double.asked.synthesized).toMatchObject([{ native: false }]);
  expect(double.asked.synthesized[0]).not.toHaveProperty('liberty');
  expect(double.asked.closed).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "module  variants  instances    cells    gates     um2   share
    ------  --------  ---------  -------  -------  ------  ------
    lane           1        128  153,600  336,819  52,544  98.9 %
    pe             2         17    1,540    3,602   562.0   1.1 %

    memory    ports  instances  bits each     bits
    --------  -----  ---------  ---------  -------
    u_weight  1rw           16      8,192  131,072

    part        synthesized (mm2)  model (mm2)  difference
    ----------  -----------------  -----------  ----------
    MACs                  0.05250      0.05000      +5.0 %
    control              0.001000            0           -
    whole chip            0.05350      0.05000      +7.0 %

    library    magnet_16nm
    synthesis  12.50 s
    warning    pe: a wire goes nowhere
    "
  `);
});

test('a library as text, the yosys that is installed, and JSON', async () => {
  const double = makeDouble();
  const { code, out, err } = await run(['synth', 'd.json', '--liberty', 'cells.lib', '--native', '--json', '-', '-q'], files, { installed: (name) => name === 'yosys' }, double.make);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(double.asked.synthesized).toMatchObject([{ native: true, liberty: files['cells.lib'] }]);
  expect(JSON.parse(out)).toMatchObject({ schema: 'magnet-synth/1', design: 'net-machine', library: 'magnet_16nm', total: { synthesized: 0.0535, model: 0.05 } });
});

test('Ctrl-C: exit 130', async () => {
  let press = () => {};
  const double = makeDouble();
  const make = (workers: number) => ({ ...double.make(workers), synthesize: () => new Promise<never>(() => press()) });
  const { code, out, err } = await run(['synth', 'd.json'], files, { onInterrupt: (handler) => ((press = handler), () => {}) }, make);
  expect({ code, out, err }).toEqual({ code: 130, out: '', err: 'interrupted: nothing was synthesized\n' });
  expect(double.asked.closed).toBe(1);
});

test.each([
  ['d.json --native', '--native needs yosys, which cannot be found on the PATH'],
  ['d.json --liberty nowhere.lib', 'cannot read nowhere.lib: there is no such file'],
  ['d.json --liberty page.lib', 'page.lib: expected a Liberty library'],
  ['d.json --json missing/s.json', 'cannot write missing/s.json'],
  ['array3.json', 'array3 is a hierarchy with energies of its own'],
])('bad input: magnet synth %s', async (line, wanted) => {
  const double = makeDouble();
  const { code, out, err } = await run(['synth', ...line.split(' ')], files, {}, double.make);
  expect(err).toContain(wanted);
  expect({ code, out, synthesized: double.asked.synthesized.length }).toEqual({ code: 3, out: '', synthesized: 0 });
});
