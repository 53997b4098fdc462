// JSON text looked over before it is parsed: where the syntax breaks, and keys that stand
// twice (JSON.parse keeps the last).

export interface TextFault {
  /** Characters from the beginning. */
  readonly offset: number;
  readonly message: string;
}

/** Deeper nesting than any of our formats has; bounds the recursion. */
const maxDepth = 100;

const blank = /[ \t\r\n]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const atom = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** Every key that stands twice, and the first breach of syntax; empty for clean text. */
export function jsonFaults(text: string): readonly TextFault[] {
  const faults: TextFault[] = [];
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const broken = (expected: string): false => {
    const got = at >= text.length ? 'the end of the file: it is cut short' : JSON.stringify(text.slice(at, at + 12));
    faults.push({ offset: at, message: `expected ${expected}, got ${got}` });
    return false;
  };
  /** `item` between brackets, commas in between. */
  const list = (close: string, what: string, item: () => boolean): boolean => {
    at++;
    take(blank);
    if (text[at] === close) return at++ >= 0;
    for (;;) {
      if (!item()) return false;
      take(blank);
      if (text[at] === close) return at++ >= 0;
      if (text[at] !== ',') return broken(`a comma or ${close} in ${what}`);
      at++;
      take(blank);
    }
  };
  const value = (depth: number): boolean => {
    take(blank);
    if (depth > maxDepth) return broken(`at most ${maxDepth} levels of brackets`);
    if (text[at] === '[') return list(']', 'a list', () => value(depth + 1));
    if (text[at] !== '{') return take(string) !== undefined || take(atom) !== undefined || broken('a value');
    const keys = new Set<string>();
    return list('}', 'an object', () => {
      const offset = at;
      const key = take(string);
      if (key === undefined) return broken('a key in double quotes');
      if (keys.has(key)) faults.push({ offset, message: `the key ${key} is given twice; keep one of them` });
      keys.add(key);
      take(blank);
      if (text[at] !== ':') return broken('a colon');
      at++;
      return value(depth + 1);
    });
  };

  if (value(0)) {
    take(blank);
    if (at < text.length) broken('nothing more');
  }
  return faults;
}
