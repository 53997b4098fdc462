// Whether a certificate holds: without a solver and without a search, in rational numbers. `quick` believes what it says that
// layers cost at least in boxes; all else is recomputed from the cost model. `full-check.ts` believes nothing.

import { nth } from '../base/invariant.js';
import type { Rational } from '../base/rational.js';
import { compare, exactly, minus, quotient, rational, toNumber } from '../base/rational.js';
import { shapeParameters, sizeParameters } from '../model/space/design-space.js';
import type { Certificate, ShapeLeaves } from './certificate.js';
import type { Digests, ReadCertificate } from './certificate-file.js';
import { digestsOf } from './certificate-file.js';
import type { Range } from './cover.js';
import { holeIn } from './cover.js';
import { leafValue } from './leaf-value.js';
import type { AtLeast } from './network-lines.js';
import type { PlacedLeaf, SpaceShape } from './space-shape.js';
import { keyOf, shapeKey, shapesIn, shrinking, spaceOf } from './space-shape.js';
import { witnessed } from './witness.js';
import { refutedByWitness } from './witness-in-boxes.js';

/** What of a certificate holds; costs are in the unit of its objective. */
export interface Checked {
  readonly holds: boolean;
  /** What does not hold, a sentence each. */
  readonly faults: readonly string[];
  /** Of the boxes: no machine is below; Infinity where none meets the limits. */
  readonly proven: number;
  /** What the witness costs at most; undefined where there is none, or it does not hold. */
  readonly value: number | undefined;
  /** (value - bound) / value, both rounded outwards. */
  readonly gap: number | undefined;
  /** Of machines, in the space; `boxes` are those of the certificate. */
  readonly shapes: number;
  readonly boxes: number;
  /** What layers cost at least in boxes, as the certificate says and this mode believes. */
  readonly trusted: number;
  /** The same, recomputed, and the mappings that were looked at for that. */
  readonly recomputed: number;
  readonly looks: number;
}

/** More faults than these are counted only: a file that is of another question has one a box. */
const maxTold = 12;

export function checkCertificate({ certificate, digests }: ReadCertificate): Checked {
  const faults: string[] = [];
  const { question, claim, witness } = certificate;
  faults.push(...digestFaults(digests, digestsOf(question)), ...claimFaults(certificate));
  const pairs = paired(certificate, shapesIn(spaceOf(question)), faults);
  const boxes = boxesAtLeast(certificate, pairs, faults);
  const found = witness && witnessed(question, witness);
  if (found) faults.push(...found.faults);
  const value = found?.value;
  if (value) faults.push(...refutedByWitness(certificate, pairs, found.costs));
  faults.push(...boundFaults(claim.bound, boxes.least, value));
  return {
    holds: faults.length === 0,
    faults: told(faults),
    proven: boxes.least === 'none' ? Infinity : toNumber(boxes.least),
    value: value && toNumber(value),
    gap: value && claim.bound !== null ? gapOf(value, exactly(claim.bound)) : undefined,
    shapes: pairs.length,
    boxes: boxes.count,
    trusted: boundsOf(certificate),
    recomputed: 0,
    looks: 0,
  };
}

/** The same with what layers cost at least recomputed, none of it believed. */
export const withRecomputed = <T extends Pick<Checked, 'holds' | 'faults' | 'trusted' | 'recomputed' | 'looks'>>(
  quick: T,
  {
    recomputed,
    looks,
    faults,
  }: { readonly recomputed: number; readonly looks: number; readonly faults: readonly string[] },
): T => ({
  ...quick,
  holds: quick.holds && faults.length === 0,
  faults: told([...quick.faults, ...faults]),
  trusted: 0,
  recomputed,
  looks,
});

const told = (faults: readonly string[]): readonly string[] =>
  faults.length > maxTold ? [...faults.slice(0, maxTold), `and ${faults.length - maxTold} more`] : faults;

export const boundsOf = ({ shapes, question }: Certificate): number =>
  shapes.reduce(
    (n, { leaves }) =>
      n +
      leaves.reduce((m, { reason }) => {
        if (reason.kind === 'area') return m;
        if (reason.kind === 'layer') return m + 1;
        return reason.lines.reduce(
          (k, l) => k + nth(question.networks, l.network).counts.filter((count) => count > 0).length,
          m,
        );
      }, 0),
    0,
  );

const zero = rational(0n);

const gapOf = (value: Rational, bound: Rational): number =>
  compare(value, zero) > 0 && compare(value, bound) > 0 ? toNumber(quotient(minus(value, bound), value)) : 0;

