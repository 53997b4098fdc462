// Law: `prove` agrees with looking at every mapping of small layers on every machine in question: what it calls feasible
// is, its cores cannot be met and can without any member, and limits moved as far as it says, no less, can be met.
//
// Other seeds or more cases: MAGNET_SEED=7 MAGNET_CASES=200 npx vitest run test/tuner/prove.test.ts

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { megahertz } from '../../src/base/units.js';
import { magnetConventions } from '../../src/model/cost/conventions.js';
import { defined } from '../../src/base/invariant.js';
import type { DesignSpace } from '../../src/model/space/design-space.js';
import { forNetworks, templateAt } from '../../src/model/space/design-space.js';
import { spaces as builtinSpaces } from '../../src/model/space/built-in-spaces.js';
import { simba } from '../../src/model/machine/presets.js';
import { technology16nm } from '../../src/model/machine/technology.js';
import type { Network } from '../../src/model/workload/network.js';
import { makeLayer } from '../../src/model/workload/layer.js';
import { costQuantities } from '../../src/model/cost/requirement.js';
import type { NetworkQuantity } from '../../src/model/cost/network-goal.js';
import { amountOf } from '../../src/model/cost/network-goal.js';
import type { CostQuantity, Requirement } from '../../src/model/cost/requirement.js';
import { printScript } from '../../src/smt/script.js';
import { solveScript } from '../../src/smt/z3.js';
import { clock } from '../../src/base/clock.js';
import { builtinNetworks } from '../../src/workloads/builtin-networks.js';
import { columnsTask } from '../../src/tuner/network/columns-task.js';
import { minimum } from '../../src/tuner/prove/minimum.js';
import { prove } from '../../src/tuner/prove/prove.js';
import type { CoreMember, Proof } from '../../src/tuner/prove/proof.js';
import type { Candidates, ProveHooks, ProveRequest } from '../../src/tuner/prove/prove-request.js';
import { casesOf, inLong, long, seedFrom } from '../support/cases.js';
import { near } from '../support/boxes.js';
import type { Censused, Cost } from '../support/census.js';
import { everyMachine, tinySpace } from '../support/census.js';
import { askNative, isInstalled, nativeSolvers } from '../support/native-smt.js';
import { shapes } from '../support/shapes.js';

const seed = seedFrom(20191104);
const cases = casesOf('prove');

const hooks: ProveHooks = {
  now: () => performance.now(),
  width: 1,
  stopped: () => false,
  shapes,
  minimum: (question, seconds) => minimum(structuredClone(question), { seconds, now: () => performance.now() }),
  columns: (question, seconds) => columnsTask({ question: structuredClone(question), until: clock() + seconds * 1000 }),
  ask: (script, seconds) => solveScript(script, { seconds }),
  progress: () => {},
};

const a = makeLayer('a', { K: 4, C: 4, P: 2 });
const b = makeLayer('b', { P: 5, C: 3, R: 2 });
const c = makeLayer('c', { K: 2, P: 4, Q: 2 }, { pool: [2, 1] });
const d = makeLayer('d', { G: 2, P: 5, R: 2 });
const networks: readonly Network[] = [
  [
    [a, 2],
    [b, 1],
  ],
  [[b, 3]],
  [
    [c, 1],
    [d, 2],
  ],
  [[a, 1]],
].map((layers, i) => ({
  name: `net${i}`,
  source: 'test',
  unmapped: [],
  layers: (layers as [typeof a, number][]).map(([layer, count]) => ({ layer, count })),
}));
const lines = {
  weightBuffer: (n: number) => 2 * 16 * n,
  inputBuffer: (n: number) => 2 * 16 * n,
  accumBuffer: (n: number) => 24 * n,
  globalBuffer: (n: number) => 4 * 16 * n,
};
const spaces: readonly DesignSpace[] = [
  tinySpace({ weightBuffer: [1, 4].map(lines.weightBuffer), accumBuffer: [1, 4].map(lines.accumBuffer) }),
  tinySpace({ columns: [1, 2], inputBuffer: [1, 2, 8].map(lines.inputBuffer) }),
  tinySpace({ numLanes: [1, 2], rows: [1, 2], globalBuffer: [1, 16].map(lines.globalBuffer) }),
];

