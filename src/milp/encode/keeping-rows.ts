// What levels keep as variables: a binary per level and tensor where that is open, and from these
// which kept level serves which.

import { defined, got, nth } from '../../base/invariant.js';
import type { Conventions } from '../../model/cost/conventions.js';
import { isOpen } from '../../model/machine/keeping.js';
import { holdsSums } from '../../model/mapping/rules.js';
import { tagOf } from '../../model/mapping/layer-requirement.js';
import type { Layer, Tensor } from '../../model/workload/layer.js';
import { dimensions, tensors, windows } from '../../model/workload/layer.js';
import type { Machine } from '../../model/machine/compiled-machine.js';
import type { Count, Link, Reading } from '../../model/cost/traffic.js';
import { linkTraffic } from '../../model/cost/traffic.js';
import type { Linear } from '../../program/linear.js';
import { add, combine, constant, valueOf, zero } from '../../program/linear.js';
import type { ProgramBuilder } from '../../program/program.js';
import type { Factors } from './factor-rows.js';
import type { Orders } from './orders.js';

/** A count that is there while `gone`, a 0/1 expression, is 0; always where that is undefined. */
export type OpenCount<X> = Count<X> & { readonly gone: Linear | undefined };

export interface Keeping {
  /** 1 where a tensor bypasses a level; undefined where the level keeps it in every mapping. */
  gone: (level: number, tensor: Tensor) => Linear | undefined;
  /** The tensors that a level keeps in a point of the program. */
  kept: (level: number, x: ArrayLike<number>) => readonly Tensor[];
  /** The accesses of all levels that may be kept, whichever of them are. */
  traffic: <X>(r: Reading<X>, conventions: Conventions) => readonly OpenCount<X>[];
  /** The largest logarithm that a tile or a count over all instances may have while it is not there. */
  readonly max: number;
}

/** `m` keeps all that may be kept. */
export function encodeKeeping(b: ProgramBuilder, m: Machine, layer: Layer, f: Factors): Keeping {
  const { levels } = m.architecture;
  const last = levels.length;
  const binaries = new Map<string, Linear>();
  const binary = (level: number, tensor: Tensor) => binaries.get(`${level} ${tensor}`);
  levels.forEach((l, level) =>
    l.open?.forEach((tensor) => binaries.set(`${level} ${tensor}`, b.binary(`keep.${l.name}.${tensor}`))),
  );
  const less = (x: Linear): Linear =>
    combine([
      [1, constant(1)],
      [-1, x],
    ]);
  const links = tensors.flatMap(linksOf);

  return {
    gone(level, tensor) {
      const kept = binary(level, tensor);
      return kept && less(kept);
    },
    kept: (level, x) =>
      nth(levels, level).keeps.filter(
        (t) => !isOpen(nth(levels, level), t) || valueOf(defined(binary(level, t)), x) > 0.5,
      ),
    traffic: (r, conventions) =>
      links.flatMap(({ link, gone, first }) =>
        // What comes in from outside is the same whichever level is served.
        linkTraffic(r, m, conventions, link).flatMap((c) =>
          c.inward ? [{ ...c, gone }] : first ? [{ ...c, gone: kept(link) }] : [],
        ),
      ),
    // Rows under a tile are at most (stride + dilation) times its loops.
    max: f.max(dimensions) + windows.reduce((n, w) => n + Math.log(layer.stride[w.out] + layer.dilation[w.kernel]), 0),
  };

  function kept({ level, tensor }: Link): Linear | undefined {
    const own = binary(level, tensor);
    return own && less(own);
  }

  /**
   * Which pairs of levels may be neighbours: one unit flows from the outermost kept level to the multipliers through
   * all that are kept. Where the binaries are whole the flow is.
   */
  function linksOf(
    tensor: Tensor,
  ): { readonly link: Link; readonly gone: Linear | undefined; readonly first: boolean }[] {
    const chain = m.chains[tensor];
    const childrenOf = (i: number) => {
      const sure = chain.findIndex((level, k) => k > i && !binary(level, tensor));
      return [...chain.slice(i + 1, sure < 0 ? undefined : sure + 1), ...(sure < 0 ? [last] : [])];
    };
    const into = new Map<number, Linear>();
    const all = chain.flatMap((level, i) => {
      const children = childrenOf(i);
      const flows = children.map((child) => {
        const name = `link.${nth(levels, level).name}.${levels[child]?.name ?? 'MAC'}.${tensor}`;
        // Without a choice there is nothing to say.
        const flow = children.length === 1 ? binary(level, tensor) : b.variable(name, 0, 1, false);
        into.set(child, add(into.get(child) ?? zero, flow ?? constant(1)));
        return { link: { tensor, level, child, outermost: i === 0 }, flow };
      });
      if (children.length > 1)
        b.equal(
          `link.${nth(levels, level).name}.${tensor}`,
          add(...flows.map((x) => defined(x.flow)), combine([[-1, binary(level, tensor) ?? constant(1)]])),
          0,
        );
      return flows.map(({ link, flow }, k) => ({ link, gone: flow && less(flow), first: k === 0 }));
    });
    for (const level of chain) {
      const own = binary(level, tensor);
      if (own) b.equal(`served.${nth(levels, level).name}.${tensor}`, add(got(into, level), combine([[-1, own]])), 0);
    }
    return all;
  }
}

/**
 * Where keeping outputs is open at a level that holds sums: no reduction loop outside is left over while they are kept.
 */
export function encodeHeldSums(b: ProgramBuilder, m: Machine, orders: Orders, keeping: Keeping): void {
  m.architecture.levels.forEach((level, i) => {
    if (!holdsSums(m, i)) return;
    const left = orders.refetches('Outputs', i);
    const gone = keeping.gone(i, 'Outputs');
    if (gone)
      b.about(tagOf({ kind: 'sums', level: level.name }), () =>
        b.atMost(
          `held.${level.name}`,
          combine([
            [1, left],
            [-keeping.max, gone],
          ]),
          0,
        ),
      );
  });
}
