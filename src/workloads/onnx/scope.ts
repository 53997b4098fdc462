// The values that a node can see: those of its own graph, and of the graphs around it.

import type { Value } from './value.js';

export interface Scope {
  /** `undefined` for an input of a function that the call leaves out. */
  readonly own: Map<string, Value | undefined>;
  readonly has: (name: string) => boolean;
  readonly get: (name: string) => Value | undefined;
}

export function scopeOf(values: ReadonlyMap<string, Value | undefined>, outer?: Scope): Scope {
  const own = new Map(values);
  return {
    own,
    has: (name) => own.has(name) || outer?.has(name) === true,
    get: (name) => (own.has(name) ? own.get(name) : outer?.get(name)),
  };
}
