// Hierarchical names as nested scopes: one for every part of a path but the last.

import { defined, got } from '../../base/invariant.js';

export interface Scope<T> {
  readonly scopes: Map<string, Scope<T>>;
  readonly members: { readonly name: string; readonly of: T }[];
}

const newScope = <T>(): Scope<T> => ({ scopes: new Map(), members: [] });

export function nestedScopes<T extends { readonly path: string }>(all: readonly T[]): Scope<T> {
  const root = newScope<T>();
  for (const of of all) {
    const parts = of.path.split('.');
    const name = defined(parts.pop());
    let scope = root;
    for (const part of parts) {
      if (!scope.scopes.has(part)) scope.scopes.set(part, newScope());
      scope = got(scope.scopes, part);
    }
    scope.members.push({ name, of });
  }
  return root;
}
