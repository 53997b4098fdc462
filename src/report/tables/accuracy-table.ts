// Accuracy in real numbers beside that in integers, what lies between, which classes are mixed up, and where noise comes in.

import { table } from '../../base/text.js';
import type { AccuracyResult } from '../../results/accuracy-result.js';
import { grouped } from './quantities.js';

/** Rows of the most frequent confusions, and of the noisiest tensors. */
const most = 5;

export function accuracyTable({
  data,
  quantization: q,
  float,
  real,
  integer,
  loss,
  verdict,
  confusions,
  missed,
  noise,
}: AccuracyResult): string {
  const per = (x: number) => `${(100 * x).toFixed(2)} %`;
  const nameOf = (label: number) => data.names?.[label] ?? `${label}`;
  const points = (x: number) => (100 * x).toFixed(2);
  const row = (name: string, { first, five }: AccuracyResult['real']) => [name, per(first), per(five)];
  const scores = table(
    ['numbers', 'top-1', 'top-5'],
    [row(float === undefined ? 'real' : `real, ${float}`, real), row(`integers, ${quantizationName(q)}`, integer)],
    [false, true, true],
  );
  const how = `${grouped(data.samples)} samples of ${data.classes} classes; ${scalesText(q)}`;
  const lost =
    `loss ${points(loss.loss)} points, 95 % from ${points(loss.low)} to ${points(loss.high)} (Bonett and Price); ` +
    `${loss.lost} lost, ${loss.won} won, p ${loss.p.toPrecision(2)} (exact McNemar)`;
  const five = data.classes > 5 ? [] : ['Of five classes or fewer every label is among the first five.'];
  const mixed = table(
    ['class', 'taken for', 'samples'],
    confusions.slice(0, most).map((c) => [nameOf(c.label), nameOf(c.guess), `${c.samples}`]),
    [!data.names, !data.names, true],
  );
  const wrong = table(
    ['sample', 'class', 'taken for', 'in real numbers'],
    (missed?.samples ?? []).map((s) => [`${s.sample}`, nameOf(s.label), nameOf(s.guess), nameOf(s.real)]),
    [true, !data.names, !data.names, !data.names],
  );
  const noisy = noise
    .flatMap((n) => (n.decibels === undefined ? [] : [{ tensor: n.tensor, decibels: n.decibels }]))
    .sort((x, y) => x.decibels - y.decibels)
    .slice(0, most);
  const loud = table(
    ['tensor', 'signal to noise'],
    noisy.map((n) => [n.tensor, `${n.decibels.toFixed(1)} dB`]),
    [false, true],
  );
  return [
    scores,
    ...five,
    '',
    how,
    lost,
    ...(verdict ? [verdictText(verdict)] : []),
    ...(confusions.length > 0 ? ['', mixed] : []),
    ...(noisy.length > 0 ? ['', loud] : []),
    ...(missed && missed.samples.length > 0 ? ['', wrong] : []),
  ].join('\n');
}

type Quantization = AccuracyResult['quantization'];

export const quantizationName = (q: Quantization): string =>
  `w${q.weightBits}a${q.activationBits}${q.unsigned ? ' unsigned' : ''}`;

/** Where scales are from. */
export const scalesText = (q: Quantization): string =>
  q.given
    ? `weights and scales of the file, ${standing(q.given)}`
    : `scales by ${q.activations} over ${grouped(q.samples)} samples, weights by ${q.weights}`;

/** Whether the words are those of the file. */
const standing = ({ exact, differences }: NonNullable<AccuracyResult['quantization']['given']>): string =>
  exact
    ? 'exact: every factor is one of the machine'
    : `nearest, words may differ near ties: ${differences.join('; ')}`;

export function verdictText({ limit, status, samples }: NonNullable<AccuracyResult['verdict']>): string {
  const of = `a loss of ${(100 * limit).toFixed(2)} points`;
  switch (status) {
    case 'within':
      return `within ${of}: so is all of the interval`;
    case 'beyond':
      return `beyond ${of}: so is all of the interval`;
    case 'undecided':
      return `undecided: the interval lies on both sides of ${of}; ${
        samples === undefined ? 'no number of such samples decides' : `about ${grouped(samples)} samples would decide`
      }`;
  }
}
