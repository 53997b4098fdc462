// What writing the programs of a network takes, to people: beside its runs, and in none of their figures.

import { energyText, grouped, percent } from './quantities.js';

/** Beside runs of so many cycles; `model` where the cycles were measured. */
export function configurationText(
  {
    writes,
    cycles,
    model,
    energy,
  }: { readonly writes: number; readonly cycles: number; readonly model?: number; readonly energy: number },
  runs: number,
): string {
  const said = model === undefined ? '' : ` (model ${grouped(model)})`;
  return (
    `configuration: ${grouped(writes)} register writes, for which the machine waits ${grouped(cycles)} cycles${said} beside ` +
    `those of the runs, ${percent(cycles / runs)} of them; ${energyText(energy)}`
  );
}

/** Of one run of a network of so many cycles, which may have been left out. */
export const configurationFigure = (
  configuration:
    { readonly writes: number; readonly cycles: number; readonly energy: number } | { readonly leftOut: string },
  cycles: number,
): string =>
  'leftOut' in configuration
    ? `in no figure: ${configuration.leftOut}`
    : `${grouped(configuration.writes)} register writes, for which the machine waits ${grouped(configuration.cycles)} ` +
      `cycles (${percent(configuration.cycles / cycles)}); ${energyText(configuration.energy)}: modelled, and in no other figure`;
