// Command lines as text.

/** Words as a shell takes them: quoted where it would read more into them. */
export const shellLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
