// A mapping as the loop nest that an engineer would write.

import type { Architecture } from '../machine/architecture.js';
import { bypassing } from '../machine/keeping.js';
import type { Called, Dimension, Tensor } from '../workload/layer.js';
import { calledIn, tensors } from '../workload/layer.js';
import type { LevelMapping, Mapping } from './mapping.js';

/**
 * Loops from the outermost in, two spaces deeper each; ranges without their end. Every level stands as a comment with
 * the tensors it keeps. With the architecture, those that it could keep and does not are named, and fan-outs that are
 * not filled say how much of them works. `named`: the layer, whose file may have names of its own.
 */
export function printMapping(architecture: Architecture | undefined, mapping: Mapping, named: Called = {}): string {
  const called = (x: Dimension | Tensor) => calledIn(named, x);
  const loop = (d: Dimension) => called(d).toLowerCase();
  const lines: string[] = [];
  let depth = 0;
  const put = (line: string) => lines.push(`${'  '.repeat(depth)}${line}`);
  for (const d of ['G', 'K'] as const) {
    const n = mapping.parts?.[d] ?? 1;
    if (n > 1) put(`// ${n} parts over ${called(d)}, one run after the other; each:`);
  }
  mapping.levels.forEach((level, i) => {
    const kept = tensors.filter((t) => level.keep.includes(t));
    const by = architecture ? bypassing(architecture, mapping, i) : [];
    put(
      `// ${level.name}: ` +
        (kept.length === 0 ? 'nothing kept' : kept.map(called).join(', ')) +
        (by.length === 0 ? '' : `; bypassed by ${by.map(called).join(', ')}`),
    );
    for (const { dim, factor } of level.temporal) {
      put(`for ${loop(dim)} in 0..${factor}:`);
      depth++;
    }
    for (const { dim, factor, axis } of level.spatial) {
      put(`parallel-for ${loop(dim)} in 0..${factor} (${axis}${idle(architecture, i, level, axis)}):`);
      depth++;
    }
  });
  put(`${called('Outputs')} += ${called('Weights')} * ${called('Inputs')}`);
  return lines.join('\n');
}

/** `, 6 of 8` where an axis has positions without work. */
function idle(a: Architecture | undefined, index: number, level: LevelMapping, label: string): string {
  const size = a?.levels[index]?.axes.find((x) => x.label === label)?.size;
  const used = level.spatial.reduce((n, s) => (s.axis === label ? n * s.factor : n), 1);
  return size === undefined || used === size ? '' : `, ${used} of ${size}`;
}
