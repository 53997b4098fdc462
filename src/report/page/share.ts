// What several results of a report have in common, a machine or a technology, is shown
// once, and the others point to it.

import { digest } from '../../base/digest.js';
import type { Block, Section } from './blocks.js';

type Once = Extract<Block, { readonly kind: 'once' }>;

/** Where the first has it; before results that are closed in a section of its own. */
export function shareBlocks(sections: readonly Section[]): readonly Section[] {
  const found = new Map<string, { readonly block: Once; readonly key: string; uses: number }>();
  for (const { blocks } of sections) {
    for (const block of blocks) {
      if (block.kind !== 'once') continue;
      const content = JSON.stringify(block.blocks);
      const known = found.get(content);
      if (known) known.uses++;
      else found.set(content, { block, key: `shared-${digest(content)}`, uses: 1 });
    }
  }
  const shared = [...found.values()].filter((f) => f.uses > 1);
  if (shared.length === 0) return sections;
  const apart = sections.some((s) => s.closed);
  const shown = new Set<string>();
  const pointed = (b: Block): Block => {
    const one = b.kind === 'once' ? found.get(JSON.stringify(b.blocks)) : undefined;
    if (!one || one.uses === 1) return b;
    if (!apart && !shown.has(one.key)) {
      shown.add(one.key);
      return { ...one.block, key: one.key };
    }
    return { kind: 'link', text: `${one.block.name}: shown once for all results that have it`, to: one.key };
  };
  const pointing = sections.map((s) => ({ ...s, blocks: s.blocks.map(pointed) }));
  if (!apart) return pointing;
  const place: Section = {
    title: 'Machines and technologies',
    source: '',
    aside: true,
    summary:
      'What several results have in common: ' +
      (shared.length === 1 ? 'one thing' : `${shared.length} things`) +
      ', shown once.',
    blocks: shared.map(({ block, key }): Block => ({ kind: 'fold', title: block.name, key, blocks: block.blocks })),
  };
  const first = pointing.findIndex((s) => s.closed);
  return [...pointing.slice(0, first), place, ...pointing.slice(first)];
}
