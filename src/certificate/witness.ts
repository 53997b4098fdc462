// The machine that a certificate names, with its mappings: legal, within all limits, and what it costs at most, by the cost
// model.

import { nth } from '../base/invariant.js';
import { printDiagnostic } from '../base/diagnostics.js';
import type { Rational } from '../base/rational.js';
import { compare, exactly, plus, product, rational } from '../base/rational.js';
import { parseMapping } from '../interchange/mapping-file.js';
import { magnetConventions } from '../model/cost/conventions.js';
import { evaluate } from '../model/cost/evaluate.js';
import type { NetworkQuantity } from '../model/cost/network-goal.js';
import { networkQuantities } from '../model/cost/network-goal.js';
import { breaches } from '../model/mapping/legality.js';
import type { Architecture } from '../model/machine/architecture.js';
import { lowerTemplate } from '../model/machine/template.js';
import { templateAt } from '../model/space/design-space.js';
import type { Layer } from '../model/workload/layer.js';
import type { CertifiedLayer, Question, Witness } from './certificate.js';
import { above, below } from './rounding.js';
import { areaAt, isIn, spaceOf } from './space-shape.js';

/** Between these the energy of a mapping lies; cycles are whole numbers. */
export interface MappingCost {
  readonly low: Rational;
  readonly high: Rational;
  readonly cycles: Rational;
}

export interface Witnessed {
  /** Of each layer. */
  readonly costs: readonly MappingCost[];
  /** The objective, rounded up; undefined where something does not hold. */
  readonly value: Rational | undefined;
  readonly faults: readonly string[];
}

export function witnessed(question: Question, { point, mappings }: Witness): Witnessed {
  const space = spaceOf(question);
  const { technology, layers, limits, networks, objective } = question;
  const template = templateAt(space, point);
  if (!template || !isIn(space, point))
    return { costs: [], value: undefined, faults: [`the machine of the witness is none of ${space.name}`] };
  const faults: string[] = [];
  const area = areaAt(space, technology, point);
  if (limits.area !== undefined && compare(below(area), exactly(limits.area)) > 0)
    faults.push(`the machine of the witness takes ${area} mm2, more than the limit of ${limits.area} mm2`);
  const machine = lowerTemplate(template, technology);
  const costs = layers.map((layer, i) => costOf(layer, nth(mappings, i)));
  if (faults.length > 0) return { costs, value: undefined, faults };
  const networkCosts = networks.map(({ counts }) => totals(counts));
  networks.forEach(({ name }, k) => {
    for (const q of networkQuantities) {
      const limit = limits[q];
      if (limit !== undefined && compare(amount(q, nth(networkCosts, k), 'low'), exactly(limit)) > 0)
        faults.push(`the mappings of the witness exceed the limit on ${q} of ${name}`);
    }
  });
  if (faults.length > 0) return { costs, value: undefined, faults };
  const value =
    objective === 'area'
      ? above(area)
      : networks.reduce(
          (sum, { weight }, k) => plus(sum, product(exactly(weight), amount(objective, nth(networkCosts, k), 'high'))),
          zero,
        );
  return { costs, value, faults };

  function costOf({ layer, limits: own }: CertifiedLayer, data: unknown): MappingCost {
    const cost = costOfMapping(machine, layer, data);
    if (typeof cost === 'string') {
      faults.push(cost);
      return none;
    }
    const exceeds = (of: Rational, limit: number | undefined) => limit !== undefined && compare(of, exactly(limit)) > 0;
    if (
      exceeds(cost.low, own.energy) ||
      exceeds(cost.cycles, own.latency) ||
      exceeds(product(cost.low, cost.cycles), own.edp)
    )
      faults.push(`the mapping of ${layer.name} exceeds a limit of the layer`);
    return cost;
  }

  function totals(
    counts: readonly number[],
  ): Readonly<Record<'low' | 'high' | 'cycles' | 'lowBoth' | 'highBoth', Rational>> {
    const sum = (of: (c: MappingCost) => Rational) =>
      costs.reduce((n, c, i) => plus(n, product(rational(BigInt(nth(counts, i))), of(c))), zero);
    return {
      low: sum((c) => c.low),
      high: sum((c) => c.high),
      cycles: sum((c) => c.cycles),
      lowBoth: sum((c) => product(c.low, c.cycles)),
      highBoth: sum((c) => product(c.high, c.cycles)),
    };
  }

  function amount(q: NetworkQuantity, t: ReturnType<typeof totals>, side: 'low' | 'high'): Rational {
    switch (q) {
      case 'energy':
        return t[side];
      case 'latency':
        return t.cycles;
      case 'edp':
        return product(t[side], t.cycles);
      case 'layer-edp':
        return side === 'low' ? t.lowBoth : t.highBoth;
    }
  }
}

/** What a mapping costs by the cost model; why it is none of the machine, or not legal. */
export function costOfMapping(machine: readonly Architecture[], layer: Layer, data: unknown): MappingCost | string {
  const read = machine.map((a) => ({ a, mapping: parseMapping(data, a) }));
  const found = read.find(({ mapping }) => mapping.ok);
  if (!found?.mapping.ok) {
    const [why] = read.flatMap(({ mapping }) => (mapping.ok ? [] : mapping.diagnostics));
    const because = why ? `: ${printDiagnostic(why)}` : '';
    return `the mapping of ${layer.name} is none of the machine${because}`;
  }
  const broken = breaches(found.a, layer, found.mapping.value, magnetConventions);
  if (broken.length > 0) return `the mapping of ${layer.name} is not legal: ${broken.map(printDiagnostic).join('; ')}`;
  const { energy, cycles } = evaluate(found.a, layer, found.mapping.value, magnetConventions);
  return { low: below(energy), high: above(energy), cycles: exactly(cycles) };
}

const zero = rational(0n);
const none: MappingCost = { low: zero, high: zero, cycles: zero };