const amount = (q: CostQuantity, { energy, cycles }: Cost) =>
  q === 'edp' ? energy * cycles : q === 'energy' ? energy : cycles;

/** What choices of a mapping for every instance come to on a machine: sums, less what another beats in all. */
function sumsOn(
  { fronts }: Censused,
  network: Network,
  requirements: readonly Requirement[],
  shared = false,
): readonly (readonly number[])[] {
  let sums: number[][] = [[0, 0, 0]];
  network.layers.forEach(({ layer, count }, i) => {
    const own = fronts[i]!.filter((cost) =>
      requirements.every((r) => r.kind !== 'layer' || r.layer !== layer.name || amount(r.quantity, cost) <= r.max),
    );
    for (let choice = 0; choice < (shared ? 1 : count); choice++) {
      const times = shared ? count : 1;
      const next = sums.flatMap((s) =>
        own.map((cost) => s.map((x, k) => x + times * amount(costQuantities[k]!, cost))),
      );
      sums = next.filter(
        (s, n) =>
          !next.some((o, m) => m !== n && o.every((x, k) => x <= s[k]!) && (m < n || o.some((x, k) => x < s[k]!))),
      );
    }
  });
  return sums;
}

/** Whether requirements can be met, by looking. */
function possible(
  machines: readonly Censused[],
  network: Network,
  requirements: readonly Requirement[],
  shared = false,
): boolean {
  return machines.some((m) => {
    const fits = requirements.every((r) => {
      if (r.kind === 'area') return m.area <= r.max;
      if (r.kind !== 'parameter') return true;
      const own = r.parameter === 'pes' ? m.point.rows * m.point.columns : m.point[r.parameter];
      return r.bound === 'max' ? own <= r.value : own >= r.value;
    });
    return (
      fits &&
      sumsOn(m, network, requirements, shared).some((s) =>
        requirements.every((r) => r.kind !== 'network' || reachedOf(s, r.quantity) <= r.max * (1 + 1e-12)),
      )
    );
  });
}

/** Of sums of energy, cycles and EDPs over layers. */
const reachedOf = (s: readonly number[], q: NetworkQuantity): number =>
  amountOf(q, { energy: s[0]!, cycles: s[1]!, edp: s[0]! * s[1]!, layerEdp: s[2]! });

const moved = ({ requirement: r }: CoreMember, value: number): Requirement =>
  r.kind === 'parameter' ? { ...r, value } : { ...r, max: value };
const slightlyLess = (r: Requirement, value: number) =>
  'quantity' in r && r.quantity === 'latency' ? Math.ceil(value) - 1 : value * (1 - 1e-7);

/** What a proof claims, held against the truth. */
function check(
  proof: Proof,
  machines: readonly Censused[],
  network: Network,
  requirements: readonly Requirement[],
  shared = false,
): 'decided' | 'open' {
  const truth = (rs: readonly Requirement[]) => possible(machines, network, rs, shared);
  if (proof.status === 'unknown') return 'open';
  expect(proof.status).toBe(truth(requirements) ? 'feasible' : 'infeasible');
  if (proof.status === 'feasible') return 'decided';
  const core = proof.core.map((m) => m.requirement);
  expect(truth(core)).toBe(false);
  if (core.length === 0) expect(proof.shortages.length).toBeGreaterThan(0);
  let open = !proof.minimal;
  for (const member of proof.core) {
    const rest = core.filter((r) => r !== member.requirement);
    if (proof.minimal) expect(truth(rest)).toBe(true);
    const { needed } = member;
    if (needed.kind === 'exact') {
      const r = member.requirement;
      expect(truth([...rest, moved(member, needed.value * ('max' in r ? 1 + 1e-12 : 1))])).toBe(true);
      if (r.kind !== 'parameter') expect(truth([...rest, moved(member, slightlyLess(r, needed.value))])).toBe(false);
    } else if (needed.kind === 'between') {
      open = true;
      expect(truth([...rest, moved(member, needed.from)])).toBe(false);
      if (needed.to !== undefined) expect(truth([...rest, moved(member, needed.to * (1 + 1e-12))])).toBe(true);
    } else expect(truth(rest)).toBe(false);
  }
  return open ? 'open' : 'decided';
}

