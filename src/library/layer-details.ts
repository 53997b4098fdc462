// A mapped layer looked at closely: every action with the constants behind its energy, its loop nest, its tiles in the
// memories, its channels, and its steps in time. All of it is read off the cost model, for pages that answer to a hand.

import { defined, nth } from '../base/invariant.js';
import { channelsOf } from '../model/cost/channels.js';
import { addParts, energyParts, partOf as partName } from '../model/cost/energy-parts.js';
import type { Evaluation } from '../model/cost/evaluate.js';
import { evaluate } from '../model/cost/evaluate.js';
import { numbers } from '../model/cost/numbers.js';
import type { OuterStep } from '../model/cost/step-lanes.js';
import { outerStep, stepsOfNests } from '../model/cost/step-lanes.js';
import { nestsOf, tilingFor } from '../model/cost/tile-cycles.js';
import type { Architecture } from '../model/machine/architecture.js';
import { peakMacs } from '../model/machine/architecture.js';
import { compile } from '../model/machine/compiled-machine.js';
import { levelNames } from '../model/machine/template-names.js';
import { printMapping } from '../model/mapping/loop-nest.js';
import { holdingOf, takenBy } from '../model/mapping/memory-room.js';
import { rulesOf } from '../model/mapping/rules.js';
import type { Design, MappedLayer } from '../model/space/design.js';
import { arrangementFor } from '../model/space/design.js';
import type { Layer, Tensor } from '../model/workload/layer.js';
import { macs } from '../model/workload/layer.js';
import { partOf, runsOf, whole } from '../model/workload/layer-parts.js';
import type { Entry } from '../report/page/account.js';
import { accountOf } from '../report/page/account.js';
import { colorOf } from '../report/page/charts.js';
import type { Behind } from './constants-behind.js';
import { constantsBehind } from './constants-behind.js';

/** An action of a layer: how often it happens, and what one of them costs (pJ). */
export interface ActionDetail extends Entry {
  /** Constants of the technology that the energy of one comes from, the one that matters most first. */
  readonly constants: readonly Behind[];
}

/** The energy of a layer in one part of the machine, action by action. */
export interface PartDetail {
  /** As the figures of reports call it. */
  readonly part: string;
  /** Which of the colours of the report's figures it has. */
  readonly color: number;
  /** pJ of one instance of the layer. */
  readonly energy: number;
  readonly actions: readonly ActionDetail[];
}

/** What the tiles of a layer take of a memory, in its unit. */
export interface MemoryDetail {
  readonly level: string;
  readonly unit: 'bank' | 'bit';
  /** What its tiles may take together: half where it is ping-pong. */
  readonly max: number;
  readonly tiles: readonly { readonly tensor: Tensor; readonly taken: number }[];
}

/** A layer of a design looked at closely; figures are of one instance. */
export interface LayerDetail {
  readonly name: string;
  readonly count: number;
  /** pJ. */
  readonly energy: number;
  readonly cycles: number;
  /** Unpadded. */
  readonly macs: number;
  readonly parts: readonly PartDetail[];
  /** As `magnet show` prints it. */
  readonly nest: string;
  readonly memories: readonly MemoryDetail[];
  /** MACs a cycle at most, and what each channel moves. */
  readonly peak: number;
  readonly channels: ReturnType<typeof channelsOf>;
  /** Of one run of it, where the machine works tile by tile. */
  readonly steps: OuterStep['steps'] | undefined;
  /** Of the machine, one after the other: more than 1 where the layer is in parts. */
  readonly runs: number;
}

interface Placed {
  readonly mapped: MappedLayer;
  readonly machine: Architecture;
  readonly evaluation: Evaluation;
}

/** Layers that have a mapping, in the design's order. */
const placedIn = (design: Design): readonly Placed[] =>
  design.layers.flatMap((mapped): Placed[] => {
    const machine = mapped.mapping && arrangementFor(design, mapped.mapping);
    return mapped.mapping && machine
      ? [{ mapped, machine, evaluation: evaluate(machine, mapped.layer, mapped.mapping, design.conventions) }]
      : [];
  });

