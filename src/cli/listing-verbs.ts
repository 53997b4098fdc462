// The verbs that list what there is, with their options.

import type { Command } from 'commander';
import type { ExitCode, Io } from './io.js';
import type { ArchsOptions, NetworksOptions } from './list.js';
import { archs, networks, spaces, technology } from './list.js';
import { shared } from './shared-options.js';

const forms = {
  yaml: ['--yaml', 'print it as a file to start from'],
  json: ['--json', 'print it as JSON'],
} as const;

export function addListingVerbs(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command('networks')
    .description('list the built-in networks, or the layers of one')
    .argument('[workload]', 'built-in network, .onnx file, layer table or case file; - is standard input')
    .option(...shared.batch)
    .option(...shared.dim)
    .option(...shared.sameShape)
    .option(...forms.json)
    .action((workload: string | undefined, options: NetworksOptions) => end(networks(io, workload, options)));

  program
    .command('archs')
    .description('list the preset architectures, or the levels and area of one')
    .argument('[arch]', 'preset, architecture file or design file')
    .option(...shared.technology)
    .option(...forms.yaml)
    .option(...forms.json)
    .action((arch: string | undefined, options: ArchsOptions) => end(archs(io, arch, options)));

  program
    .command('spaces')
    .description('list the built-in design spaces, or the parameters of one')
    .argument('[space]', 'built-in design space, or a file (.yaml, .json)')
    .option(...forms.yaml)
    .option(...forms.json)
    .action((space: string | undefined, options: Parameters<typeof spaces>[2]) => end(spaces(io, space, options)));

  program
    .command('technology')
    .description('list the constants that energies and areas are made of, each with its source')
    .argument('[technology]', 'a file (.yaml, .json); the 16 nm that is built in where none is named')
    .option(...forms.yaml)
    .option(...forms.json)
    .addHelpText(
      'after',
      '\nExample:\n  magnet technology --yaml > mine.yaml\n  magnet map pilotnet --arch simba --technology mine.yaml',
    )
    .action((file: string | undefined, options: Parameters<typeof technology>[2]) =>
      end(technology(io, file, options)),
    );
}
