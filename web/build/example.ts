// The finished example that the page begins with: made by the library when the page is built, and put into its HTML.

import type { Plugin } from 'vite';
import { report } from 'magnet-accelerator';
import { answer } from '../work/answer/answer.js';
import { lists } from '../work/lists.js';
import { firstQuestion } from '../work/question.js';

/** Every processor but none too many: the example takes seconds. */
const workers = 2;

export function example(): Plugin {
  let made: ReturnType<typeof answer> | undefined;
  const once = () => (made ??= answer(firstQuestion, [], { workers }, () => {}));
  return {
    name: 'magnet:example',
    async generateBundle() {
      // For who exports it: fetched then.
      const { section: _, ...rest } = await once();
      this.emitFile({ type: 'asset', fileName: 'example.json', source: JSON.stringify(rest) });
    },
    transformIndexHtml: {
      // Before its styles are looked at.
      order: 'pre',
      async handler(html) {
        const { section, title, command } = await once();
        // A form that can be filled in before any worker has begun; nothing in it may end the element around it.
        const data = JSON.stringify(lists()).replaceAll('<', '\\u003c');
        return html
          .replace('/* style of reports */', () => styleOfReports())
          .replace('<!-- title of the example -->', () => text(title))
          .replace('<!-- command of the example -->', () => text(command))
          .replace('"what there is"', () => data)
          .replace('<!-- example -->', () => section);
      },
    },
  };
}

const text = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The page shows sections of reports, and looks like one. */
function styleOfReports(): string {
  const made = report([]);
  return made.ok ? (/<style>([\s\S]*?)<\/style>/.exec(made.value.html)?.[1] ?? '') : '';
}
