// Law: a certificate of a co-design on a small space holds, in both modes; its bound is not above what looking at every machine
// with every mapping finds, is within the gap of the best, and raised by 0.1 % it is refused. What its boxes rest on, raised
// above what it can be, is refused by the mode that believes nothing.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nth } from '../../src/base/invariant.js';
import type { Certificate, Leaf, LineWeights, Reason } from '../../src/certificate/certificate.js';
import { checkCertificate } from '../../src/certificate/check-certificate.js';
import { digestsOf, parseCertificate, printCertificate } from '../../src/certificate/certificate-file.js';
import { fullCheck } from '../../src/certificate/full-check.js';
import type { NetworkLimits } from '../../src/model/cost/network-goal.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { shapeParameters, sizeParameters } from '../../src/model/space/design-space.js';
import { shapesIn } from '../../src/certificate/space-shape.js';
import type { Layer } from '../../src/model/workload/layer.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import type { CodesignObjective } from '../../src/tuner/codesign/codesign-request.js';
import type { Cost } from '../support/census.js';
import { everyMachine, tinySpace } from '../support/census.js';
import { casesOf, seedFrom } from '../support/cases.js';
import { certified, requestFor } from '../support/certified.js';

const seed = seedFrom(20261128);
const cases = casesOf('certificates of spaces');

const lines = (n: number, of: readonly number[]) => of.map((k) => n * k);
const spaces: readonly DesignSpace[] = [
  tinySpace({ weightBuffer: lines(32, [1, 4, 64]), globalBuffer: lines(64, [1, 4, 64]), rows: [1, 2] }),
  tinySpace({ inputBuffer: lines(32, [1, 4]), weightBuffer: lines(32, [1, 64]), vectorSize: [1, 2] }),
  tinySpace({ globalBuffer: lines(64, [4, 64]), accumBuffer: lines(24, [1, 8]), accumCollector: [1, 2] }),
];
const networks = [
  [makeLayer('a', { K: 4, C: 4, P: 2 }), makeLayer('e', { K: 3, C: 2 })],
  [makeLayer('b', { P: 5, C: 3, R: 2 })],
  [makeLayer('c', { K: 2, P: 4, Q: 2 }), makeLayer('b', { P: 5, C: 3, R: 2 })],
].map((layers, i) => ({
  name: `net${i}`,
  source: 'test',
  unmapped: [],
  layers: layers.map((layer, n) => ({ layer, count: n + 1 })),
}));
const objectives: readonly CodesignObjective[] = ['edp', 'energy', 'latency', 'layer-edp', 'area'];

const check = (certificate: Certificate) => checkCertificate({ certificate, digests: digestsOf(certificate.question) });
const raised = (c: Certificate, factor: number): Certificate => ({
  ...c,
  claim: { ...c.claim, bound: (c.claim.bound ?? 0) * factor },
});
const minsRaised = (c: Certificate, factor: number): Certificate => ({
  ...c,
  shapes: c.shapes.map((s) => ({
    ...s,
    leaves: s.leaves.map((leaf): Leaf => {
      const { reason } = leaf;
      if (reason.kind !== 'lines') return leaf;
      const higher = reason.lines.map((l) => ({ ...l, min: l.min.map((m) => m * factor) }));
      return { ...leaf, reason: { ...reason, lines: higher } };
    }),
  })),
});

/** Every box says that the first layer fits none of its machines. */
const fittingNowhere = (c: Certificate): Certificate => ({
  ...c,
  shapes: c.shapes.map((s) => ({
    ...s,
    leaves: s.leaves.map((leaf): Leaf => ({ ...leaf, reason: { kind: 'layer', layer: 0 } })),
  })),
});

describe('a certificate of a small space', () => {
  test('holds, and is refused where anything of its bound is raised', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...spaces),
        fc.constantFrom(...networks),
        fc.constantFrom(...objectives),
        fc.boolean(),
        async (space, network, objective, limited) => {
          const free = requestFor([[network, 1]], space, { objective });
          const { certificate, result } = await certified(free);
          await holdsAndIsTight(certificate, result.best?.objective ?? Infinity, free.gap);
          if (!limited || !result.best || objective === 'energy') return;
          // Within a limit that something keeps, and within one that nothing does.
          const energy = result.best.layers.reduce((n, l) => n + nth(l.counts, 0) * l.found.evaluation.energy, 0);
          const some: NetworkLimits = { energy: energy * 1.05 };
          const within = await certified({ ...free, limits: some });
          expect(check(within.certificate).faults).toEqual([]);
          expect(fullCheck(within.certificate, () => {}).faults).toEqual([]);
          const none = await certified({ ...free, limits: { energy: energy * 0.2 } });
          if (none.result.status === 'infeasible') {
            expect(none.certificate.claim.bound).toBeNull();
            expect(check(none.certificate).faults).toEqual([]);
            expect(fullCheck(none.certificate, () => {}).faults).toEqual([]);
          }
        },
      ),
      { numRuns: cases, seed },
    );
  });

  test('has the fingerprints of its question in its file, in whatever order a layer names what it has', async () => {
    const layer = makeLayer('first', { K: 2, P: 4, Q: 4 }, { pool: [2, 2], fromHost: true });
    const network = { name: 'pooled', source: 'test', unmapped: [], layers: [{ layer, count: 1 }] };
    const { certificate } = await certified(requestFor([[network, 1]], nth(spaces, 2), { objective: 'edp' }));
    const turned = <T extends object>(x: T): T => Object.fromEntries(Object.entries(x).toReversed()) as T;
    const layers = certificate.question.layers.map((l) => ({ ...l, layer: turned(l.layer) }));
    for (const question of [certificate.question, { ...certificate.question, layers }]) {
      const read = parseCertificate(JSON.parse(printCertificate({ ...certificate, question }, 'test')));
      expect(read.ok && checkCertificate(read.value).faults).toEqual([]);
    }
  });

  test('is below every machine with every mapping', async () => {
    const [space, network] = [nth(spaces, 1), nth(networks, 0)];
    const { certificate } = await certified(requestFor([[network, 1]], space, { objective: 'energy', gap: 0.001 }));
    const layers = network.layers.map(({ layer }) => layer);
    const least = Math.min(
      ...everyMachine(space, technology16nm, layers, false).map(({ fronts }) =>
        network.layers.reduce((n, { count }, i) => n + count * Math.min(...nth(fronts, i).map((c) => c.energy)), 0),
      ),
    );
    expect(certificate.claim.bound).toBeLessThanOrEqual(least);
    expect(certificate.claim.bound).toBeGreaterThan(least * 0.998);
  });
});

