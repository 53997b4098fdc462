// The hardware of the design that is shown, at work here: a layer or a whole network run by the generated Verilog, the machine
// as cells, a network as its program.
// What it takes is told before it begins: Yosys is large, and some layers run for hours.

import size from '@yowasp/yosys/core?bytes';
import type { HardwareFound, HardwareTimes } from '../work/hardware.js';
import { desk, pool } from './desk.js';
import { byId, make, option, select } from './dom.js';
import { download } from './download.js';
import { askedNetwork, networkTold, offerNetworks } from './network-asked.js';
import { duration, whole } from './quantities.js';
import { currentDesign } from './shown.js';
import { messageOf } from './words.js';

let times: HardwareTimes | undefined;
/** Answers for what was shown before may come late. */
let turn = 0;
/** Kept from run to run, with the machine that it has read; ended to cancel. */
let bench: ReturnType<typeof pool> | undefined;
let busy = false;

const panel = () => byId('hardware', HTMLDetailsElement);
const layerSelect = () => select('hardware-layer');
const faults = (lines: readonly string[]): void =>
  byId('hardware-faults').replaceChildren(...lines.map((line) => make('li', {}, line)));

/** `files`: those of the user's. */
export function listenToHardware(files: () => readonly File[]): void {
  panel().addEventListener('toggle', () => {
    if (panel().open && times === undefined) void load();
  });
  layerSelect().addEventListener('change', tellTime);
  byId('simulate').addEventListener('click', () => void work(simulation));
  byId('synthesize').addEventListener('click', () => void work(synthesis));
  byId('run-on').addEventListener('click', () => void work((own, design) => networkRun(own, design, files())));
  byId('program').addEventListener('click', () => void work((own, design) => programOf(own, design, files())));
  byId('hardware-cancel').addEventListener('click', cancel);
}

/** Something else is shown: `has` a design, or not. */
export function resetHardware(has: boolean): void {
  cancel();
  turn++;
  times = undefined;
  panel().hidden = !has;
  byId('hardware-found').replaceChildren();
  faults([]);
  if (has && panel().open) void load();
}

/** Opens with this layer chosen. */
export async function chooseLayer(place: number): Promise<void> {
  if (times === undefined) await load();
  panel().open = true;
  layerSelect().value = String(place);
  tellTime();
  panel().scrollIntoView({ block: 'start' });
  byId('simulate').focus({ preventScroll: true });
}

async function load(): Promise<void> {
  const own = ++turn;
  byId('hardware-asks').hidden = true;
  byId('network-asks').hidden = true;
  byId('hardware-says').textContent = '';
  try {
    const found = await desk.run('times', await currentDesign());
    if (own !== turn) return;
    times = found;
    layerSelect().replaceChildren(
      ...found.layers.map(({ name, cycles, seconds }, place) =>
        option(String(place), `${name}: ${whole(cycles)} cycles, about ${duration(seconds)}`),
      ),
    );
    const shortest = Math.min(...found.layers.map((l) => l.cycles));
    layerSelect().value = String(found.layers.findIndex((l) => l.cycles === shortest));
    byId('hardware-asks').hidden = found.layers.length === 0;
    tellTime();
    byId('network-asks').hidden = false;
    await offerNetworks(found);
  } catch (error) {
    if (own === turn) byId('hardware-says').textContent = `no hardware: ${messageOf(error)}`;
  }
}

function tellTime(): void {
  const chosen = times?.layers[Number(layerSelect().value)];
  byId('hardware-says').textContent =
    times && chosen
      ? `The generated Verilog runs ${chosen.name} cycle by cycle on drawn data; every output word, the cycles and all ` +
        `counts stand beside the model's. About ${duration(times.building)} to read the Verilog, once for a machine, and ` +
        `${duration(chosen.seconds)} to run, where a processor is free. Synthesis takes minutes. Both use Yosys, ` +
        `${(size / 1e6).toFixed(0)} MB, which is fetched when it is first asked.`
      : 'No layer has a mapping.';
}

