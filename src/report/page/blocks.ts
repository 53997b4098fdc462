// A report as data: sections of blocks, which are printed as a page or as Markdown.

import type { Figure } from '../figures/figure.js';

/** A piece of a section, by what it shows. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** What a reader must not miss. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  /** The numbers that people look for first. */
  | { readonly kind: 'cards'; readonly cards: readonly Card[] }
  | TableBlock
  /** What it shows stands in a table as well; `description` of the figure is for those who do not see it. */
  | { readonly kind: 'figure'; readonly figure: Figure }
  | { readonly kind: 'code'; readonly text: string }
  /**
   * Shown on demand; open on paper. Links may lead to its key. What is long is left out where there are many results.
   */
  | {
      readonly kind: 'fold';
      readonly title: string;
      readonly key?: string;
      readonly long?: boolean;
      readonly blocks: readonly Block[];
    }
  /** What other results may show as well: a report shows it once. `name` says what it is. */
  | { readonly kind: 'once'; readonly name: string; readonly key?: string; readonly blocks: readonly Block[] }
  /** To a section, a fold or what is shown once, by its key. */
  | { readonly kind: 'link'; readonly text: string; readonly to: string };

export interface Card {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers stand flush right. */
  readonly right: readonly boolean[];
  /** Whether the last row is the sum of the others. */
  readonly sum?: boolean;
  /** Per row, the key that its first cell leads to. */
  readonly links?: readonly string[];
  /** Per row what it is sorted by, where a reader may sort: a number, or what the cell says. */
  readonly order?: readonly (readonly (number | null | undefined)[])[];
}

/** One result on a page: a title, a line of what was found, and what is shown of it. */
export interface Section {
  readonly title: string;
  /** What kind of result it is and where it was read. */
  readonly source: string;
  /** What was found and what is proven, in a line. */
  readonly summary: string;
  /** Said beside the title: optimal, infeasible ... */
  readonly status?: { readonly text: string; readonly mood: 'good' | 'open' | 'bad' };
  readonly blocks: readonly Block[];
  /** By which links name it. */
  readonly key?: string;
  /** Of other sections, and no result of its own. */
  readonly aside?: boolean;
  /** One of many: a line that opens, and stays closed on paper. */
  readonly closed?: boolean;
}

/** A page as data: `printHtml` and `printMarkdown` print it. */
export interface Report {
  readonly title: string;
  /** Of magnet. */
  readonly version: string;
  readonly sections: readonly Section[];
}

export const text = (words: string): Block => ({ kind: 'text', text: words });
export const note = (words: string): Block => ({ kind: 'note', text: words });
export const heading = (words: string): Block => ({ kind: 'heading', text: words });
export const lines = (all: readonly string[]): Block & { readonly kind: 'code' } => ({
  kind: 'code',
  text: all.join('\n'),
});
export const fold = (title: string, ...blocks: readonly Block[]): Block => ({ kind: 'fold', title, blocks });
/** A fold that is left out where there are many results. */
export const longFold = (title: string, ...blocks: readonly Block[]): Block => ({
  kind: 'fold',
  title,
  long: true,
  blocks,
});
export const drawing = (figure: Figure): Block => ({ kind: 'figure', figure });
export const cards = (...all: readonly (Card | undefined)[]): Block => ({
  kind: 'cards',
  cards: all.flatMap((c) => c ?? []),
});

/** A table; columns whose name begins with `>` hold numbers. */
export const tableOf = (
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  more: Pick<TableBlock, 'sum' | 'links' | 'order'> = {},
): TableBlock => ({
  kind: 'table',
  caption,
  headings: headings.map((h) => h.replace(/^>/, '')),
  rows,
  right: headings.map((h) => h.startsWith('>')),
  ...more,
});
