// What an access is: two named sets of counting rules, as fields of one record.

/** The rules by which accesses of a mapping are counted: those of our hardware, or Timeloop's. */
export interface Conventions {
  readonly name: 'magnet' | 'timeloop';
  /**
   * A moved input window is fetched whole (`refetch`, plain SRAM) or only where it is new (`slide`, circular buffers).
   */
  readonly halo: 'refetch' | 'slide';
  /** Pixels of an input tile: the bounding box, or as our memories store them, without gaps that no MAC reads. */
  readonly pixels: 'box' | 'dense';
  /**
   * `updates`: Timeloop's rule, by which the read that drains a tile is free and every accumulation is stored.
   * `physical`: every access of our hardware, by the role of the level.
   */
  readonly outputs: 'updates' | 'physical';
  /** Energy is charged for whole blocks, rounded up over the run (Timeloop). */
  readonly wholeBlocks: boolean;
}

/** Accesses as our hardware makes them, so that RTL counters can be laid beside the model. */
export const magnetConventions: Conventions = {
  name: 'magnet',
  halo: 'refetch',
  pixels: 'dense',
  outputs: 'physical',
  wholeBlocks: false,
};

/** Accesses as Timeloop 4cf6d4cd counts them with link transfers off, without its extrapolation quirk. */
export const timeloopConventions: Conventions = {
  name: 'timeloop',
  halo: 'slide',
  pixels: 'box',
  outputs: 'updates',
  wholeBlocks: true,
};

export const conventionsByName: readonly Conventions[] = [magnetConventions, timeloopConventions];
