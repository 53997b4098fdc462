// Packages that the page does without: who asks for one is told so, in the sentence that its answer shows.

import type { Plugin } from 'vite';

const packages: Readonly<Record<string, string>> = {
  'glpk.js/node': 'the solver glpk is not in the page; leave it to choose',
};

export const notHere = (): Plugin => ({
  name: 'magnet:not-here',
  enforce: 'pre',
  resolveId: (id) => (Object.hasOwn(packages, id) ? `\0not-here:${id}` : undefined),
  load(id) {
    const name = id.startsWith('\0not-here:') ? id.slice('\0not-here:'.length) : undefined;
    return name === undefined ? undefined : `throw new Error(${JSON.stringify(packages[name])});`;
  },
});
