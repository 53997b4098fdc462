// The order in which combinational sources can be computed, or the loop that forbids one.

import { defined, nth } from '../../base/invariant.js';
import { port, readAddress } from './cell-parameters.js';
import type { Drivers, Source } from './sources.js';

/** Sources in an order where each comes after those it is computed from. Inputs and registers are included. */
export function orderSources(drivers: Drivers): readonly Source[] {
  const { sources, sourceOf } = drivers;
  const state = new Uint8Array(sources.length);
  const [open, done] = [1, 2];
  const order: Source[] = [];
  for (const start of sources) {
    if (state[start.id] === done) continue;
    const stack = [{ source: start, needs: needsOf(start), next: 0 }];
    state[start.id] = open;
    while (stack.length > 0) {
      const top = defined(stack.at(-1));
      if (top.next === top.needs.length) {
        state[top.source.id] = done;
        order.push(top.source);
        stack.pop();
        continue;
      }
      const source = nth(sources, top.needs[top.next++]!);
      if (state[source.id] === done) continue;
      if (state[source.id] === open)
        throw new Error(
          `combinational loop: ${loopNames(
            stack.map((s) => s.source),
            source,
          )}`,
        );
      state[source.id] = open;
      stack.push({ source, needs: needsOf(source), next: 0 });
    }
  }
  return order;

  function needsOf(source: Source): readonly number[] {
    const found = new Set<number>();
    for (const bits of inputsOf(source))
      for (const bit of bits) if (nth(sourceOf, bit) >= 0) found.add(nth(sourceOf, bit));
    return [...found];
  }

  function loopNames(path: readonly Source[], again: Source): string {
    const loop = [...path.slice(path.indexOf(again)), again].map((s) =>
      drivers.nameOf(nth(s.bits, 0)).replace(/\[0\]$/, ''),
    );
    // Each is computed from the one after it; read backwards it goes the way the signal goes.
    return loop.reverse().join(' -> ');
  }
}

/** The bits that a source's value depends on within the same clock. */
function inputsOf(source: Source): readonly (readonly number[])[] {
  switch (source.kind) {
    case 'input':
      return [];
    case 'register':
      return [
        port(source.cell, 'ARST'),
        port(source.cell, 'ALOAD'),
        ...(port(source.cell, 'ALOAD').length > 0 ? [port(source.cell, 'AD')] : []),
      ];
    case 'read':
      return source.clocked ? [] : [readAddress(source.cell, source.port)];
    case 'cell':
      return Object.entries(source.cell.ports).flatMap(([name, bits]) => (name === 'Y' ? [] : [bits]));
  }
}
