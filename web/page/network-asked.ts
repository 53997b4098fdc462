// The network that runs on the hardware of the design that is shown: chosen among those of the form, and told how far it is.

import type { HardwareTimes } from '../work/hardware.js';
import type { NetworkAsked, NetworkDoing } from '../work/network-runs.js';
import { byId, option, select } from './dom.js';
import { duration, whole } from './quantities.js';
import { currentCommand } from './shown.js';

/** What the design's own command asks, where it names one of the networks. */
type Own = Pick<NetworkAsked, 'network' | 'batch' | 'folds'>;
let own: Own = { network: '', batch: '', folds: true };

const ownIn = (command: string): Own => ({
  network: (/^magnet \S+ (\S+)/.exec(command)?.[1] ?? '').replace(/^.*[\\/]/, ''),
  batch: / --batch (\d+)/.exec(command)?.[1] ?? '',
  folds: !/ --no-folds\b/.test(command),
});

/** Those of the form, files of the user's among them; that of the design's command is chosen where it is there. */
export async function offerNetworks({ building, whole: seconds }: HardwareTimes): Promise<void> {
  own = ownIn(await currentCommand());
  listNetworks();
  const list = select('run-network');
  list.value = [...list.options].some((o) => o.value === own.network) ? own.network : select('network').value;
  byId('run-says').textContent =
    'The generated Verilog runs every step in one DRAM, with drawn weights where the file has none: every word of every ' +
    "tensor stands beside the reference, cycles and counts beside the model's. Layers of this design take about " +
    `${duration(building + seconds)}, where a processor is free, once the reference is there. The program is what ` +
    '"magnet compile" writes: register writes, memories, a driver in C.';
}

/** As files come and go. */
export function listNetworks(): void {
  const of = (id: string) => [...select(id).options].map((o) => option(o.value, o.text));
  relist('run-network', of('network'));
  const arrays = of('samples').filter((o) => /\.npy(\.gz)?$/i.test(o.value));
  relist('run-input', [option('', 'drawn from a seed'), ...arrays]);
}

/** What was chosen is chosen again where it is still there. */
function relist(id: string, options: readonly HTMLOptionElement[]): void {
  const list = select(id);
  const { value } = list;
  list.replaceChildren(...options);
  if (options.some((o) => o.value === value)) list.value = value;
}

/** As it is chosen now; of files those that it is about. */
export function askedNetwork(design: string, files: readonly File[]): NetworkAsked {
  const [network, input] = [select('run-network').value, select('run-input').value];
  const { batch, folds } = network === own.network ? own : { batch: '', folds: true };
  return { design, network, batch, folds, input, files: files.filter((f) => f.name === network || f.name === input) };
}

export function networkTold(doing: (text: string, part?: number) => void): (state: NetworkDoing) => void {
  let begin: number | undefined;
  return (state) => {
    switch (state.doing) {
      case 'preparing':
        return doing(state.said);
      case 'building':
        return doing(`reading the Verilog, about ${duration(state.about)}`);
      case 'running':
        return doing('running');
      case 'step': {
        begin ??= performance.now();
        const { done, of, cycles, all } = state;
        const left = ((performance.now() - begin) / 1000) * (all / cycles - 1);
        const rest = cycles > 0 && left >= 1 ? `, ${duration(left)} left` : '';
        return doing(
          `run ${Math.min(of, done + 1)} of ${of}, ${whole(cycles)} of ${whole(all)} cycles${rest}`,
          cycles / all,
        );
      }
    }
  };
}
