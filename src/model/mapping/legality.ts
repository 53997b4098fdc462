// What a machine requires of a mapping: every breach, in words.

import { defined, nth } from '../../base/invariant.js';
import type { Diagnostic } from '../../base/diagnostics.js';
import type { Architecture } from '../machine/architecture.js';
import { brokenConstraints } from './constraints.js';
import type { Conventions } from '../cost/conventions.js';
import type { Layer } from '../workload/layer.js';
import { allCalledIn, calledIn, dimensions } from '../workload/layer.js';
import { compile } from '../machine/compiled-machine.js';
import type { Mapping, Parts } from './mapping.js';
import { mappedBounds } from './mapping.js';
import { numbers } from '../cost/numbers.js';
import { canFold } from '../workload/folds.js';
import { areSame, isWhole, partings, partOf, runsOf } from '../workload/layer-parts.js';
import { layoutText } from '../workload/kept-weights.js';
import { holdingOf, takenBy } from './memory-room.js';
import type { Rule } from './rules.js';
import { lineFault, rulesOf } from './rules.js';
import { layoutFault, suitsParts } from './weight-layout.js';

/**
 * What keeps a machine from running a mapping of a layer; empty where it can. Sizes in bits, tiles in lines as the memory stores
 * them.
 */
export function breaches(
  a: Architecture,
  layer: Layer,
  mapping: Mapping,
  conventions: Conventions,
): readonly Diagnostic[] {
  if (mapping.parts && !isWhole(mapping.parts)) return breachesInParts(a, layer, mapping, mapping.parts, conventions);
  const found: Diagnostic[] = [];
  const report = (code: string, path: readonly (string | number)[], message: string) =>
    found.push({ code, path, message });
  const m = compile(
    a,
    mapping.levels.map((l) => l.keep),
  );
  const rules = rulesOf(numbers(m, layer, conventions, mapping), m, layer);
  const judge = (rule: Rule<number>) => {
    for (const [code, path, message] of breachesOf(rule, a, layer, mapping)) report(code, [path], message);
  };

  const bounds = mappedBounds(mapping);
  for (const d of dimensions) {
    if (bounds[d] < layer.bounds[d])
      report(
        'not-covered',
        [d],
        `the loops over ${d} cover ${bounds[d]} of ${layer.bounds[d]}; their product must reach the bound`,
      );
  }
  a.levels.forEach((level, i) => {
    const own = nth(mapping.levels, i);
    for (const loop of own.temporal) {
      if (loop.factor > 1 && !level.temporal.includes(loop.dim)) {
        report(
          'loop-not-allowed',
          [level.name],
          `${level.name} cannot loop over ${loop.dim} in time; allowed: ${level.temporal.join(', ') || 'nothing'}`,
        );
      }
    }
    for (const axis of level.axes) {
      const along = own.spatial.filter((s) => s.axis === axis.label && s.factor > 1);
      const used = along.reduce((n, s) => n * s.factor, 1);
      if (used > axis.size)
        report(
          'fan-out',
          [level.name, axis.label],
          `${axis.name} has ${axis.size} positions, the mapping uses ${used}`,
        );
      const carried = [...new Set(along.map((s) => s.dim))];
      if (axis.exclusive && carried.length > 1)
        report(
          'fan-out',
          [level.name, axis.label],
          `${axis.name} carries one dimension at a time, the mapping unrolls ${carried.map((d) => calledIn(layer, d)).join(' and ')} on it`,
        );
      for (const s of along) {
        if (!axis.dims.includes(s.dim))
          report(
            'fan-out',
            [level.name, axis.label],
            `${axis.name} cannot unroll ${calledIn(layer, s.dim)}; allowed: ${allCalledIn(layer, axis.dims).join(', ')}`,
          );
      }
    }
    for (const text of brokenConstraints(level.name, level, own, layer)) report('constraint', [level.name], text);
    for (const rule of rules) if ('level' in rule && rule.kind !== 'pool' && rule.level === i) judge(rule);
  });
  for (const rule of rules) if (!('level' in rule) || rule.kind === 'pool') judge(rule);
  return found;
}

