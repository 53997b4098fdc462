// What a form can offer: networks, machines with their parameters, spaces and objectives, as the library has them.

import {
  builtInTechnologies,
  builtinNetworks,
  codesignObjectives,
  countMachines,
  forNetworks,
  frontMetrics,
  machineContestants,
  meanings,
  networkMacs,
  networkObjectives,
  presets,
  printValue,
  scheduleObjectives,
  solverNames,
  spaces,
  templateParameters,
  version,
} from 'magnet-accelerator';
import { areaIn, machineName } from './ask/machine-of.js';
import type { Subject, VerbName } from './question.js';

export interface Lists {
  readonly version: string;
  readonly networks: readonly { readonly name: string; readonly layers: number; readonly macs: number }[];
  readonly machines: readonly {
    readonly name: string;
    readonly source: string;
    /** mm2. */
    readonly area: number | undefined;
    /** Of the template, as a file spells them; empty of others. */
    readonly parameters: readonly { readonly name: string; readonly value: string; readonly meaning: string }[];
  }[];
  readonly spaces: readonly { readonly name: string; readonly machines: number; readonly source: string }[];
  readonly technologies: readonly string[];
  /** None where nothing is minimised. */
  readonly objectives: Readonly<Record<VerbName, readonly string[]>>;
  /** What a front may be between. */
  readonly fronts: readonly string[];
  readonly strategies: Readonly<Record<Subject, readonly string[]>>;
}

export function lists(): Lists {
  return {
    version,
    networks: builtinNetworks.map((n) => ({ name: n.name, layers: n.layers.length, macs: networkMacs(n) })),
    machines: presets.map((m) => ({
      name: machineName(m),
      source: m.kind === 'template' ? m.template.source : m.architecture.source,
      area: areaIn(m),
      parameters:
        m.kind === 'template'
          ? templateParameters.map((name) => ({
              name,
              value: printValue(name, m.template[name]),
              meaning: meanings[name],
            }))
          : [],
    })),
    spaces: spaces.map((s) => ({
      name: s.name,
      machines: countMachines(forNetworks(s, [...builtinNetworks])),
      source: s.source,
    })),
    technologies: builtInTechnologies.map((t) => t.name),
    objectives: {
      map: networkObjectives,
      schedule: scheduleObjectives,
      codesign: codesignObjectives,
      prove: [],
      compare: networkObjectives.filter((o) => o !== 'edp'),
      quantize: [],
      accuracy: [],
    },
    fronts: frontMetrics,
    strategies: { machine: solverNames, space: machineContestants },
  };
}
