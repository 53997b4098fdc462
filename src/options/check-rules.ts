// What was given against the rules of a verb: what cannot be asked for together, or says nothing alone.

import type { Diagnostic } from '../base/diagnostics.js';
import type { AnyVerb, OptionTable } from './option.js';
import { isFlag, typed } from './option.js';

/** `given`: options and arguments by their names; also those of a job, whose options are the verb's. */
export function brokenRules(
  { options, rules = [] }: AnyVerb,
  given: Readonly<Record<string, unknown>>,
): readonly Diagnostic[] {
  return rules.flatMap((rule) => {
    const named = rule.options.filter(
      (name) => isGiven(options, name, given[name]) && (rule.value === undefined || given[name] === rule.value),
    );
    const fine =
      'needs' in rule
        ? isGiven(options, rule.needs, given[rule.needs])
        : !isGiven(options, rule.conflicts, given[rule.conflicts]);
    if (named.length === 0 || fine) return [];
    return [
      {
        code: rule.code ?? 'conflict',
        path: [],
        message: rule.message(named.map((name) => typed(name, options[name])).join(', ')),
      },
    ];
  });
}

function isGiven(options: OptionTable, name: string, value: unknown): boolean {
  const option = options[name];
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return false;
  return option === undefined || !isFlag(option) || value !== (option.default ?? false);
}
