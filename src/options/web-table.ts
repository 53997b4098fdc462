// What `magnet web` can be asked for.

import * as types from '../interchange/value-types.js';
import type { OptionsOf } from './option.js';
import { defineVerb } from './option.js';

export const webVerb = defineVerb({
  name: 'web',
  summary: 'serve magnet as a page for a browser, which does all work itself',
  arguments: [],
  options: {
    port: {
      type: types.whole(0, 65535),
      help: 'port to listen on; 0 takes a free one',
      default: 8318,
      changesAnswer: false,
      example: '0',
    },
    host: {
      type: types.text,
      placeholder: 'address',
      help: 'address to listen on; only this computer reaches the one by default',
      default: '127.0.0.1',
      changesAnswer: false,
      example: '0.0.0.0',
    },
  },
  notes: ['It serves until Ctrl-C. "npm run web" in a checkout of magnet builds the page.'],
  examples: ['web', 'web --port 0'],
});

export type WebOptions = OptionsOf<typeof webVerb>;
