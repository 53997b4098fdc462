// What the names of a layer's program mean: of columns and rows, for people who read the program outside of magnet.

/** Names of a kind: how they are recognised, how they are written down, and what they stand for. */
interface Kind {
  readonly like: RegExp;
  readonly form: string;
  readonly meaning: string;
}

const kind = (like: RegExp, form: string, meaning: string): Kind => ({ like, form, meaning });

/**
 * The first that fits counts. D is a dimension, T a tensor, L a level, S a place for loops: L.t (in time)
 * or the name of a fan-out axis.
 */
const columnKinds: readonly Kind[] = [
  kind(/^[NGKCPQRS]\.to\.\d+$/, 'D.to.n', '1 where D is padded up to n; one of them is 1'),
  kind(/^[NGKCPQRS]\..*\.used$/, 'D.S.used', '1 where D is spread over the axis S'),
  kind(/^[NGKCPQRS]\..*\.is\.\d+$/, 'D.S.is.n', '1 where D is spread over n positions of the axis S; all 0: D is not'),
  kind(/^[NGKCPQRS]\..*\.\d+$/, 'D.S.p', 'how many factors p of D are at S: D.S.2 = 3 and D.S.7 = 1 make a loop of 56'),
  kind(/^inner\..*\.empty$/, 'inner.S.empty', '1 where S has no loop at all'),
  kind(
    /^inner\./,
    'inner.S.T',
    '1 where the loops irrelevant to T stand innermost at S: its tile is reused through them',
  ),
  kind(/^run\./, 'run.T.L.S', '1 where the tile of T at L is reused through all loops at S irrelevant to T'),
  kind(
    /^left\./,
    'left.T.L.S',
    'ln of the loops at S through which the tile of T at L is brought in again although they are irrelevant to T',
  ),
  kind(/^again\..*\.is\.\d+$/, 'again.L.is.v', '1 where each output reaches L v times, of which v - 1 are revisits'),
  kind(/^cycles\.is\.\d+$/, 'cycles.is.n', '1 where the layer takes n cycles'),
  kind(/^cycles$/, 'cycles', 'ln of the cycles of the layer'),
  kind(
    /^rows\./,
    'rows.P.L.p.r',
    'weights of a table: rows of the input under p outputs and r kernel rows, of the tile at L (Q: columns)',
  ),
  kind(/^walk\./, 'walk.P.L.p.r', 'the same where the tile slides over the input'),
  kind(/^first\./, 'first.S.D', '1 where D is the innermost loop at S that moves the input'),
  kind(/^slide\./, 'slide.L.S.D', '1 where the tile of inputs at L slides along the loop of D at S'),
  kind(/^slid\./, 'slid.L.S.D', 'ln of that loop where it does'),
  kind(
    /^bridge\./,
    'bridge.L.S.D.p.r.g.n',
    '1 in the case of p outputs and r kernel rows, spread over g, that slide through n',
  ),
  kind(
    /^offsets\./,
    'offsets.P.L.*',
    '1 in a case of outputs and kernel rows that share a fan-out and read the same rows',
  ),
  kind(/^banks\./, 'banks.L.n.of.l', '1 where the first tensor of L has n banks of l lines, the second the rest'),
  kind(/^longer\.(under\.)?[\d.]+\.along$/, 'longer.x.along', 'where in that span the ratio lies, from 0 to 1'),
  kind(
    /^longer\./,
    'longer.x',
    '1 where loads of weights are x times (under: 1/x of) loads of inputs, up to the next x',
  ),
  kind(/^reused\..*\.along$/, 'reused.T.x.along', 'where in that span the ratio lies, from 0 to 1'),
  kind(/^reused\./, 'reused.T.x', '1 where there are x times as many steps as loads of T, up to the next x'),
  kind(/^t\d+$/, 'tN', 'a product of the cost model, as a share of a sum; above tangents of e^wN'),
  kind(/^w\d+$/, 'wN', 'ln of what tN stands for: the row wN is its definition'),
  kind(/^other\d/, 'other*', '1 where a column differs from its value in a choice that was cut off'),
];

const rowKinds: readonly Kind[] = [
  kind(/^[NGKCPQRS]\.primes\.\d+$/, 'D.primes.p', 'the factors p of D over all places are those of its padded bound'),
  kind(/^tangent\d+$/, 'tangent*', 'tN lies above a tangent of e^wN'),
  kind(/^w\d+$/, 'wN', 'definition of wN'),
  kind(/^(fits|one)\./, 'fits.S, one.S', 'an axis has so many positions, or takes one dimension'),
  kind(/^empty\./, 'empty.S', 'no loop at S where inner.S.empty is 1'),
  kind(/^held\./, 'held.T.L.S', 'sums do not leave L before they are finished'),
  kind(/^holds\./, 'holds.L, holds.L.T', 'tiles fit in their memories'),
  kind(/^(biases|counter\.|pool)/, 'biases, counter.*, pool.*', 'what the controllers of the machine require'),
  kind(/^cycles\./, 'cycles.*', 'cycles are at least what a port, an engine or a chain of steps takes'),
  kind(/^limit\./, 'limit.*', 'a limit that was asked for'),
  kind(/^not\d+$/, 'not*', 'cuts off one choice that was judged by the cost model'),
];

/** A line for each kind of name that is there. */
export const columnLegend = (names: readonly string[]): readonly string[] => legend(columnKinds, names);
export const rowLegend = (names: readonly string[]): readonly string[] => legend(rowKinds, names);

function legend(kinds: readonly Kind[], names: readonly string[]): readonly string[] {
  const there = new Set<Kind>();
  for (const name of names) {
    const found = kinds.find((k) => k.like.test(name));
    if (found) there.add(found);
  }
  const own = kinds.filter((k) => there.has(k));
  const width = Math.max(0, ...own.map((k) => k.form.length));
  return own.map((k) => `${k.form.padEnd(width)}  ${k.meaning}`);
}
