// Random synchronous circuits, as Verilog and as a second, independent evaluation with big integers.

import type { Random } from '../../src/base/random.js';

export interface Net {
  readonly name: string;
  readonly width: number;
  readonly signed: boolean;
}

export type Values = Map<string, bigint>;

export interface Circuit {
  readonly verilog: string;
  readonly inputs: readonly Net[];
  readonly outputs: readonly { readonly port: string; readonly net: Net }[];
  /** Outputs from the inputs and the state as they are. */
  evaluate(inputs: Values): Values;
  /** One clock. */
  tick(inputs: Values): void;
}

const mask = (w: number) => (1n << BigInt(w)) - 1n;
const wrap = (v: bigint, w: number) => BigInt.asUintN(w, v);
/** The value of `w` bits as Verilog extends it. */
const number = (v: bigint, w: number, signed: boolean) => (signed ? BigInt.asIntN(w, v) : v);
const bit = (yes: boolean) => (yes ? 1n : 0n);

const sub = `
module sub #(parameter W = 4, parameter N = 2) (input wire clk, input wire [W-1:0] a, input wire signed [W-1:0] b, output wire [W-1:0] y, output wire [W-1:0] thru, output wire one);
  wire [W-1:0] chain [0:N];
  assign chain[0] = a;
  genvar i;
  generate
    for (i = 0; i < N; i = i + 1) begin : g_step
      assign chain[i+1] = (chain[i] ^ b) + i;
    end
  endgenerate
  reg [W-1:0] held;
  initial held = 0;
  always @(posedge clk) held <= chain[N];
  assign y = held;
  assign thru = b;
  assign one = 1'b1;
endmodule
`;

