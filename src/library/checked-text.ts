// What a certificate claims and what its checker believed, in a few lines.

import type { Certificate } from '../certificate/certificate.js';
import type { Checked } from '../certificate/check-certificate.js';
import { digestsOf } from '../certificate/certificate-file.js';
import { goalUnit } from '../model/cost/goal.js';
import { technology16nm } from '../model/machine/technology.js';
import { spaces } from '../model/space/built-in-spaces.js';
import { forProducts, parameters } from '../model/space/design-space.js';
import { grouped, percent } from '../report/tables/quantities.js';

export function checkedText({ question, claim }: Certificate, checked: Checked): string {
  const { space, technology, networks, layers, objective, limits } = question;
  const unit = goalUnit(objective);
  const digests = digestsOf(question);
  const given = [
    ...Object.entries(limits).map(([name, limit]) => `${name} at most ${limit} ${goalUnit(name)}`),
    ...limitsOfLayers(layers),
  ];
  const figure = (x: number) => `${x.toPrecision(10)} ${unit}`;
  const weighted = networks.map(({ name, weight }) => (weight === 1 ? name : `${weight} x ${name}`)).join(', ');
  const claimed =
    claim.bound === null
      ? 'no machine meets the limits'
      : `no machine is below ${figure(claim.bound)}` +
        (checked.value === undefined
          ? ''
          : `; one costs ${figure(checked.value)} at most, a gap of ${percent(checked.gap ?? 0)}`);
  return [
    `question  ${[`${objective} of ${weighted}`, ...given, ...(question.padding ? [] : ['no padding'])].join(', ')}`,
    `space     ${named(space.name, sameSpace(question), digests.space)}: ${grouped(checked.shapes)} shapes`,
    ...wordsText(question),
    `costs     ${named(technology.name, sameTechnology(question), digests.technology)}`,
    `layers    ${grouped(layers.length)} shapes of layers (digest ${digests.networks})`,
    `claim     ${claimed}`,
    `checked   ${grouped(checked.boxes)} boxes in rational numbers; ${believed(checked)}`,
    checked.holds ? 'holds' : 'DOES NOT HOLD',
  ].join('\n');
}

/** Of a space whose precisions come together, and what was left out of it by measurement. */
function wordsText({ space: { precisions }, measured }: Certificate['question']): readonly string[] {
  if (!precisions) return [];
  const own = precisions.map((p) => `w${p.weightPrecision}a${p.inputPrecision} with sums of ${p.accumPrecision} bits`);
  const left =
    measured && measured.leftOut.length > 0
      ? `; measured and not proven: ${measured.leftOut.join(', ')} lose more than ${percent(measured.limit)} of ` +
        `${grouped(measured.samples)} samples of ${measured.file}, and are left out`
      : '';
  const unmeasured = measured?.unmeasured
    ? `; not measured, with fewer bits than these: ${measured.unmeasured.join(', ')}`
    : '';
  return [`words     ${own.join(', ')}${left}${unmeasured}`];
}

/** A limit that every layer has is one of each. */
function limitsOfLayers(layers: Certificate['question']['layers']): readonly string[] {
  const of = new Map<string, string[]>();
  for (const { layer, limits } of layers)
    for (const [name, limit] of Object.entries(limits)) {
      const key = `${name}@ at most ${limit} ${goalUnit(name)}`;
      of.set(key, [...(of.get(key) ?? []), layer.name]);
    }
  return [...of].map(([limit, names]) =>
    limit.replace('@', () => (names.length === layers.length ? ' of each layer' : ` of ${names.join(' and ')}`)),
  );
}

const named = (name: string, isBuiltIn: boolean, digest: string): string =>
  `${name}${isBuiltIn ? ', as it is built in' : ''} (digest ${digest})`;

const believed = ({ trusted, recomputed, looks }: Checked): string =>
  trusted > 0
    ? `${grouped(trusted)} bounds of layers in them are trusted (--full recomputes them)`
    : recomputed > 0
      ? `${grouped(recomputed)} bounds of layers in them recomputed from ${grouped(looks)} mappings, none trusted`
      : 'no bound of a layer is needed';

/** Sums are as wide as the layers need, where the space says so. */
const sameSpace = ({ space, layers }: Certificate['question']): boolean =>
  spaces
    .map((s) => forProducts(s, Math.max(...layers.map(({ layer: { bounds: b } }) => b.C * b.R * b.S))))
    .some(
      (s) =>
        s.name === space.name &&
        s.maxPes === space.maxPes &&
        s.minPes === space.minPes &&
        parameters.every((p) => s.menus[p].join() === space.menus[p].join()),
    );

const sameTechnology = ({ technology }: Certificate['question']): boolean =>
  JSON.stringify(technology) === JSON.stringify(technology16nm);
