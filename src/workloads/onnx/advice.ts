// How a user gives what a file leaves open, as it is typed on the command line, in job files and in programs.

const isPlain = (name: string) => /^[\w.-]+$/.test(name);
const quoted = (text: string) => (isPlain(text) ? text : JSON.stringify(text));

export const dimAdvice = (names: readonly string[]): string => {
  const typed = names.map((name) => (isPlain(name) ? `--dim ${name}=SIZE` : `--dim '${name}=SIZE'`)).join(' ');
  const fields = `{ ${names.map((name) => `${quoted(name)}: SIZE`).join(', ')} }`;
  return `\`${typed}\`; in a job file dim: ${fields}; in the library dims: ${fields}`;
};

export const sameShapeAdvice = (operator: string): string =>
  `\`--same-shape ${operator}\`; in a job file and the library sameShape: ["${operator}"]`;

/** What an open size without a name is called: `x[2]`. */
export const axisName = (value: string, axis: number): string => `${value}[${axis}]`;
/** The way back; undefined for what is no such name. */
export function axisNamed(name: string): { readonly value: string; readonly axis: number } | undefined {
  const [, value, axis] = /^(.+)\[(\d{1,2})\]$/s.exec(name) ?? [];
  return value === undefined ? undefined : { value, axis: Number(axis) };
}