/** Code, place and words of each way in which a mapping breaks a rule. */
function breachesOf(
  rule: Rule<number>,
  a: Architecture,
  layer: Pick<Layer, 'called' | 'bounds'>,
  mapping: Mapping,
): readonly (readonly [code: string, place: string, message: string])[] {
  switch (rule.kind) {
    case 'capacity': {
      const level = nth(a.levels, rule.level);
      const holding = defined(holdingOf(level, nth(level.pools, rule.pool), rule.taken));
      const takes = rule.tiles.map(({ tensor, lines }) => takenBy(holding, tensor, lines()));
      const need = takes.reduce((n, x) => n + x, 0);
      if (need <= holding.max) return [];
      const what = holding.unit === 'bank' ? `${takes.join(' + ')} banks` : `${need} bits`;
      const left = rule.taken > 0 ? ` what ${rule.taken} banks of whole images leave` : ' it';
      const half = level.buffers === 2 ? ` (half of${left}, ping-pong)` : '';
      const whose = rule.tiles.map((t) => calledIn(layer, t.tensor)).join(' and ');
      return [
        ['capacity', level.name, `the tile of ${whose} takes ${what}, ${level.name} offers ${holding.max}${half}`],
      ];
    }
    case 'sums': {
      const { name } = nth(a.levels, rule.level);
      if (rule.visits() <= 1) return [];
      return [
        ['partial-sums', name, `partial sums would leave ${name}: reduction loops outside it must be innermost there`],
      ];
    }
    case 'counter':
      return mapping.levels.flatMap(({ name, temporal }) =>
        temporal
          .filter((l) => l.factor > rule.longest)
          .map(
            ({ dim, factor }) =>
              [
                'tiles',
                name,
                `a loop over ${calledIn(layer, dim)} of ${factor} is longer than the ${rule.longest} that its counter holds`,
              ] as const,
          ),
      );
    case 'biases': {
      const lines = rule.lines();
      if (lines <= rule.max) return [];
      return [
        ['tiles', defined(a.tiling).lanes, `the layer has ${lines} lines of biases, the bias memory holds ${rule.max}`],
      ];
    }
    case 'pool': {
      const [d, extent] = [rule.dimension, rule.extent()];
      if (extent % rule.window === 0) return [];
      return [
        ['tiles', d, `the tile of a PE is ${extent} long in ${d}; a pool over ${rule.window} needs a multiple of that`],
      ];
    }
    case 'lines': {
      const fault = lineFault(layer, rule.tensor, rule.used(), rule.mapped(), rule.width);
      return fault === undefined ? [] : [['resident', calledIn(layer, rule.tensor), `the mapping has ${fault}`]];
    }
    case 'inputs': {
      const mapped = rule.mapped();
      if (mapped === layer.bounds.N) return [];
      const message = `the mapping has ${mapped} of ${layer.bounds.N} inputs; padding of inputs has no place beside whole images`;
      return [['resident', 'N', message]];
    }
    case 'weights that stay': {
      const fault = layoutFault(rule.layout, mapping);
      return fault === undefined ? [] : [['resident', calledIn(layer, 'Weights'), `the mapping has ${fault}`]];
    }
    case 'no residency':
      return [
        [
          'resident',
          a.name,
          'tensors and weights stay on the chip of machines of the template alone that have residency: 1',
        ],
      ];
    case 'no pool':
      return [['tiles', a.name, 'only machines of the template pool behind a layer; leave the pool out']];
  }
}

/** Each run must be legal, and the parts ones that the layer may be divided into. */
function breachesInParts(
  a: Architecture,
  layer: Layer,
  { levels }: Mapping,
  parts: Parts,
  conventions: Conventions,
): readonly Diagnostic[] {
  if (layer.resident && runsOf(parts) > 1)
    return [
      { code: 'parts', path: ['parts'], message: 'a layer beside whole images in the global buffer runs at once' },
    ];
  const layout = layer.resident?.weights?.layout;
  if (layout && !suitsParts(layout, parts))
    return [{ code: 'parts', path: ['parts'], message: `weights that stay lie as ${layoutText(layout)}` }];
  const allowed = [true, false].flatMap((padding) => partings(a, layer, padding));
  if (allowed.some((own) => areSame(own, parts))) return breaches(a, partOf(layer, parts), { levels }, conventions);
  // Of all folds there are many: a layer that may be folded may be so in each.
  const others = allowed.filter(({ fold }) => fold === undefined);
  const allowedTexts = [
    ...new Set(others.map(printParts)),
    ...(canFold(layer) ? [`in folds of up to ${layer.bounds.R}x${layer.bounds.S}`] : []),
  ].join(', ');
  return [
    {
      code: 'parts',
      path: ['parts'],
      message: `the layer is divided ${printParts(parts)}; on ${a.name} it may run ${allowedTexts}`,
    },
  ];
}

const printParts = ({ G, K, block, fold, split }: Parts): string =>
  [
    ...(fold === undefined ? [] : [`as ${fold.R}x${fold.S} fold`]),
    ...(block === undefined ? [] : [`in blocks of ${block} groups`]),
    ...(split ? ['with input channels in pairs'] : []),
    ...(G === 1 ? [] : [`in ${G} over G`]),
    ...(K === 1 ? [] : [`in ${K} over K`]),
  ].join(' and ') || 'whole';