/** Machines of one size of everything, with what collectors need to matter. */
const machines: readonly DesignSpace[] = [
  {},
  { weightCollector: [2], accumCollector: [4], weightBuffer: [256] },
  { vectorSize: [1], numLanes: [2], rows: [2], inputCollector: [2] },
  { columns: [2], globalBuffer: [1024], accumBuffer: [48] },
].map((menus) => tinySpace(menus));
const layers = fc.record({
  bounds: fc.record({
    K: fc.constantFrom(1, 2, 4, 3),
    C: fc.constantFrom(1, 2, 6),
    P: fc.constantFrom(1, 2, 4, 5),
    Q: fc.constantFrom(1, 2),
    R: fc.constantFrom(1, 2, 3),
    G: fc.constantFrom(1, 2),
  }),
  stride: fc.constantFrom(1, 2),
});

describe('the mode that believes nothing', () => {
  test('finds the minimum of a layer on a machine that looking at every mapping finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...machines),
        layers,
        fc.constantFrom(...objectives),
        async (space, of, objective) => {
          const layer = makeLayer('l', of.bounds, { stride: [of.stride, 1] });
          const factors = Object.values(of.bounds).filter((n) => n > 1).length;
          fc.pre(objective !== 'area' && factors > 0 && factors < 5);
          const fronts = everyFront(space, layer);
          fc.pre(fronts !== undefined);
          const value = (c: { readonly energy: number; readonly cycles: number }) =>
            ({ energy: c.energy, latency: c.cycles, edp: 0, 'layer-edp': 0, area: 0 })[objective] ||
            c.energy * c.cycles;
          const least = Math.min(...fronts.map(value));
          const weights = { energy: 0, cycles: 0, both: 0 };
          if (objective === 'energy') weights.energy = 1;
          else if (objective === 'latency') weights.cycles = 1;
          else weights.both = 1;
          expect(minsHold(space, layer, weights, least)).toBe(true);
          expect(minsHold(space, layer, weights, least * (1 + 1e-9))).toBe(least === Infinity);
          await Promise.resolve();
        },
      ),
      { numRuns: cases, seed },
    );
  });
});

/** What no other mapping of the only machine beats; undefined where there are too many. */
function everyFront(space: DesignSpace, layer: Layer): readonly Cost[] | undefined {
  try {
    return everyMachine(space, technology16nm, [layer], false, 3e4).flatMap(({ fronts }) => nth(fronts, 0));
  } catch {
    return undefined;
  }
}

/** Whether the full check has nothing against a claim on the only machine of a space. */
function minsHold(space: DesignSpace, layer: Layer, weights: LineWeights, min: number): boolean {
  const [shape] = shapesIn(space);
  if (!shape) throw new Error('no machine');
  const low = sizeParameters.map((s) => nth(space.menus[s], 0));
  const reason: Reason =
    min === Infinity
      ? { kind: 'layer', layer: 0 }
      : { kind: 'lines', lines: [{ network: 0, weights, min: [min * (1 - 2 ** -38)] }] };
  const certificate: Certificate = {
    question: {
      objective: 'energy',
      limits: {},
      padding: false,
      space,
      technology: technology16nm,
      networks: [{ name: 'n', weight: 1, counts: [1] }],
      layers: [{ layer, limits: {} }],
    },
    claim: { bound: 0, within: null },
    witness: null,
    shapes: [{ shape: shapeParameters.map((p) => shape.point[p]), leaves: [{ low, high: low, reason }] }],
  };
  return fullCheck(certificate, () => {}).faults.length === 0;
}

async function holdsAndIsTight(certificate: Certificate, best: number, gap: number): Promise<void> {
  const quick = check(certificate);
  expect(quick.faults).toEqual([]);
  expect(quick.gap).toBeLessThanOrEqual(gap * (1 + 1e-6));
  expect(certificate.claim.bound).toBeLessThanOrEqual(best);
  expect(fullCheck(certificate, () => {}).faults).toEqual([]);
  expect(check(raised(certificate, 1.001)).holds).toBe(false);
  // Were all layers as dear as that, nothing would cost as little as what was found.
  if (certificate.question.objective !== 'area') {
    expect(fullCheck(minsRaised(certificate, 1.03), () => {}).faults).not.toEqual([]);
    // Far above what the witness has layers for, the mode that believes them sees it too.
    expect(check(minsRaised(certificate, 2)).faults.join()).toContain('and the witness has it for');
    expect(check(fittingNowhere(certificate)).faults.join()).toContain('and runs on the witness');
  }
  await Promise.resolve();
}