export function randomCircuit(random: Random, count: number): Circuit {
  const items: string[] = [];
  const steps: ((v: Values) => void)[] = [];
  const edges: ((v: Values, next: Map<string, () => void>) => void)[] = [];
  const state: Values = new Map();
  const memories = new Map<string, bigint[]>();
  const pool: Net[] = [];
  const between = (low: number, high: number) => low + random.below(high - low + 1);
  const pickWidth = () =>
    random.pick([
      1,
      1,
      between(2, 7),
      8,
      between(9, 15),
      16,
      between(17, 31),
      24,
      32,
      between(33, 63),
      64,
      between(65, 70),
      between(71, 200),
    ]);
  const maybeSigned = () => random.next() < 0.45;
  let serial = 0;
  const declare = (width: number, signed: boolean, prefix = 'n'): Net => ({
    name: `${prefix}${serial++}`,
    width,
    signed,
  });
  const range = (n: Net) => `${n.signed ? 'signed ' : ''}${n.width === 1 ? '' : `[${n.width - 1}:0] `}`;

  const inputs = Array.from({ length: 8 }, () => declare(pickWidth(), maybeSigned(), 'i'));
  inputs.push(declare(3, false, 'i'), declare(1, false, 'i'), declare(1, false, 'i'));
  pool.push(...inputs);
  const registers = Array.from({ length: Math.ceil(count / 6) }, () => declare(pickWidth(), maybeSigned(), 'r'));
  for (const r of registers) {
    items.push(`reg ${range(r)}${r.name}; initial ${r.name} = 0;`);
    state.set(r.name, 0n);
  }
  pool.push(...registers);

  const add = (net: Net, text: string, value: (v: Values) => bigint) => {
    items.push(`wire ${range(net)}${net.name} = ${text};`);
    steps.push((v) => v.set(net.name, wrap(value(v), net.width)));
    pool.push(net);
  };
  /** Recent nets are likelier, so that circuits get deep. */
  const any = (fits: (n: Net) => boolean = () => true): Net => {
    const candidates = (random.next() < 0.5 ? pool.slice(-12) : pool).filter(fits);
    return random.pick(candidates.length > 0 ? candidates : pool.filter(fits));
  };
  const narrow = (n: Net) => n.width <= 64;
  const get = (v: Values, n: Net) => v.get(n.name)!;
  const one = () => any((n) => n.width === 1);
  /** Exactly `width` bits made of a net, unsigned: part of it, or it with zeros. */
  const fitted = (n: Net, width: number) => {
    if (n.width < width) return `{${width - n.width}'d0, ${n.name}}`;
    return n.width === 1 ? `(|${n.name})` : `${n.name}[${width - 1}:0]`;
  };

  const operations: (() => void)[] = [
    function binary() {
      const op = random.pick(['+', '-', '*', '&', '|', '^', '~^', '+', '-', '*']);
      const [a, b] = [any(), any()];
      const n = declare(pickWidth(), maybeSigned());
      const w = Math.max(n.width, a.width, b.width);
      const signed = a.signed && b.signed;
      add(n, `${a.name} ${op} ${b.name}`, (v) => {
        const [x, y] = [number(get(v, a), a.width, signed), number(get(v, b), b.width, signed)];
        const r = { '+': x + y, '-': x - y, '*': x * y, '&': x & y, '|': x | y, '^': x ^ y, '~^': ~(x ^ y) }[op]!;
        return wrap(r, w);
      });
    },
    function constantOperand() {
      const a = any(narrow);
      const c = random.below(2 ** Math.min(a.width, 30));
      const op = random.pick(['+', '*', '&', '==', '<']);
      const n = declare('=='.includes(op) || op === '<' ? 1 : Math.min(64, pickWidth()), maybeSigned());
      add(n, `${a.name} ${op} ${a.width}'d${c}`, (v) => {
        const [x, y] = [get(v, a), BigInt(c)];
        return { '+': x + y, '*': x * y, '&': x & y, '==': bit(x === y), '<': bit(x < y) }[op]!;
      });
    },
    function divide() {
      const a = any((x) => x.width <= 60);
      const b = any((x) => x.width <= 58);
      const op = random.pick(['/', '%']);
      const n = declare(Math.min(60, pickWidth()), maybeSigned());
      add(n, `${a.name} ${op} ${a.signed ? `$signed({${b.name}, 1'b1})` : `{${b.name}, 1'b1}`}`, (v) => {
        const [x, y] = [number(get(v, a), a.width, a.signed), number(get(v, b) * 2n + 1n, b.width + 1, a.signed)];
        return op === '/' ? x / y : x % y;
      });
    },
    function compare() {
      const op = random.pick(['<', '<=', '>', '>=', '==', '!=', '===', '!==']);
      const wide = op.includes('==') || op === '!=';
      const [a, b] = [any(wide ? undefined : narrow), any(wide ? undefined : narrow)];
      const signed = a.signed && b.signed;
      add(declare(random.pick([1, 1, 5, 40]), false), `${a.name} ${op} ${b.name}`, (v) => {
        const [x, y] = [number(get(v, a), a.width, signed), number(get(v, b), b.width, signed)];
        return bit(
          {
            '<': x < y,
            '<=': x <= y,
            '>': x > y,
            '>=': x >= y,
            '==': x === y,
            '!=': x !== y,
            '===': x === y,
            '!==': x !== y,
          }[op]!,
        );
      });
    },
    function unary() {
      const op = random.pick(['~', '-', '+']);
      const a = any();
      const n = declare(pickWidth(), maybeSigned());
      add(n, `${op}${a.name}`, (v) => {
        const x = number(get(v, a), a.width, a.signed);
        return { '~': ~x, '-': -x, '+': x }[op]!;
      });
    },
    function reduce() {
      const op = random.pick(['&', '|', '^', '~&', '~|', '~^', '!']);
      const a = any();
      add(declare(random.pick([1, 3, 35]), false), `{1'b0, ${op}${a.name}}`, (v) => {
        const x = get(v, a);
        const parity = BigInt(x.toString(2).replaceAll('0', '').length % 2);
        return {
          '&': bit(x === mask(a.width)),
          '|': bit(x !== 0n),
          '^': parity,
          '~&': bit(x !== mask(a.width)),
          '~|': bit(x === 0n),
          '~^': 1n - parity,
          '!': bit(x === 0n),
        }[op]!;
      });
    },
    function logic() {
      const op = random.pick(['&&', '||']);
      const [a, b] = [any(), any()];
      add(declare(1, false), `${a.name} ${op} ${b.name}`, (v) => {
        const [x, y] = [get(v, a) !== 0n, get(v, b) !== 0n];
        return bit(op === '&&' ? x && y : x || y);
      });
    },
    function shift() {
      const op = random.pick(['<<', '>>', '<<<', '>>>']);
      const a = any();
      const b = any((n) => n.width <= random.pick([3, 6, 8, 40]));
      const n = declare(pickWidth(), maybeSigned());
      const w = Math.max(n.width, a.width);
      add(n, `${a.name} ${op} ${b.name}`, (v) => {
        const x = number(get(v, a), a.width, a.signed);
        const by = get(v, b) > 400n ? 400n : get(v, b);
        if (op === '<<' || op === '<<<') return x << by;
        return op === '>>>'
          ? wrap(x, w + 1) === wrap(x, w) || !a.signed
            ? x >> by
            : BigInt.asIntN(w, x) >> by
          : wrap(x, w) >> by;
      });
    },
    function choose() {
      const [c, a, b] = [any(), any(), any()];
      const signed = a.signed && b.signed;
      add(declare(pickWidth(), maybeSigned()), `${c.name} ? ${a.name} : ${b.name}`, (v) =>
        get(v, c) !== 0n ? number(get(v, a), a.width, signed) : number(get(v, b), b.width, signed),
      );
    },
    function concatenate() {
      const parts = Array.from({ length: between(2, 4) }, () => any((n) => n.width <= 80));
      const copies = between(1, 3);
      const first = parts[0]!;
      const width = parts.reduce((w, p) => w + p.width, 0) + (copies - 1) * first.width;
      add(
        declare(random.next() < 0.7 ? width : pickWidth(), maybeSigned()),
        `{{${copies}{${first.name}}}, ${parts
          .slice(1)
          .map((p) => p.name)
          .join(', ')}}`,
        (v) =>
          [...Array.from({ length: copies }, () => first), ...parts.slice(1)].reduce(
            (r, p) => (r << BigInt(p.width)) | get(v, p),
            0n,
          ),
      );
    },
    function signExtend() {
      const a = any((n) => n.width <= 60 && n.width > 1);
      const extra = between(1, 30);
      add(declare(a.width + extra, maybeSigned()), `{{${extra}{${a.name}[${a.width - 1}]}}, ${a.name}}`, (v) =>
        BigInt.asIntN(a.width, get(v, a)),
      );
    },
    function slice() {
      const a = any((n) => n.width > 1);
      const low = random.below(a.width);
      const high = between(low, a.width - 1);
      add(
        declare(random.next() < 0.6 ? high - low + 1 : pickWidth(), maybeSigned()),
        `${a.name}[${high}:${low}]`,
        (v) => wrap(get(v, a) >> BigInt(low), high - low + 1),
      );
    },
    function dynamicSlice() {
      const a = any((n) => n.width >= 12);
      const bits = Math.floor(Math.log2(a.width)) - (random.next() < 0.5 ? 1 : 0);
      const step = random.pick([1, 1, 4, 8]);
      const indexBits = Math.max(1, bits - Math.log2(step));
      const width = Math.max(1, Math.min(a.width - step * (2 ** indexBits - 1), pickWidth()));
      const index = any((n) => n.width >= indexBits);
      if (step * (2 ** indexBits - 1) + width > a.width) return;
      const scaled = step === 1 ? fitted(index, indexBits) : `(${fitted(index, indexBits)} * 8'd${step})`;
      add(declare(width, maybeSigned()), `${a.name}[${scaled} +: ${width}]`, (v) =>
        wrap(get(v, a) >> (wrap(get(v, index), indexBits) * BigInt(step)), width),
      );
    },
    function select() {
      const [s, other] = [any((n) => n.width >= 3), any()];
      const choices = Array.from({ length: between(2, 7) }, () => any());
      const n = declare(pickWidth(), maybeSigned());
      const low = s.width === 3 ? s.name : `${s.name}[2:0]`;
      items.push(
        `reg ${range(n)}${n.name};`,
        `always @* case (${low}) ` +
          choices.map((c, k) => `3'd${k}: ${n.name} = ${c.name};`).join(' ') +
          ` default: ${n.name} = ${other.name}; endcase`,
      );
      steps.push((v) => {
        const chosen = choices[Number(get(v, s) & 7n)] ?? other;
        v.set(n.name, wrap(number(get(v, chosen), chosen.width, chosen.signed), n.width));
      });
      pool.push(n);
    },
    function instance() {
      const [a, b] = [any((n) => n.width <= 64), any((n) => n.width <= 64)];
      const [w, times] = [Math.min(a.width, b.width), between(1, 3)];
      const [y, thru, constant] = [declare(w, false), declare(w, maybeSigned()), declare(1, false)];
      items.push(...[y, thru, constant].map((n) => `wire ${range(n)}${n.name};`));
      items.push(
        `sub #(.W(${w}), .N(${times})) u_${y.name} (.clk(clk), .a(${fitted(a, w)}), ` +
          `.b(${fitted(b, w)}), .y(${y.name}), .thru(${thru.name}), .one(${constant.name}));`,
      );
      state.set(y.name, 0n);
      steps.push((v) => v.set(thru.name, wrap(get(v, b), w)).set(constant.name, 1n));
      edges.push((v, next) => {
        let x = wrap(get(v, a), w);
        for (let i = 0; i < times; i++) x = wrap((x ^ wrap(get(v, b), w)) + BigInt(i), w);
        next.set(y.name, () => state.set(y.name, x));
      });
      pool.push(y, thru, constant);
    },
    function memory() {
      const data = any();
      const addressBits = between(1, 4);
      const depth = 2 ** addressBits;
      const w = data.width;
      const [address, readAddress, enable] = [
        any((n) => n.width >= addressBits),
        any((n) => n.width >= addressBits),
        one(),
      ];
      const name = `m${serial++}`;
      const [ra, wa] = [fitted(readAddress, addressBits), fitted(address, addressBits)];
      const words = Array.from({ length: depth }, (_, i) => BigInt(i) & mask(w));
      memories.set(name, words);
      items.push(
        `reg [${w - 1}:0] ${name} [0:${depth - 1}]; integer k_${name};`,
        `initial for (k_${name} = 0; k_${name} < ${depth}; k_${name} = k_${name} + 1) ${name}[k_${name}] = k_${name};`,
      );
      const at = (v: Values, n: Net) => Number(wrap(get(v, n), addressBits));
      const kind = random.pick(['1rw', '1r1w', 'async', 'bytes']);
      const q = declare(w, maybeSigned());
      const whole = (v: Values) => (get(v, enable) === 1n ? mask(w) : 0n);
      let writes = whole;
      if (kind === 'async') {
        items.push(`always @(posedge clk) if (${enable.name}) ${name}[${wa}] <= ${data.name};`);
        add(q, `${name}[${ra}]`, (v) => words[at(v, readAddress)]!);
      } else {
        items.push(`reg ${range(q)}${q.name}; initial ${q.name} = 0;`);
        state.set(q.name, 0n);
        pool.push(q);
        const half = Math.max(1, w >> 1);
        const [low, high] = [any((n) => n.width === 1), any((n) => n.width === 1)];
        if (kind === '1rw')
          items.push(
            `always @(posedge clk) if (${enable.name}) ${name}[${wa}] <= ${data.name}; else ${q.name} <= ${name}[${wa}];`,
          );
        else if (kind === '1r1w' || w === 1)
          items.push(
            `always @(posedge clk) begin if (${enable.name}) ${name}[${wa}] <= ${data.name}; ${q.name} <= ${name}[${ra}]; end`,
          );
        else {
          items.push(
            `always @(posedge clk) begin if (${low.name}) ${name}[${wa}][${half - 1}:0] ` +
              `<= ${data.name}[${half - 1}:0]; if (${high.name}) ${name}[${wa}][${w - 1}:${half}] ` +
              `<= ${data.name}[${w - 1}:${half}]; ${q.name} <= ${name}[${ra}]; end`,
          );
          writes = (v) => (get(v, low) === 1n ? mask(half) : 0n) | (get(v, high) === 1n ? mask(w) & ~mask(half) : 0n);
        }
        edges.push((v, next) => {
          const read = words[at(v, kind === '1rw' ? address : readAddress)]!;
          if (kind !== '1rw' || get(v, enable) === 0n) next.set(q.name, () => state.set(q.name, read));
        });
      }
      edges.push((v, next) => {
        const m = writes(v);
        const [i, d] = [at(v, address), get(v, data)];
        next.set(name, () => (words[i] = (words[i]! & ~m) | (d & m)));
      });
    },
  ];
  while (serial < count + inputs.length + registers.length) random.pick(operations)();

  for (const r of registers) {
    const [d, en, rst] = [any(), one(), one()];
    const to = BigInt(random.below(256)) & mask(r.width);
    const value = (v: Values) => wrap(number(get(v, d), d.width, d.signed), r.width);
    const kind = random.pick(['plain', 'enable', 'reset', 'resetFirst', 'enableFirst', 'part'] as const);
    const part = Math.max(1, r.width >> 2);
    const indexBits = Math.max(1, Math.floor(Math.log2(Math.max(2, r.width / part))));
    const index = any((n) => n.width >= indexBits);
    const reset = `${r.name} <= ${r.width}'d${to};`;
    const text = {
      plain: `${r.name} <= ${d.name};`,
      enable: `if (!${en.name}) ${r.name} <= ${d.name};`,
      reset: `if (${rst.name}) ${reset} else ${r.name} <= ${d.name};`,
      resetFirst: `if (!${rst.name}) ${reset} else if (${en.name}) ${r.name} <= ${d.name};`,
      enableFirst: `if (${en.name}) begin if (${rst.name}) ${reset} else ${r.name} <= ${d.name}; end`,
      part:
        r.width < 4
          ? `${r.name} <= ${d.name};`
          : `if (${en.name}) ${r.name}[${fitted(index, indexBits)} * ${part} +: ${part}] <= ${d.name};`,
    }[kind];
    items.push(`always @(posedge clk) ${text}`);
    edges.push((v, next) => {
      const [e, s] = [get(v, en) === 1n, get(v, rst) === 1n];
      const old = get(v, r);
      const at = wrap(get(v, index), indexBits) * BigInt(part);
      const spliced = wrap(
        (old & ~(mask(part) << at)) | (wrap(number(get(v, d), d.width, d.signed), part) << at),
        r.width,
      );
      const after = {
        plain: () => value(v),
        enable: () => (e ? old : value(v)),
        reset: () => (s ? to : value(v)),
        resetFirst: () => (!s ? to : e ? value(v) : old),
        enableFirst: () => (e ? (s ? to : value(v)) : old),
        part: () => (r.width < 4 ? value(v) : e ? spliced : old),
      }[kind]();
      next.set(r.name, () => state.set(r.name, after));
    });
  }

  const outputs = pool.filter((n) => !inputs.includes(n)).map((net) => ({ port: `o_${net.name}`, net }));
  const ports = [
    'input wire clk',
    ...inputs.map((n) => `input wire ${range(n)}${n.name}`),
    ...outputs.map(({ port, net }) => `output wire [${net.width - 1}:0] ${port}`),
  ];
  // Wires come before their uses but for registers, which all stand first.
  const verilog =
    `\`default_nettype none\n${sub}\n` +
    `module top (\n  ${ports.join(',\n  ')}\n` +
    `);\n${items.map((i) => `  ${i}\n`).join('')}` +
    outputs.map(({ port, net }) => `  assign ${port} = ${net.name};\n`).join('') +
    'endmodule\n';
  const evaluate = (given: Values): Values => {
    const v: Values = new Map([...given, ...state]);
    for (const step of steps) step(v);
    return v;
  };
  return {
    verilog,
    inputs,
    outputs,
    evaluate,
    tick: (given) => {
      const v = evaluate(given);
      const next = new Map<string, () => void>();
      for (const edge of edges) edge(v, next);
      for (const change of next.values()) change();
    },
  };
}

/** Inputs at random, often at the ends of their ranges. */
export function randomInputs(circuit: Circuit, random: Random): Values {
  const values: Values = new Map();
  for (const { name, width } of circuit.inputs) {
    let v = 0n;
    for (let i = 0; i < width; i += 30) v = (v << 30n) | BigInt(random.below(2 ** 30));
    const extreme = random.pick([0n, mask(width), 1n << BigInt(width - 1), mask(width - 1), 1n]);
    values.set(name, random.next() < 0.25 ? wrap(extreme, width) : wrap(v, width));
  }
  return values;
}