const digestFaults = (stated: Digests, own: Digests): readonly string[] =>
  (Object.keys(own) as (keyof Digests)[]).flatMap((of) =>
    stated[of] === own[of] ? [] : [`the ${of} of the file has the digest ${own[of]}, and it says ${stated[of]}`],
  );

/** What lines are about must be all machines in question. */
function claimFaults({ question: { objective, limits }, claim: { within } }: Certificate): readonly string[] {
  if (objective === 'area' || within === null || within === limits.area) return [];
  if (limits.area !== undefined && within > limits.area) return [];
  return [`its boxes speak of machines of at most ${within} mm2, and larger ones are in question`];
}

function boundFaults(bound: number | null, least: AtLeast, value: Rational | undefined): readonly string[] {
  if (bound === null) {
    if (value) return ['it claims that no machine meets the limits, and its witness is one that does'];
    return least === 'none' ? [] : ['it claims that no machine meets the limits, and its boxes leave room for one'];
  }
  const claimed = exactly(bound);
  const faults: string[] = [];
  if (least !== 'none' && compare(claimed, least) > 0)
    faults.push(`it claims a bound of ${bound}, and its boxes prove ${toNumber(least)}`);
  if (value && compare(claimed, value) > 0)
    faults.push(`it claims a bound of ${bound}, and its witness costs no more than ${toNumber(value)}`);
  return faults;
}

/** The least over all boxes, where they leave no machine of the space out. */
function boxesAtLeast(
  certificate: Certificate,
  pairs: readonly (readonly [SpaceShape, readonly PlacedLeaf[]])[],
  faults: string[],
): { readonly least: AtLeast; readonly count: number } {
  const { question, claim } = certificate;
  const space = spaceOf(question);
  let least: AtLeast = 'none';
  let count = 0;
  for (const [shape, leaves] of pairs) {
    count += leaves.length;
    const hole = holeIn(shape.whole, leaves);
    if (hole) {
      faults.push(`${nameOf(shape)}: no box holds the machines with ${rangeText(shape, hole)}`);
      least = zero;
    }
    if (leaves.some((l) => l.leaf.reason.kind === 'area')) {
      const size = shrinking(space, question.technology, shape);
      if (size) faults.push(`${nameOf(shape)}: a larger ${size} takes less area, so that no box is beyond an area`);
    }
    for (const { leaf, low, where } of leaves) {
      const { value, fault } = leafValue(question, claim, space, shape, low, leaf);
      if (fault !== undefined) faults.push(`${where}: ${fault}`);
      if (value !== 'none' && (least === 'none' || compare(value, least) < 0)) least = value;
    }
  }
  return { least, count };
}

/** Every shape of the space with its boxes; what is of no shape, or of no machine of it, is a fault. */
export function paired(
  { shapes: given }: Certificate,
  shapes: readonly SpaceShape[],
  faults: string[],
): readonly (readonly [SpaceShape, readonly PlacedLeaf[]])[] {
  const known = new Map(shapes.map((s) => [keyOf(s.point), s]));
  const own = new Map<string, ShapeLeaves[]>();
  given.forEach((s, i) => {
    const key = shapeKey(s.shape);
    if (!known.has(key)) faults.push(`shapes[${i}]: the space has no such shape`);
    own.set(key, [...(own.get(key) ?? []), s]);
  });
  return shapes.map((shape) => [
    shape,
    (own.get(keyOf(shape.point)) ?? []).flatMap(({ leaves }) =>
      leaves.flatMap((leaf, i): PlacedLeaf[] => {
        const where = `${nameOf(shape)}, box ${i}`;
        const at = (values: readonly number[]) => values.map((v, s) => nth(shape.menus, s).indexOf(v));
        const [low, high] = [at(leaf.low), at(leaf.high)];
        const isKnown = [...low, ...high].every((place) => place >= 0);
        if (isKnown && low.every((place, s) => place <= nth(high, s))) return [{ leaf, low, high, where }];
        faults.push(`${where}: ${isKnown ? 'a lowest size is above the highest' : 'a size is none of the space'}`);
        return [];
      }),
    ),
  ]);
}

const nameOf = ({ point }: SpaceShape): string =>
  `shape ${shapeParameters
    .slice(0, 4)
    .map((p) => `${p} ${point[p]}`)
    .join(', ')}`;

const rangeText = ({ menus }: SpaceShape, { low, high }: Range): string =>
  sizeParameters
    .flatMap((size, i) => {
      const [from, to] = [nth(nth(menus, i), nth(low, i)), nth(nth(menus, i), nth(high, i))];
      return nth(menus, i).length === 1 ? [] : [from === to ? `${size} ${from}` : `${size} ${from} to ${to}`];
    })
    .join(', ') || 'its sizes';
