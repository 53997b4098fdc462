// What quantization loses, as a page: beside real numbers, beside ONNX Runtime's own, and word by word.

import type { Row } from './study.js';

const per = (x: number) => (100 * x).toFixed(2);
const grouped = (n: number) => n.toLocaleString('en-US');

export function quantizationPage(rows: readonly Row[], how: string, choices: string): string {
  const table = (heads: readonly string[], of: readonly (readonly string[])[]) =>
    [heads, heads.map(() => '---'), ...of].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `# What quantization loses

${how}

## Beside real numbers, and beside ONNX Runtime's own quantization

Samples that are right, per cent. Loss: points against real numbers, paired, with its interval of 95 % (Bonett and Price). The last two columns hold the same samples against static quantization by ONNX Runtime (\`benchmarks/quantization/static.py\`: smallest and largest number, asymmetric unsigned activations, symmetric weights with a scale for each output channel): what is gained by ours, lost and won, and p of the exact McNemar test.

${table(
  ['network', 'bits', 'samples', 'real', 'integers', 'loss', '95 %', 'ONNX Runtime', 'gain', 'lost, won', 'p'],
  rows.map(({ network, bits, samples, real, integer, loss, other }) => [
    network,
    bits,
    grouped(samples),
    per(real),
    per(integer),
    per(loss.loss),
    `${per(loss.low)} to ${per(loss.high)}`,
    ...(other
      ? [per(other.right), per(-other.loss.loss), `${other.loss.lost}, ${other.loss.won}`, other.loss.p.toPrecision(2)]
      : ['', '', '', '']),
  ]),
)}

## Word by word

Every word of every tensor by the integers and by ONNX Runtime in WebAssembly on the QDQ file, its optimizations off. Exact: layers that 32-bit real numbers compute without an error, whatever the input; in the others a word may be another by one next to a tie.

${table(
  ['network', 'bits', 'samples', 'words', 'differing', 'exact layers'],
  rows.map(({ network, bits, words, layers }) => [
    network,
    bits,
    grouped(words.samples),
    grouped(words.compared),
    grouped(words.differing),
    `${layers.exact} of ${layers.all}`,
  ]),
)}

## How settings were chosen

${choices}
`;
}
