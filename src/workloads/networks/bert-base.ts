// The encoder of BERT-base (uncased) over 128 tokens, batch 1: matrix products only, heads as groups.

import { defined } from '../../base/invariant.js';
import type { Drawn, Pen } from '../network-sketch.js';
import { draw } from '../network-sketch.js';

const [tokens, width, heads, inner, blocks, vocabulary] = [128, 768, 12, 3072, 12, 30522];

/** `x W + b` on every token. */
const project = (pen: Pen, name: string, x: Drawn, features: number): Drawn =>
  pen.same('Add', [
    pen.matmul(name, x, pen.weight(`${name}.weight`, [defined(x.shape.at(-1)), features])),
    pen.weight(`${name}.bias`, [features]),
  ]);

const normalise = (pen: Pen, name: string, x: Drawn): Drawn =>
  pen.same('LayerNormalization', [x, pen.weight(`${name}.scale`, [width]), pen.weight(`${name}.shift`, [width])]);

/** x (1 + erf(x / sqrt 2)) / 2, as exporters spell it. */
function gelu(pen: Pen, name: string, x: Drawn): Drawn {
  const erf = pen.same('Erf', [pen.same('Div', [x, pen.scalar(`${name}.sqrt2`, Math.SQRT2)])]);
  return pen.same('Mul', [
    pen.same('Mul', [x, pen.same('Add', [erf, pen.scalar(`${name}.one`, 1)])]),
    pen.scalar(`${name}.half`, 0.5),
  ]);
}

function attention(pen: Pen, name: string, x: Drawn): Drawn {
  const split = (part: string, order: readonly number[]) =>
    pen.transpose(pen.reshape(project(pen, `${name}.${part}`, x, width), [1, tokens, heads, width / heads]), order);
  const [query, key, value] = [split('query', [0, 2, 1, 3]), split('key', [0, 2, 3, 1]), split('value', [0, 2, 1, 3])];
  const scores = pen.same('Div', [
    pen.matmul(`${name}.scores`, query, key),
    pen.scalar(`${name}.scale`, Math.sqrt(width / heads)),
  ]);
  const context = pen.matmul(`${name}.context`, pen.same('Softmax', [scores]), value);
  return project(pen, `${name}.output`, pen.reshape(pen.transpose(context, [0, 2, 1, 3]), [1, tokens, width]), width);
}

/** Devlin et al., arXiv:1810.04805: 12 layers, 768 wide, 12 heads, 3072 inside; without pooler and task head. */
export const bertBase = draw('bert-base', 'BERT-base encoder, 128 tokens, batch 1 (arXiv:1810.04805)', (pen) => {
  const ids = pen.input('input_ids', [1, tokens], true);
  const words = pen.lookUp(pen.weight('embeddings.word', [vocabulary, width]), ids);
  let x = normalise(
    pen,
    'embeddings.norm',
    pen.same('Add', [words, pen.weight('embeddings.position', [1, tokens, width])]),
  );
  for (let i = 0; i < blocks; i++) {
    const name = `encoder.${i}`;
    x = normalise(pen, `${name}.norm1`, pen.add(attention(pen, `${name}.attention`, x), x));
    const wide = gelu(pen, `${name}.gelu`, project(pen, `${name}.ffn1`, x, inner));
    x = normalise(pen, `${name}.norm2`, pen.add(project(pen, `${name}.ffn2`, wide, width), x));
  }
  return x;
});