/** Every layer of a design that has a mapping, in its order, as the cost model has it. Nothing is searched. */
export function layerDetails(design: Design): readonly LayerDetail[] {
  const behind = constantsBehind(design);
  return placedIn(design).map(({ mapped, machine, evaluation: e }): LayerDetail => {
    const { layer, mapping, count } = mapped;
    const entries = accountOf(machine, partOf(layer, mapping.parts ?? whole), e).filter((x) => x.count * x.each > 0);
    const actions = entries.flatMap((entry) => divided(machine, entry)).map((x) => ({ ...x, constants: behind(x) }));
    return {
      name: layer.name,
      count,
      energy: e.energy,
      cycles: e.cycles,
      macs: macs(layer),
      parts: addParts([energyParts(machine, e)], [1]).map(({ part, energy }, place) => ({
        part,
        color: colorOf(part, place),
        energy,
        actions: actions.filter((x) => x.part === part).map(({ part: _, ...x }) => x),
      })),
      nest: printMapping(machine, mapping, layer),
      memories: memoriesOf(design, { mapped, machine, evaluation: e }),
      peak: peakMacs(machine),
      channels: channelsOf(machine, e),
      steps: machine.tiling && stepsIn(machine, mapped),
      runs: runsOf(mapping.parts ?? whole),
    };
  });
}

/** The part that an entry counts for; outputs are post-processed as they enter the global buffer. */
function divided(machine: Architecture, entry: Entry): readonly (Entry & { readonly part: string })[] {
  const { place, what, each } = entry;
  if (place === machine.compute.name) return [{ ...entry, part: 'MACs' }];
  if (place === 'chip') return [{ ...entry, part: 'static' }];
  if (place.startsWith('wires below ')) return [{ ...entry, part: 'wires' }];
  const storage = machine.levels.find((l) => l.name === place)?.stores.Outputs;
  const beyond =
    place === levelNames.globalBuffer && what === 'Outputs update' && storage
      ? storage.energy.update - storage.energy.fill
      : 0;
  const own = { ...entry, each: each - Math.max(0, beyond), part: partName(place) };
  return beyond > 0
    ? [own, { ...entry, what: 'Outputs post-processed', each: beyond, part: 'post-processing' }]
    : [own];
}

/** What one run of a layer works on: its program is that of the whole layer where it is in one part. */
const runOf = ({ layer, mapping }: MappedLayer): Layer => partOf(layer, mapping.parts ?? whole);

function memoriesOf({ conventions }: Design, { mapped, machine }: Placed): readonly MemoryDetail[] {
  const layer = runOf(mapped);
  const mapping = { levels: mapped.mapping.levels };
  const m = compile(
    machine,
    mapping.levels.map((l) => l.keep),
  );
  return rulesOf(numbers(m, layer, conventions, mapping), m, layer).flatMap((rule): MemoryDetail[] => {
    if (rule.kind !== 'capacity') return [];
    const level = nth(machine.levels, rule.level);
    const holding = defined(holdingOf(level, nth(level.pools, rule.pool), rule.taken));
    return [
      {
        level: level.name,
        unit: holding.unit,
        max: holding.max,
        tiles: rule.tiles.map(({ tensor, lines }) => ({ tensor, taken: takenBy(holding, tensor, lines()) })),
      },
    ];
  });
}

function stepsIn({ tiling }: Architecture, { mapping }: MappedLayer): OuterStep['steps'] {
  const { outer, inner } = nestsOf(defined(tiling), mapping);
  return stepsOfNests(outer, inner);
}

/** A step of a layer by its place among those that `layerDetails` tells; undefined where the machine has none. */
export function layerStep(
  design: Design,
  place: number,
  asked: { readonly number: number; readonly from: number; readonly count: number },
): OuterStep | undefined {
  const { mapped, machine, evaluation } = nth(placedIn(design), place);
  if (!machine.tiling || !evaluation.tiles) return undefined;
  const tiling = tilingFor(machine.tiling, runOf(mapped));
  const { engines } = evaluation.tiles;
  const { outer, inner } = nestsOf(tiling, mapped.mapping);
  return outerStep(outer, inner, (e) => engines[e].beats + tiling.latency[e], tiling.step, asked);
}