/** Limits around what machines can do: at a point of the front of one, just below it, well below or above. */
const requirementsFor = (machines: readonly Censused[], network: Network) => {
  const points = machines.flatMap((m) => sumsOn(m, network, []).map((s) => ({ m, s })));
  const factor = fc.constantFrom(1, 1, 1 - 1e-6, 0.9, 0.6, 1.1);
  return fc
    .record({
      at: fc.nat(),
      factors: fc.array(factor, { minLength: 6, maxLength: 6 }),
      kinds: fc.subarray(['area', 'energy', 'latency', 'edp', 'layer-edp', 'layer', 'pes'] as const, {
        minLength: 1,
        maxLength: 3,
      }),
    })
    .map(({ at, factors, kinds }): readonly Requirement[] => {
      const { m, s } = points[at % points.length]!;
      return kinds.map((kind, i): Requirement => {
        const f = factors[i]!;
        if (kind === 'area') return { kind, max: m.area * f, text: 'area' };
        if (kind === 'pes')
          return { kind: 'parameter', parameter: 'pes', bound: f < 1 ? 'max' : 'min', value: 2, text: 'pes' };
        if (kind === 'layer')
          return {
            kind,
            layer: network.layers[0]!.layer.name,
            quantity: 'latency',
            max: Math.max(1, Math.floor(m.fronts[0]![0]!.cycles * f)),
            text: 'layer',
          };
        const value = reachedOf(s, kind) * f;
        return {
          kind: 'network',
          quantity: kind,
          max: kind === 'latency' ? Math.max(1, Math.floor(value)) : value,
          text: kind,
        };
      });
    });
};

const request = (network: Network, candidates: Candidates, requirements: readonly Requirement[]): ProveRequest => ({
  network,
  candidates,
  technology: near,
  conventions: magnetConventions,
  padding: false,
  requirements,
  timeLimit: 60,
});

describe('prove on one machine', () => {
  const machines = spaces.flatMap((space) =>
    networks.flatMap((network) =>
      everyMachine(
        space,
        near,
        network.layers.map((l) => l.layer),
        false,
      ).flatMap((m) => (m.fronts.every((f) => f.length > 0) ? [{ m, space, network }] : [])),
    ),
  );

  test('decides whatever looking at everything decides', { timeout: 300_000 }, async () => {
    const question = fc
      .constantFrom(...machines)
      .chain((x) =>
        fc
          .tuple(requirementsFor([x.m], x.network), fc.boolean())
          .map(([requirements, sharedMappings]) => ({ ...x, requirements, sharedMappings })),
      );
    await fc.assert(
      fc.asyncProperty(question, async ({ m, space, network, requirements, sharedMappings }) => {
        const candidates: Candidates = {
          kind: 'machine',
          machine: { kind: 'template', template: templateAt(space, m.point)! },
        };
        const { proof } = await prove({ ...request(network, candidates, requirements), sharedMappings }, hooks);
        expect(check(proof, [m], network, requirements, sharedMappings)).toBe('decided');
      }),
      { seed, numRuns: 2 * cases },
    );
  });
});

describe('what prove writes', () => {
  /** Asked once for all solvers. */
  let asked: Promise<readonly Awaited<ReturnType<typeof prove>>[]> | undefined;
  const proofs = (): Promise<readonly Awaited<ReturnType<typeof prove>>[]> => (asked ??= ask());
  async function ask(): Promise<readonly Awaited<ReturnType<typeof prove>>[]> {
    const [space, network] = [spaces[1]!, networks[0]!];
    const m = everyMachine(
      space,
      near,
      network.layers.map((l) => l.layer),
      false,
    ).find((x) => x.fronts.every((f) => f.length > 0))!;
    const machine = { kind: 'machine', machine: { kind: 'template', template: templateAt(space, m.point)! } } as const;
    const found: Awaited<ReturnType<typeof prove>>[] = [];
    for (const requirements of fc.sample(requirementsFor([m], network), { seed, numRuns: inLong(8, 5) }))
      found.push(await prove(request(network, machine, requirements), hooks));
    return found;
  }

  test.each(nativeSolvers)('is read to the same answer by %s', { timeout: 300_000 }, async (solver) => {
    if (!(await isInstalled(solver))) return console.log(`${solver} is not installed: not asked`);
    const statuses = new Set<string>();
    for (const { proof, script } of await proofs()) {
      const { status, errors } = await askNative(solver, printScript(script!, { check: true }), 20);
      expect(errors).toEqual([]);
      expect(status).toBe(proof.status === 'feasible' ? 'sat' : 'unsat');
      statuses.add(status);
    }
    expect(statuses.size).toBe(2);
  });
});

