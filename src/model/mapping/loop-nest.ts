// A mapping as the loop nest that an engineer would write.

import type { Architecture } from '../machine/architecture.js';
import { bypassing } from '../machine/keeping.js';
import { tensors } from '../workload/layer.js';
import type { LevelMapping, Mapping } from './mapping.js';

/**
 * Loops from the outermost in, two spaces deeper each; ranges without their end. Every level stands as a comment with
 * the tensors it keeps. With the architecture, those that it could keep and does not are named, and fan-outs that are
 * not filled say how much of them works.
 */
export function printMapping(architecture: Architecture | undefined, mapping: Mapping): string {
  const lines: string[] = [];
  let depth = 0;
  const put = (line: string) => lines.push(`${'  '.repeat(depth)}${line}`);
  for (const d of ['G', 'K'] as const) {
    const n = mapping.parts?.[d] ?? 1;
    if (n > 1) put(`// ${n} parts over ${d}, one run after the other; each:`);
  }
  mapping.levels.forEach((level, i) => {
    const kept = tensors.filter((t) => level.keep.includes(t));
    const by = architecture ? bypassing(architecture, mapping, i) : [];
    put(
      `// ${level.name}: ` +
        (kept.length === 0 ? 'nothing kept' : kept.join(', ')) +
        (by.length === 0 ? '' : `; bypassed by ${by.join(', ')}`),
    );
    for (const { dim, factor } of level.temporal) {
      put(`for ${dim.toLowerCase()} in 0..${factor}:`);
      depth++;
    }
    for (const { dim, factor, axis } of level.spatial) {
      put(`parallel-for ${dim.toLowerCase()} in 0..${factor} (${axis}${idle(architecture, i, level, axis)}):`);
      depth++;
    }
  });
  put('Outputs += Weights * Inputs');
  return lines.join('\n');
}

/** `, 6 of 8` where an axis has positions without work. */
function idle(a: Architecture | undefined, index: number, level: LevelMapping, label: string): string {
  const size = a?.levels[index]?.axes.find((x) => x.label === label)?.size;
  const used = level.spatial.reduce((n, s) => (s.axis === label ? n * s.factor : n), 1);
  return size === undefined || used === size ? '' : `, ${used} of ${size}`;
}
