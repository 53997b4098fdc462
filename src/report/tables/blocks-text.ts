// Tables and lines of a report as the command line prints them: what pages show with headings is said once.

import { table } from '../../base/text.js';
import type { Block } from '../page/blocks.js';

/** What has the same rows and lines as text and as HTML. */
export type PlainBlock = Extract<Block, { readonly kind: 'table' | 'code' }>;

/** An empty line between any two. */
export const blocksText = (blocks: readonly PlainBlock[]): string =>
  blocks.map((b) => (b.kind === 'code' ? b.text : table(b.headings, b.rows, b.right))).join('\n\n');
