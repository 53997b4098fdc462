// Liberty text as a tree of groups: those that say what cells are, without tables of delay and power.

import { defined } from '../../../base/invariant.js';

/** `cell (INV) { area : 1; pin (A) { ... } }`. */
export interface Group {
  readonly name: string;
  /** `INV`, or the two states of `ff (IQ, IQN)`. */
  readonly args: readonly string[];
  /** Simple attributes, the last of a name. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly groups: readonly Group[];
}

/** Of groups in others, these are looked into; the rest is skipped from brace to brace. */
const wanted = new Set([
  'library',
  'cell',
  'pin',
  'bus',
  'bundle',
  'ff',
  'ff_bank',
  'latch',
  'latch_bank',
  'statetable',
  'test_cell',
  'scaled_cell',
]);

/** The first `library` group, or a sentence about what is wrong, with its line. */
export function parseLiberty(text: string): Group | string {
  if (!/\blibrary\s*\(/.test(text)) return 'not a Liberty file: expected library (NAME) { in it';
  const reader = new Reader(text);
  try {
    return (
      reader.statements(true).groups.find((g) => g.name === 'library') ??
      'not a Liberty file: expected library (NAME) { outside of everything'
    );
  } catch (error) {
    if (error instanceof Malformed) return `line ${text.slice(0, error.at).split('\n').length}: ${error.message}`;
    throw error;
  }
}

class Malformed extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  /** Until the closing brace, or the end of the file at the top. */
  statements(top: boolean): Pick<Group, 'attributes' | 'groups'> {
    const attributes = new Map<string, string>();
    const groups: Group[] = [];
    for (;;) {
      this.blanks();
      const c = this.text[this.at];
      if (c === undefined) {
        if (top) return { attributes, groups };
        throw new Malformed(
          this.text.length,
          'the file ends inside a group; a closing brace is missing, or the file was cut short',
        );
      }
      if (c === ';') this.at++;
      else if (c === '}') {
        if (top) throw new Malformed(this.at, 'a closing brace without an opening one');
        this.at++;
        return { attributes, groups };
      } else this.statement(attributes, groups);
    }
  }

  private statement(attributes: Map<string, string>, groups: Group[]): void {
    const from = this.at;
    const name = this.word();
    if (name === '')
      throw new Malformed(
        from,
        `expected an attribute or a group, got ${JSON.stringify(this.text.slice(from, from + 20))}`,
      );
    this.blanks();
    const next = this.text[this.at];
    if (next === ':') {
      this.at++;
      attributes.set(name, this.value());
    } else if (next === '(') {
      const args = this.args();
      this.blanks();
      if (this.text[this.at] !== '{') return;
      this.at++;
      if (wanted.has(name)) groups.push({ name, args, ...this.statements(false) });
      else this.skip(from);
    } else throw new Malformed(this.at, `expected ":" or "(" after ${name}`);
  }

  /** A word, a text in quotes, or an expression; up to a semicolon, or the end of the line where that is missing. */
  private value(): string {
    this.spaces();
    if (this.text[this.at] === '"') return this.quoted();
    const from = this.at;
    const rest = /[;\n}]/g;
    rest.lastIndex = from;
    this.at = rest.exec(this.text)?.index ?? this.text.length;
    return this.text
      .slice(from, this.at)
      .replace(/\/\*.*?(\*\/|$)|\/\/.*$/g, '')
      .trim();
  }

  private args(): readonly string[] {
    const from = this.at++;
    const args: string[] = [];
    for (;;) {
      this.blanks();
      const c = this.text[this.at];
      if (c === undefined) throw new Malformed(from, 'a parenthesis is never closed');
      if (c === ')') {
        this.at++;
        return args;
      }
      if (c === '"') args.push(this.quoted());
      else if (c === ',') this.at++;
      else {
        const start = this.at;
        const end = /[\s,)"]/g;
        end.lastIndex = start + 1;
        this.at = end.exec(this.text)?.index ?? this.text.length;
        args.push(this.text.slice(start, this.at));
      }
    }
  }

  private quoted(): string {
    const from = ++this.at;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) throw new Malformed(from, 'a text in quotes is never closed');
      if (c === '"')
        return this.text
          .slice(from, this.at++)
          .replace(/\\\r?\n/g, ' ')
          .replace(/\\"/g, '"');
      this.at += c === '\\' ? 2 : 1;
    }
  }

  /** Behind the opening brace of a group that nobody asks for. */
  private skip(from: number): void {
    const marks = /[{}"]|\/\*|\/\//g;
    for (let depth = 1; depth > 0;) {
      marks.lastIndex = this.at;
      const mark = marks.exec(this.text);
      if (!mark) throw new Malformed(from, 'a group is never closed; a brace is missing, or the file was cut short');
      this.at = mark.index;
      if (mark[0] === '"') this.quoted();
      else if (mark[0].startsWith('/')) this.blanks();
      else {
        this.at++;
        depth += mark[0] === '{' ? 1 : -1;
      }
    }
  }

  private word(): string {
    if (this.text[this.at] === '"') return this.quoted();
    const word = /[\w.[\]-]*/y;
    word.lastIndex = this.at;
    const [found] = defined(word.exec(this.text));
    this.at += found.length;
    return found;
  }

  private spaces(): void {
    const run = /(?:[ \t]|\\\r?\n)*/y;
    run.lastIndex = this.at;
    this.at += defined(run.exec(this.text))[0].length;
  }

  /** White space, comments, and lines that go on behind a backslash. */
  private blanks(): void {
    const run = /(?:[\s\\]|\/\*[^]*?\*\/|\/\/[^\n]*)*/y;
    run.lastIndex = this.at;
    this.at += defined(run.exec(this.text))[0].length;
    if (this.text.startsWith('/*', this.at)) throw new Malformed(this.at, 'a comment is never closed');
  }
}
