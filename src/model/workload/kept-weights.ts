// Weights of a step that stay in the weight buffers from one of its runs to the next, as bands of one layer have them: all of them lie
// there at once, in one order for all runs.

export const weightDims = ['G', 'K', 'C', 'R', 'S'] as const;
export type WeightDim = (typeof weightDims)[number];
export const isWeightDim = (d: string): d is WeightDim => weightDims.some((own) => own === d);

/** Which weight lies in which line of which lane and PE: said by what runs side by side, since nothing of them is left to tiles. */
export interface WeightLayout {
  /** The layer is run in blocks, folded or in pairs, as a mapping has it (`Parts`). */
  readonly block?: number | undefined;
  readonly fold?: { readonly R: number; readonly S: number } | undefined;
  readonly split?: true | undefined;
  /** Bounds of that layer with their padding. */
  readonly mapped: Readonly<Record<WeightDim, number>>;
  /** What the axes of the array carry; K and P by one where they carry nothing. */
  readonly columns: { readonly dim: 'K' | 'G'; readonly factor: number };
  readonly rows: { readonly dim: 'P' | 'C' | 'G'; readonly factor: number };
  readonly lanes: number;
  readonly vector: number;
}

export interface KeptWeights {
  /** Whether they lie there already; the run loads them where they do not, and they stay. */
  readonly held: boolean;
  /** Any where it is not said: that is asked to find one. */
  readonly layout?: WeightLayout | undefined;
}

/** Loops of a PE over a dimension of weights: what side by side does not cover. */
export function timeOf({ mapped, columns, rows, lanes, vector }: WeightLayout, d: WeightDim): number {
  const array = (columns.dim === d ? columns.factor : 1) * (rows.dim === d ? rows.factor : 1);
  return mapped[d] / array / (d === 'K' ? lanes : d === 'C' ? vector : 1);
}

/** Lines of one half of every weight buffer that such weights take. */
export const linesOf = (layout: WeightLayout): number => weightDims.reduce((n, d) => n * timeOf(layout, d), 1);

export const layoutText = ({ block, fold, split, mapped, columns, rows, lanes, vector }: WeightLayout): string =>
  [
    ...(fold ? [`${fold.R}x${fold.S} fold`] : []),
    ...(block === undefined ? [] : [`${block}-blocks`]),
    ...(split ? ['pairs'] : []),
    weightDims.map((d) => `${d}${mapped[d]}`).join(' '),
    `${columns.dim}${columns.factor} on columns, ${rows.dim}${rows.factor} on rows, ${lanes} lanes of ${vector}`,
  ].join(' ');

export const keptWeightsText = ({ held, layout }: KeptWeights): string =>
  `weights ${held ? 'held' : 'loaded to stay'} (${layout ? layoutText(layout) : 'anyhow'})`;
