// Quantized networks on the Verilog of machines made for them: npx tsx benchmarks/quantization/run-verilog.ts [SAMPLES]. Networks are
// beside the folder that MAGNET_MODELS names. Writes benchmarks/results/quantized-runs.md, line by line.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Magnet, VerilogCase, VerilogRow } from './verilog.js';
import { onVerilog, verilogPage } from './verilog.js';

const models = process.env['MAGNET_MODELS'] ?? new URL('../../../shared/models', import.meta.url).pathname;
const trained = join(models, '..', 'trained');
const samples = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'magnet-verilog-'));
const program = fileURLToPath(new URL('../../', import.meta.url));

const magnet: Magnet = {
  call(argv, codes = [0]) {
    const { status, stderr } = spawnSync(process.execPath, [program, ...argv], { cwd: folder, encoding: 'utf8' });
    if (!codes.includes(status ?? -1)) throw new Error(`magnet ${argv.join(' ')}: exit code ${status}\n${stderr}`);
    return Promise.resolve();
  },
  written: (file) => readFileSync(join(folder, file), 'utf8'),
};

const rows = gunzipSync(readFileSync(join(trained, 'digits.csv.gz')))
  .toString()
  .trim()
  .split('\n');
writeFileSync(join(folder, 'calibration.csv'), rows.slice(800, 1000).join('\n'));
writeFileSync(join(folder, 'test.csv'), rows.slice(1000).join('\n'));

const [images, labels] = [
  (part: string) => join(trained, `${part}-images-idx3-ubyte.gz`),
  (part: string) => join(trained, `${part}-labels-idx1-ubyte.gz`),
];
const fashion = {
  calibration: ['--calibrate', images('validation')],
  validation: ['--validate', images('validation'), '--validate-labels', labels('validation')],
  test: ['--data', images('t10k'), '--labels', labels('t10k')],
};
const digits = {
  calibration: ['--calibrate', 'calibration.csv', '--divide', '16'],
  validation: ['--validate', 'calibration.csv'],
  test: ['--data', 'test.csv', '--divide', '16'],
};
const packaged = { calibration: [], validation: [], test: ['--data', 'fashion-mnist#test'] };
const networks = [
  ['digits_resnet', join(trained, 'digits_resnet.onnx'), digits, ['w8a8', 'w4a8', 'w4a4']],
  ['fashion_resnet8', join(trained, 'fashion_resnet8.onnx'), fashion, ['w8a8', 'w4a8', 'w4a4']],
  ['fashion-resnet8', 'fashion-resnet8', packaged, ['w4a8', 'w4a5']],
  ['fashion_squeeze', join(trained, 'fashion_squeeze.onnx'), fashion, ['w8a8', 'w4a8', 'w4a4']],
] as const;

const how =
  'Each network is quantized (`magnet quantize --unsigned`), a machine of its precision is found (`magnet codesign --space magnet-quick ' +
  '--limit area=1mm2 --limit accuracy-loss=10% --precisions`, with sums as wide as the weights need), and samples that set no scale run ' +
  'on its Verilog one after the other (`magnet run --data`). Written by `benchmarks/quantization/run-verilog.ts`.';

const found: VerilogRow[] = [];
try {
  for (const [network, file, data, precisions] of networks)
    for (const bits of precisions) {
      const limits = ['--limit', 'area=1mm2', '--limit', 'accuracy-loss=10%', '--precisions', bits, '--unsigned'];
      const search = ['codesign', file, '--space', 'magnet-quick', ...limits, '--time-limit', '10s'];
      const machine = [...search, ...data.calibration, ...data.validation];
      const of: VerilogCase = { ...data, network, file, bits, samples, machine };
      found.push(await onVerilog(magnet, of));
      console.log(JSON.stringify(found.at(-1)));
      writeFileSync(new URL('../results/quantized-runs.md', import.meta.url), verilogPage(found, how));
    }
} finally {
  rmSync(folder, { recursive: true });
}
