// What the host computes, as files hold it.

import { z } from 'zod';
import { flag, oneOf, record, whole } from '../interchange/schema.js';
import { elementFunctions, joinFunctions, reductions } from '../model/workload/host-function.js';
import { listOf } from './fields.js';

const real = () => z.number({ error: 'expected a number' });
const anyWhole = () => real().refine(Number.isSafeInteger, 'expected a whole number');

export const hostFunctionField = z.discriminatedUnion('kind', [
  record('a function of single numbers', {
    kind: z.literal('element'),
    function: oneOf('function', elementFunctions),
    alpha: real(),
    beta: real(),
  }),
  record('a function of several operands', { kind: z.literal('join'), function: oneOf('function', joinFunctions) }),
  record('a softmax', { kind: z.literal('softmax'), first: whole(0), last: whole(0), log: flag() }),
  record('a norm', {
    kind: z.literal('normalise'),
    each: whole(1),
    inner: whole(1),
    epsilon: real(),
    centred: flag(),
  }),
  record('a norm across channels', {
    kind: z.literal('neighbours'),
    size: whole(1),
    alpha: real(),
    beta: real(),
    bias: real(),
  }),
  record('a reduction', { kind: z.literal('reduce'), by: oneOf('kind', reductions), axes: listOf('axes', whole(0)) }),
  record('sums up to a place', { kind: z.literal('cumulate'), axis: whole(0), exclusive: flag(), reverse: flag() }),
  record('the place of an extreme', {
    kind: z.literal('place'),
    of: oneOf('extreme', ['max', 'min'] as const),
    axis: whole(0),
    last: flag(),
  }),
  record('a choice', { kind: z.literal('choose') }),
  record('a shuffle', {
    kind: z.literal('shuffle'),
    shape: listOf('sizes', whole(0)),
    order: listOf('axes', whole(0)),
  }),
  record('a gather', { kind: z.literal('gather'), axis: whole(0) }),
  record('a border', {
    kind: z.literal('pad'),
    mode: oneOf('mode', ['zero', 'edge', 'reflect'] as const),
    before: listOf('sizes', anyWhole()),
  }),
]);
