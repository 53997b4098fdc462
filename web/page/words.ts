// What the library says of options, in the words of the page: where it has a field for an option, the field's own label.

import { optionsNamed } from 'magnet-accelerator';

/** Fields that are called otherwise than their options, and a choice that is one. */
const others: Readonly<Record<string, string>> = {
  arch: '#machine',
  limit: '#limits',
  calibrate: '#samples',
  time: '#timeLimit',
  noResidency: '#residency option[value="none"]',
};

export const inFields = (sentence: string): string => optionsNamed(sentence, labelOf);

/** Undefined where the page has no field for it. */
function labelOf(option: string): string | undefined {
  const field = document.querySelector(others[option] ?? `#form #${option}`);
  const label = field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.labels?.[0] : field;
  return label ? `"${label.textContent.trim()}"` : undefined;
}

/** Of what a worker rejects with. */
export const messageOf = (error: unknown): string => inFields(error instanceof Error ? error.message : String(error));
