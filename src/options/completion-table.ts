// What `magnet completion` can be asked for.

import { defineVerb } from './option.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export const completionVerb = defineVerb({
  name: 'completion',
  summary: 'print what makes a shell complete verbs, options and built-in names',
  arguments: [{ name: 'shell', help: shells.join(', '), form: 'one', example: 'bash' }],
  options: {},
  examples: ['completion bash > ~/.local/share/bash-completion/completions/magnet', 'completion zsh > _magnet'],
});
