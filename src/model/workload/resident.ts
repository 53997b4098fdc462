// Tensors of a layer that lie in the global buffer as whole images, from the step that makes them to the last that reads them.

/** What a layer finds there, or leaves there; all else comes from DRAM, or goes there. */
export interface Resident {
  readonly input?: true | undefined;
  readonly output?: true | undefined;
  readonly residual?: true | undefined;
  /** Banks that whole images take while the layer runs, its own and those that wait for later ones: no tile lies there. */
  readonly banks: number;
}

export type ResidentTensor = Exclude<keyof Resident, 'banks'>;
export const residentTensors = ['input', 'output', 'residual'] as const satisfies readonly ResidentTensor[];

/** For keys and for people: `resident input output, 3 banks`. */
export const residentText = (resident: Resident): string =>
  `resident ${residentTensors.filter((t) => resident[t]).join(' ') || 'nothing'}, ${resident.banks} banks`;
