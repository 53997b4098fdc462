// A reader of free MPS files that shares nothing with the writer: rows and columns by name, numbers as they stand.

export interface ReadProgram {
  readonly objective: string;
  readonly rows: ReadonlyMap<string, { readonly type: string; readonly right: number }>;
  readonly columns: ReadonlyMap<
    string,
    {
      readonly lower: number;
      readonly upper: number;
      readonly integer: boolean;
      readonly entries: ReadonlyMap<string, number>;
    }
  >;
}

export function readMps(text: string): ReadProgram {
  let [section, objective, integer] = ['', '', false];
  const rows = new Map<string, { type: string; right: number }>();
  const columns = new Map<string, { lower: number; upper: number; integer: boolean; entries: Map<string, number> }>();
  for (const line of text.split('\n')) {
    if (line.startsWith('*') || line === '') continue;
    const fields = line.trim().split(/\s+/);
    const [a, b, c, d] = fields as [string, string, string, string];
    if (!line.startsWith(' ')) section = a;
    else if (section === 'ROWS') a === 'N' ? (objective = b) : rows.set(b, { type: a, right: 0 });
    else if (section === 'COLUMNS' && b === "'MARKER'") integer = c === "'INTORG'";
    else if (section === 'COLUMNS') {
      const column = columns.get(a) ?? { lower: 0, upper: Infinity, integer, entries: new Map() };
      columns.set(a, column);
      if (b !== objective && !rows.has(b)) throw new Error(`${line}: there is no row ${b}`);
      if (column.entries.has(b)) throw new Error(`${line}: said twice`);
      column.entries.set(b, Number(c));
    } else if (section === 'RHS') rows.get(b)!.right = Number(c);
    else if (section === 'BOUNDS') {
      const column = columns.get(c)!;
      if (['LO', 'FX'].includes(a)) column.lower = Number(d);
      if (['UP', 'FX'].includes(a)) column.upper = Number(d);
      if (['MI', 'FR'].includes(a)) column.lower = -Infinity;
      if (['PL', 'FR'].includes(a)) column.upper = Infinity;
    } else throw new Error(`${section}: ${line}`);
  }
  if (section !== 'ENDATA') throw new Error('the end is missing');
  return { objective, rows, columns };
}
