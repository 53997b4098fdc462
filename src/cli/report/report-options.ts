// `magnet report`: its arguments and options.

import type { Command } from 'commander';

export interface ReportOptions {
  readonly output?: string;
  readonly markdown?: string;
  readonly title?: string;
  readonly quiet?: boolean;
}

export const reportCommand = (program: Command): Command =>
  program
    .command('report')
    .description('print results as one HTML page that needs nothing else, or as Markdown')
    .argument(
      '<result...>',
      'what "map", "codesign", "prove" and "compare" wrote with --json or --design, and the .jsonl of "batch", in any mix; a section each',
    )
    .option(
      '-o, --output <file>',
      'the page; - is standard output (default: report.html, unless only --markdown is asked for)',
    )
    .option('--markdown <file>', 'the same as Markdown')
    .option('--title <text>', 'title of the report')
    .option('-q, --quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExamples:\n  magnet map resnet50 --arch simba --json map.json --design design.json\n  magnet report map.json design.json -o resnet50.html --markdown resnet50.md',
    );
