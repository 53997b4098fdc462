// What `magnet codesign` can be asked for, and the same as a command line that asks for it again.

import type { Command } from 'commander';
import type { CodesignObjective } from '../../tuner/codesign/codesign-request.js';
import { codesignObjectives } from '../../tuner/codesign/codesign-request.js';
import { choice, duration, several, share, weights, wholeNumber } from '../base-options.js';
import type { QuestionOptions } from '../shared-options.js';
import { costUnitsText, shared } from '../shared-options.js';
import { eachOption, namedOption, option, shellLine } from '../shell.js';

export interface CodesignOptions extends QuestionOptions {
  readonly space: string;
  readonly objective?: CodesignObjective;
  readonly weight?: Readonly<Record<string, number>>;
  readonly gap: number;
  readonly checkpoint?: string;
  readonly pareto?: string;
  readonly points?: number;
  readonly figure?: string;
  readonly explain?: boolean;
}

/** Between the ends of a front and with them. */
export const defaultPoints = 7;

/** The verb without its action. */
export const codesignCommand = (program: Command): Command =>
  program
    .command('codesign')
    .description('find the best machine of a design space together with all mappings of some networks, and prove it')
    .argument('<network...>', 'built-in networks, .onnx files or layer tables')
    .option(
      '-s, --space <space>',
      'design space: built in ("magnet spaces" lists them) or a .yaml or .json file',
      'magnet-16nm',
    )
    .option(
      '-o, --objective <objective>',
      `what to minimise: ${codesignObjectives.join(', ')}; summed over networks by weight, area of the chip (default: edp)`,
      choice('objective', codesignObjectives),
    )
    .option(
      '--limit <name=value[unit]>',
      `upper limit (repeatable): area=2mm2 (or um2) of the chip; of one run of each network as a whole, ${costUnitsText}, the sum of the layers'; latency@LAYER=1ms of one layer, latency@each=1ms of every one`,
      several,
    )
    .option('--weight <name=number>', 'how much a network counts (repeatable; default: 1)', weights)
    .option('--gap <share>', 'gap between best and bound at which the search ends: 1%, 0.01', share, 0.01)
    .option(
      '--time-limit <time>',
      'for everything, --explain too: 10s, 500ms, 2min; with --pareto, of each point',
      duration,
      600,
    )
    .option(...shared.padding)
    .option('--technology <file>', 'energies and areas of the parts (default: 16 nm)')
    .option('--batch <n>', 'batch of ONNX files and built-in networks', wholeNumber(1))
    .option(...shared.dim)
    .option(...shared.sameShape)
    .option('--workers <n>', 'shapes at a time (default: number of processors)', wholeNumber(1))
    .option('--json <file>', 'write the result as JSON; - is standard output, in place of the tables')
    .option(
      '--design <file>',
      'write a design file: the machine and the mappings of all networks, for rtl, simulate and synth',
    )
    .option(
      '--checkpoint <file>',
      'save the search there every few seconds, and begin where it stands (not under limits on networks or for area: those begin anew)',
    )
    .option('--explain', 'what one step of each parameter would cost, and which limits bind')
    .option(
      '--pareto <least,limited>',
      'a front: the least of one quantity under limits on another, two of energy, latency, area, edp',
    )
    .option('--points <n>', `points of the front (default: ${defaultPoints})`, wholeNumber(2))
    .option('--figure <file>', 'draw the front, or best and bound over time, as .svg')
    .option(...shared.quiet)
    .addHelpText(
      'after',
      '\nExamples:\n  magnet codesign resnet50 --limit area=2mm2 --design best.json\n  magnet codesign resnet50 mobilenetv2 --weight mobilenetv2=4 --objective energy --limit latency=5ms --checkpoint run.json\n  magnet codesign pilotnet --space magnet-small --pareto energy,latency --figure front.svg',
    );

/** Without what only says where results go, how many workers there are and what is printed. */
export function codesignLine(networks: readonly string[], o: CodesignOptions): string {
  return shellLine([
    ...['magnet', 'codesign', ...networks],
    ...option('--space', o.space),
    ...option('--objective', o.objective ?? 'edp'),
    ...eachOption('--limit', o.limit),
    ...namedOption('--weight', o.weight),
    ...(o.padding ? [] : ['--no-padding']),
    ...option('--gap', o.gap),
    ...option('--time-limit', o.timeLimit),
    ...option('--technology', o.technology),
    ...option('--batch', o.batch),
    ...namedOption('--dim', o.dim),
    ...eachOption('--same-shape', o.sameShape),
  ]);
}
