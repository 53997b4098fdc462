// Windows of a pool along one axis, in stretches that have the same positions inside the image and the same divisor.

/** `count` windows next to each other. */
export interface Stretch {
  /** The first window. */
  readonly from: number;
  readonly count: number;
  /** Positions of the kernel: the first that the stretch's windows have, and how many. */
  readonly first: number;
  readonly kernel: number;
  /** What they count in the divisor of an average. */
  readonly counted: number;
  /** Position of the image under the first window's first. */
  readonly at: number;
}

export interface PoolAxis {
  readonly outputs: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** Without positions outside of the image. */
export const clipped = (axis: PoolAxis, countPadding: boolean): readonly Stretch[] =>
  stretches(axis, countPadding, true);

/** With all positions of the kernel, those outside of the image too, which must have words that do no harm. */
export const unclipped = (axis: PoolAxis, countPadding: boolean): readonly Stretch[] =>
  stretches(axis, countPadding, false);

function stretches(axis: PoolAxis, countPadding: boolean, clip: boolean): readonly Stretch[] {
  const { outputs, size, kernel, stride, dilation, before, after } = axis;
  const found: Stretch[] = [];
  for (let at = 0; at < outputs; at++) {
    const begin = at * stride - before;
    const positions = Array.from({ length: kernel }, (_, k) => begin + k * dilation);
    const inside = positions.filter((p) => p >= 0 && p < size);
    // Positions that a last window has behind the padding are in no average.
    const counted = countPadding ? positions.filter((p) => p < size + after).length : inside.length;
    const first = clip
      ? Math.max(
          0,
          positions.findIndex((p) => p >= 0 && p < size),
        )
      : 0;
    const own: Stretch = {
      from: at,
      count: 1,
      first,
      kernel: clip ? inside.length : kernel,
      counted,
      at: clip && inside.length === 0 ? 0 : begin + first * dilation,
    };
    const last = found.at(-1);
    if (last && last.first === own.first && last.kernel === own.kernel && own.kernel > 0 && last.counted === counted)
      found[found.length - 1] = { ...last, count: last.count + 1 };
    else found.push(own);
  }
  return found;
}

/** The last position that a stretch's windows look at. */
export const lastPosition = ({ at, count, kernel }: Stretch, { stride, dilation }: PoolAxis): number =>
  at + (count - 1) * stride + Math.max(0, kernel - 1) * dilation;

export const flatAxis: PoolAxis = { outputs: 1, size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 };
