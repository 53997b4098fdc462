// A terminal as far as magnet needs one: lines, a place where the next character goes, and what clears.

/** What stands on it after all that was written to it; one that is never too short. */
export function screenOf(written: string): readonly string[] {
  const lines: string[] = [''];
  let [row, column] = [0, 0];
  for (const [token] of written.matchAll(/\u001b\[(\d*)([A-Z])|[^]/gu)) {
    const [, count, command] = /^\u001b\[(\d*)([A-Z])$/.exec(token) ?? [];
    if (command === 'A') row = Math.max(0, row - Number(count || 1));
    else if (command === 'K') lines[row] = (lines[row] ?? '').slice(0, column);
    else if (command === 'J') {
      lines[row] = (lines[row] ?? '').slice(0, column);
      lines.length = row + 1;
    } else if (command !== undefined) throw new Error(`this terminal does not know ${JSON.stringify(token)}`);
    else if (token === '\r') column = 0;
    else if (token === '\n') {
      row++;
      column = 0;
      lines[row] ??= '';
    } else {
      lines[row] =
        `${(lines[row] ?? '').slice(0, column).padEnd(column)}${token}${(lines[row] ?? '').slice(column + 1)}`;
      column++;
    }
  }
  return lines;
}
