// Laws of what searches over one space leave to the next: it is of one space and the same layers, and does not grow for ever.

import { expect, test } from 'vitest';
import type { Weights } from '../../src/enumerate/item.js';
import type { FoundMachine } from '../../src/tuner/codesign/found-machine.js';
import { Learned } from '../../src/tuner/codesign/learned.js';

const by = (cycles: number): Weights => ({ both: 0, energy: 1, cycles });
const learned = (...asked: readonly Weights[]) => ({
  asked,
  minima: [asked.map((weights) => ({ weights, min: 1, item: undefined }))],
});

test('another space or other layers forget all of it, another area what is known of shapes', () => {
  const machine = { value: 1, found: [] } as unknown as FoundMachine;
  const all = new Learned();
  all.begin('one');
  all.keep('shape', learned(by(1)));
  all.begin('one');
  all.keepMachine(machine);
  expect(all.of('shape')).toEqual(learned(by(1)));
  all.begin('one', 2);
  expect([all.of('shape'), all.machines]).toEqual([undefined, [machine]]);
  all.keep('shape', learned(by(1)));
  all.begin('other', 2);
  expect([all.of('shape'), all.machines]).toEqual([undefined, []]);
});

test('of the weights of a shape the last are kept, with what is known by them; of shapes those learned of last', () => {
  const all = new Learned();
  all.begin('one');
  const asked = Array.from({ length: 30 }, (_, i) => by(i));
  all.keep('shape', learned(...asked));
  const kept = all.of('shape');
  expect(kept?.asked.at(-1)).toEqual(by(29));
  expect(kept?.asked.length).toBeLessThan(30);
  expect(kept?.minima[0]?.map(({ weights }) => weights)).toEqual(kept?.asked);
  for (let i = 0; i < 1000; i++) all.keep(`shape ${i}`, learned(by(i)));
  expect(all.of('shape')).toBeUndefined();
  expect(all.of('shape 999')).toBeDefined();
});