type Bench = ReturnType<typeof pool>;

const simulation = async (own: Bench, design: string): Promise<HardwareFound> => {
  let begin: number | undefined;
  return own.run(
    'simulate',
    { design, place: Number(layerSelect().value) },
    {
      progress(state) {
        if (state.doing === 'building') {
          doing(`reading the Verilog, about ${duration(state.about)}`);
          return;
        }
        const { cycles, expected } = state;
        begin ??= performance.now();
        const left = ((performance.now() - begin) / 1000) * (expected / cycles - 1);
        doing(
          `${whole(cycles)} of ${whole(expected)} cycles${cycles > 0 ? `, ${duration(left)} left` : ''}`,
          cycles / expected,
        );
      },
    },
  );
};

const networkRun = async (own: Bench, design: string, files: readonly File[]): Promise<HardwareFound> =>
  own.run('runNetwork', askedNetwork(design, files), { progress: networkTold(doing) });

/** Handed out when it is there. */
const programOf = async (own: Bench, design: string, files: readonly File[]): Promise<Shown> => {
  const asked = askedNetwork(design, files);
  const found = await own.run('program', asked, { progress: networkTold(doing) });
  if (bench === own) download(`${asked.network.replace(/\.\w+$/, '')}-program.zip`, found.zip, 'application/zip');
  return { ...found, disagreements: [], result: undefined };
};

const synthesis = (own: Bench, design: string): Promise<HardwareFound> =>
  own.run('synthesize', design, { progress: (stage) => doing(stage) });

function doing(text: string, part?: number): void {
  byId('hardware-doing').textContent = text;
  const bar = byId('hardware-bar', HTMLProgressElement);
  if (part === undefined) bar.removeAttribute('value');
  else bar.value = Math.min(1, part);
}

/** A program has no result beside its files. */
type Shown = Omit<HardwareFound, 'result'> & { readonly result: string | undefined };

async function work(of: (own: Bench, design: string) => Promise<Shown>): Promise<void> {
  if (busy) return;
  const own = (bench ??= pool());
  working(true);
  faults([]);
  byId('hardware-found').replaceChildren();
  doing('starting');
  try {
    const found = await of(own, await currentDesign());
    if (bench === own) show(found);
  } catch (error) {
    if (bench === own) faults(messageOf(error).split('\n'));
  } finally {
    if (bench === own) working(false);
  }
}

function working(is: boolean): void {
  busy = is;
  byId('hardware-progress').hidden = !is;
  for (const id of ['simulate', 'synthesize', 'run-on', 'program']) byId(id, HTMLButtonElement).disabled = is;
}

function cancel(): void {
  if (!busy) return;
  void bench?.close();
  bench = undefined;
  working(false);
  faults(['cancelled: nothing was found']);
}

function show({ says, disagreements, shown, result, command }: Shown): void {
  const agrees = disagreements.length === 0;
  faults([
    ...disagreements,
    ...(agrees ? [] : ['RTL and model differ, which is a bug in magnet: please report it with the design file.']),
  ]);
  const tables = make('div', { role: 'region', 'aria-label': 'what was found' });
  // The library has escaped every text in it.
  tables.innerHTML = shown;
  byId('hardware-found').replaceChildren(
    make('p', {}, says),
    tables,
    make('p', { class: 'says' }, 'On the command line, with the design file: ', make('code', {}, command)),
    ...(result === undefined ? [] : [make('p', { class: 'go' }, saveButton(result))]),
  );
  byId('hardware-found').focus({ preventScroll: true });
}

function saveButton(result: string): HTMLElement {
  const save = make('button', { type: 'button', 'data-file': 'hardware' }, 'Result as JSON');
  save.addEventListener('click', () => download('hardware.json', result, 'application/json'));
  return save;
}
