// Command lines as text.

/** Words as a shell takes them: quoted where it would read more into them. */
export const shellLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

/** The words of an option; none where it is not given. */
export const option = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [name, String(value)];

/** Of one that may be given several times. */
export const eachOption = (name: string, values: readonly string[] | undefined): readonly string[] =>
  (values ?? []).flatMap((value) => [name, value]);

/** Of one that is given as `name=number`. */
export const namedOption = (name: string, numbers: Readonly<Record<string, number>> | undefined): readonly string[] =>
  Object.entries(numbers ?? {}).flatMap(([key, n]) => [name, `${key}=${n}`]);