describe('prove on a space', () => {
  test('decides whatever looking at every machine decides', { timeout: 300_000 }, async () => {
    const choices = spaces
      .flatMap((space) =>
        networks.map((network) => ({
          space,
          network,
          machines: everyMachine(
            space,
            near,
            network.layers.map((l) => l.layer),
            false,
          ).filter((m) => m.fronts.every((f) => f.length > 0)),
        })),
      )
      .filter((x) => x.machines.length > 0);
    let open = 0;
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom(...choices)
          .chain((x) => requirementsFor(x.machines, x.network).map((requirements) => ({ ...x, requirements }))),
        async ({ space, network, machines, requirements }) => {
          const { proof } = await prove(request(network, { kind: 'space', space }, requirements), hooks);
          if (check(proof, machines, network, requirements) === 'open') open++;
        },
      ),
      { seed, numRuns: cases },
    );
    expect(open).toBe(0);
  });
});

// A minute went by, and most of it was open, when each layer was first searched for.
describe('a limit that products alone are beyond', () => {
  const resnet50 = defined(builtinNetworks.find(({ name }) => name === 'resnet50'));
  const space = forNetworks(defined(builtinSpaces.find(({ name }) => name === 'magnet-16nm')), [resnet50]);
  const one = (r: Omit<Requirement & { readonly kind: 'layer' }, 'kind' | 'text'>): Requirement => ({
    kind: 'layer',
    text: `${r.quantity}@${r.layer}`,
    ...r,
  });
  const network = (quantity: CostQuantity, max: number): Requirement => ({
    kind: 'network',
    quantity,
    max,
    text: quantity,
  });
  // 118,013,952 products; 589,444,128 machines of at most 64 x 64 x 64 multipliers.
  test.each<readonly [Requirement]>([
    [one({ layer: 'conv1', quantity: 'latency', max: 1 })],
    [one({ layer: 'conv1', quantity: 'energy', max: 1 })],
    [one({ layer: 'conv1', quantity: 'edp', max: 1 })],
    [network('latency', 100)],
    [network('energy', 100)],
    [network('edp', 100)],
  ])('is refuted by one question to Z3: %o', { timeout: 60_000 }, async (requirement) => {
    const questions: string[] = [];
    const { proof } = await prove(
      { ...request(resnet50, { kind: 'space', space }, [requirement]), technology: technology16nm, timeLimit: 1e-3 },
      {
        ...hooks,
        // Costing goes on; once Z3 has answered there is no time for anything else.
        now: () => (questions.length > 0 ? 1e9 : 0),
        ask: (script, seconds) => {
          questions.push(printScript(script, { check: true }));
          return hooks.ask(script, Math.max(10, seconds));
        },
      },
    );
    expect(proof).toMatchObject({ status: 'infeasible', core: [{ requirement }] });
  });
});

// 4.615 mJ and 7.3 ms were open after 300 s when layers were chosen by prices alone.
describe('two limits of ResNet-50 on simba, equal layers sharing a mapping', () => {
  const resnet50 = builtinNetworks.find(({ name }) => name === 'resnet50')!;
  const machine = { kind: 'machine', machine: { kind: 'template', template: simba } } as const;
  const limited = (max: Readonly<Record<'latency' | 'energy', number>>): Requirement[] =>
    (['latency', 'energy'] as const).map((quantity) => ({
      kind: 'network',
      quantity,
      max: max[quantity],
      text: quantity,
    }));
  const needs = (proof: Proof, of: string): number | undefined => {
    const member = proof.status === 'infeasible' ? proof.core.find((c) => c.requirement.text === of) : undefined;
    return member?.needed.kind === 'exact' ? member.needed.value : undefined;
  };

  // Fifteen seconds: with small machines and layers the short suite asks the same on all that `decides` asks above.
  test.runIf(long)('are settled exactly', { timeout: 300_000 }, async () => {
    const question = request(resnet50, machine, limited({ latency: 7.3e6, energy: 4.615e9 }));
    const asked = { ...question, technology: technology16nm, padding: true, sharedMappings: true };
    const { proof } = await prove(asked, hooks);
    expect(needs(proof, 'energy')! / 4_631_301_190).toBeCloseTo(1, 9);
    expect(needs(proof, 'latency')).toBe(7_308_706);
  });
});

