// Functions of Liberty pins: `!(A*B)`, `(A B)'`, `A^B | C&D`, as expressions and as truth tables.

export type Expression =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or' | 'xor'; readonly left: Expression; readonly right: Expression };

/**
 * From loosest to tightest; AND may also be nothing but a space. Inversion is tighter than all, XOR tighter than AND.
 */
const operators = [
  { kind: 'or', marks: '+|' },
  { kind: 'and', marks: '*&' },
  { kind: 'xor', marks: '^' },
] as const;

/** Undefined where the text is no function. */
export function parseFunction(text: string): Expression | undefined {
  const tokens = text.match(/"[^"]*"|[\w.[\]:]+|[!'()*&+|^]|\S/g) ?? [];
  let at = 0;
  const expression = level(0);
  return at === tokens.length ? expression : undefined;

  function level(depth: number): Expression | undefined {
    const operator = operators[depth];
    if (!operator) return operand();
    let left = level(depth + 1);
    for (;;) {
      const token = tokens[at];
      if (!left || token === undefined) return left;
      if (operator.marks.includes(token)) at++;
      else if (operator.kind !== 'and' || !/^["\w.[(!]/.test(token)) return left;
      const right = level(depth + 1);
      left = right && { kind: operator.kind, left, right };
    }
  }

  function operand(): Expression | undefined {
    const token = tokens[at++];
    let found: Expression | undefined;
    if (token === '!') {
      const of = operand();
      return of && { kind: 'not', of };
    }
    if (token === '(') {
      found = level(0);
      if (tokens[at++] !== ')') return undefined;
    } else if (token === '0' || token === '1') found = { kind: 'constant', value: token === '1' };
    else if (token !== undefined && /^["\w.[]/.test(token)) found = { kind: 'name', name: token.replaceAll('"', '') };
    while (found && tokens[at] === "'") {
      at++;
      found = { kind: 'not', of: found };
    }
    return found;
  }
}

export function namesOf(e: Expression): readonly string[] {
  if (e.kind === 'constant') return [];
  if (e.kind === 'name') return [e.name];
  return e.kind === 'not' ? namesOf(e.of) : [...new Set([...namesOf(e.left), ...namesOf(e.right)])];
}

export function valueOf(e: Expression, of: (name: string) => boolean): boolean {
  switch (e.kind) {
    case 'name':
      return of(e.name);
    case 'constant':
      return e.value;
    case 'not':
      return !valueOf(e.of, of);
    case 'and':
      return valueOf(e.left, of) && valueOf(e.right, of);
    case 'or':
      return valueOf(e.left, of) || valueOf(e.right, of);
    case 'xor':
      return valueOf(e.left, of) !== valueOf(e.right, of);
  }
}

/** A digit per combination of the inputs, the first input changing fastest: NAND is 1110. */
export const truthTable = (e: Expression, inputs: readonly string[]): string =>
  Array.from({ length: 2 ** inputs.length }, (_, row) =>
    valueOf(e, (name) => ((row >> inputs.indexOf(name)) & 1) === 1) ? '1' : '0',
  ).join('');

/** With every parenthesis, so that no reader's precedence matters. */
export function printFunction(e: Expression): string {
  switch (e.kind) {
    case 'name':
      return e.name;
    case 'constant':
      return e.value ? '1' : '0';
    case 'not':
      return `(!${printFunction(e.of)})`;
    default:
      return `(${printFunction(e.left)}${{ and: '*', or: '+', xor: '^' }[e.kind]}${printFunction(e.right)})`;
  }
}
