// The whole network on the hardware of a design: run by the generated Verilog, or written as a program, as `magnet run` and
// `magnet compile` do both.

import type { NetworkQuestion, NetworkResult, NetworkState } from 'magnet-accelerator';
import {
  blocksHtml,
  commandLine,
  compileNetwork,
  compileVerb,
  findGraph,
  networkAgrees,
  onnxNetwork,
  parseRealNpy,
  prepareNetwork,
  printRunResult,
  ranBlocks,
  ranResult,
  runNetwork,
  runVerb,
  stamped,
  version,
  zipOf,
} from 'magnet-accelerator';
import { sound } from './answer/answer.js';
import type { Files } from './ask/given.js';
import { fileNamed, located, refuse, stem } from './ask/given.js';
import { bytesIn, unpacked } from './bytes-in.js';
import type { HardwareFound } from './hardware.js';
import { hardwareIn } from './hardware.js';
import { withinMemory } from './memory.js';
import type { Question } from './question.js';

export interface NetworkAsked extends Pick<Question, 'network' | 'batch' | 'folds'> {
  /** The text of a design. */
  readonly design: string;
  /** The name of a .npy file; empty where the input is drawn. */
  readonly input: string;
  readonly files: readonly File[];
}

export type NetworkDoing = NetworkState | { readonly doing: 'preparing'; readonly said: string };
type Tell = (state: NetworkDoing) => void;

export interface ProgramFound extends Pick<HardwareFound, 'says' | 'shown' | 'command'> {
  /** The files that `magnet compile` writes, in one. */
  readonly zip: Uint8Array<ArrayBuffer>;
}

const engine = runVerb.options.engine.default;
const seed = runVerb.options.seed.default;

export const ranOnHardware = (asked: NetworkAsked, progress: Tell): Promise<HardwareFound> =>
  withinMemory(`running ${asked.network}`, async () => {
    const { prepared, hearing, notes } = await readyFor(asked, false, progress);
    const found = sound(await runNetwork(prepared, { engine, seed, progress, ...hearing }));
    const result = ranResult(prepared, found, { engine, seed });
    const { cycles, counters, outputs } = result.totals;
    return {
      says: [
        `${outputs.words - outputs.mismatches} of ${outputs.words} words of all steps are right; the Verilog took ` +
          `${cycles.rtl} cycles in ${result.totals.runs} runs, the model says ${cycles.model}; ` +
          `${counters.equal} of ${counters.all} counts are equal.`,
        ...notes,
      ].join(' '),
      disagreements: networkAgrees(found) ? [] : differences(found),
      shown: blocksHtml(ranBlocks(prepared, found)),
      result: printRunResult(stamped(result, version)),
      command: commandLine(runVerb, [asked.network], { ...typed(asked), engine }),
    };
  });

export const programmed = (asked: NetworkAsked, progress: Tell): Promise<ProgramFound> =>
  withinMemory(`the program of ${asked.network}`, async () => {
    const { prepared, hearing, notes } = await readyFor(asked, true, progress);
    const { files, summary } = sound(await compileNetwork(prepared, hearing));
    const output = `${stem(asked.network)}-program`;
    return {
      says: [`${files.length} files: ${files.map((f) => f.path).join(', ')}.`, ...notes].join(' '),
      shown: blocksHtml([{ kind: 'code', text: summary }]),
      command: `${commandLine(compileVerb, [asked.network], { ...typed(asked), output })} -o ${output}`,
      zip: await zipOf(files),
    };
  });

const typed = ({ batch, folds, input }: NetworkAsked) => ({
  design: 'design.json',
  seed,
  ...(batch !== '' && { batch: Number(batch) }),
  ...(input !== '' && { input: [input] }),
  folds,
});

async function readyFor(asked: NetworkAsked, asProgram: boolean, progress: Tell) {
  const notes: string[] = [];
  const hearing = {
    told: (said: string) => progress({ doing: 'preparing', said }),
    noted: (text: string) => void notes.push(`${text}.`),
  };
  const files = await bytesIn(asked.files);
  const source = sourceOf(asked, files);
  const question: NetworkQuestion = {
    network: asked.network,
    source,
    design: hardwareIn(asked.design),
    file: 'design.json',
    inputs: asked.input === '' ? undefined : await inputsOf(asked, source, files),
    seed,
    folds: asked.folds,
    asProgram,
  };
  const prepared = sound(prepareNetwork(question, hearing));
  return { prepared, hearing, notes };
}

/** A list of layers has no graph, which the library says. */
function sourceOf({ network, batch: typed }: NetworkAsked, files: Files): NetworkQuestion['source'] {
  const file = fileNamed(files, network);
  const batch = typed === '' ? undefined : sound(located('--batch', runVerb.options.batch.type.read(typed)));
  if (!file) return { graph: () => findGraph(network, { batch }) };
  if (!/\.onnx$/i.test(network)) return {};
  return sound(located(network, onnxNetwork(file.bytes, stem(network), { batch, steps: true })));
}

async function inputsOf({ input: name }: NetworkAsked, { graph }: NetworkQuestion['source'], files: Files) {
  const file = fileNamed(files, name);
  const made = graph?.();
  const names = made?.ok ? made.value.inputs : [];
  const [only, ...others] = names;
  if (only === undefined || others.length > 0)
    return sound(refuse(`${name} is one input, and the network has ${names.length}; have them drawn`));
  if (!file) return sound(refuse(`${name}: the file of the input is not here; drop it again`));
  const array = sound(located(name, parseRealNpy(await unpacked(file))));
  return new Map([[only, { ...array, path: name }]]);
}

/** Where hardware differs from reference or model, a line each. */
const differences = ({ runs, hosts }: NetworkResult): readonly string[] => [
  ...[...runs, ...hosts].flatMap((r) => (r.firstMismatch === undefined ? [] : [`${r.name}: ${r.firstMismatch}`])),
  ...runs.flatMap(({ name, cycles, configuration, counters }) =>
    [cycles, configuration.cycles, ...counters].every(({ model, rtl }) => model === rtl)
      ? []
      : [`${name}: its cycles or its counts are not those of the model`],
  ),
];