describe('what once went wrong', () => {
  const [space, network] = [spaces[1]!, networks[3]!];
  const m = everyMachine(
    space,
    near,
    network.layers.map((l) => l.layer),
    false,
  ).find((x) => x.fronts.every((f) => f.length > 0))!;
  const minimum = (parameter: 'clock' | 'weightPrecision', value: number): Requirement => ({
    kind: 'parameter',
    parameter,
    bound: 'min',
    value,
    text: `${parameter}>=${value}`,
  });
  const clocked = (clock: number): Candidates => ({
    kind: 'machine',
    machine: { kind: 'template', template: { ...templateAt(space, m.point)!, clock: megahertz(clock) } },
  });

  test('a clock need not be whole', async () => {
    expect((await prove(request(network, clocked(500.5), [minimum('clock', 400)]), hooks)).proof.status).toBe(
      'feasible',
    );
    expect((await prove(request(network, clocked(500.5), [minimum('clock', 501)]), hooks)).proof).toMatchObject({
      status: 'infeasible',
      core: [{ needed: { kind: 'exact', value: 500.5 } }],
    });
    const menu: Candidates = { kind: 'space', space: { ...space, menus: { ...space.menus, clock: [333.3, 500.5] } } };
    expect((await prove(request(network, menu, [minimum('clock', 400)]), hooks)).proof.status).toBe('feasible');
  });

  test('values that make no machine together are a core', async () => {
    const menus = { ...space.menus, weightPrecision: [8, 16], accumPrecision: [16, 24] };
    const requirements: Requirement[] = [
      minimum('weightPrecision', 16),
      { kind: 'parameter', parameter: 'accumPrecision', bound: 'max', value: 16, text: 'accumPrecision<=16' },
    ];
    const { proof } = await prove(request(network, { kind: 'space', space: { ...space, menus } }, requirements), hooks);
    expect(proof).toMatchObject({
      status: 'infeasible',
      minimal: true,
      core: [{ needed: { kind: 'exact', value: 8 } }, { needed: { kind: 'exact', value: 24 } }],
    });
  });

  test('the area of every machine is enough for it, to the last bit', { timeout: 120_000 }, async () => {
    const wide = tinySpace({
      columns: [1, 2, 3],
      inputBuffer: [1, 2, 3, 8].map(lines.inputBuffer),
      globalBuffer: [1, 3, 16].map(lines.globalBuffer),
    });
    const machines = everyMachine(
      wide,
      near,
      network.layers.map((l) => l.layer),
      false,
    ).filter((x) => x.fronts.every((f) => f.length > 0));
    const smallest = machines.reduce((a, b) => (b.area < a.area ? b : a));
    const limit = (max: number): Requirement => ({ kind: 'area', max, text: `area=${max}` });
    expect(
      (await prove(request(network, { kind: 'space', space: wide }, [limit(smallest.area)]), hooks)).proof.status,
    ).toBe('feasible');
    for (const machine of machines.slice(0, 12)) {
      const energy = Math.min(
        ...machines.filter((x) => x.area <= machine.area).flatMap((x) => sumsOn(x, network, []).map((s) => s[0]!)),
      );
      const requirements: Requirement[] = [
        limit(machine.area),
        { kind: 'network', quantity: 'energy', max: energy * (1 + 1e-9), text: 'energy' },
      ];
      expect((await prove(request(network, { kind: 'space', space: wide }, requirements), hooks)).proof.status).toBe(
        'feasible',
      );
    }
  });
});
