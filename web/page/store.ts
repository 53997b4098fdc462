// Finished runs, kept in this browser until somebody removes them.

import type { Answer } from '../work/question.js';

export interface Run {
  /** Milliseconds since 1970 when it was finished: the key. */
  readonly id: number;
  readonly answer: Answer;
}

export interface Store {
  readonly all: () => Promise<readonly Run[]>;
  readonly add: (run: Run) => Promise<void>;
  readonly remove: (id: number) => Promise<void>;
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps no data'));
  });

/** Rejects where the browser keeps nothing, as some do in private windows. */
export async function openStore(): Promise<Store> {
  const opening = indexedDB.open('magnet', 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore('runs', { keyPath: 'id' });
  const base = await done(opening);
  const runs = (mode: IDBTransactionMode) => base.transaction('runs', mode).objectStore('runs');
  return {
    all: () => done(runs('readonly').getAll() as IDBRequest<Run[]>),
    async add(run) {
      await done(runs('readwrite').put(run));
    },
    async remove(id) {
      await done(runs('readwrite').delete(id));
    },
  };
}
