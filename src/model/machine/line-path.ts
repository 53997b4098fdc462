// Paths that lines take a beat at a time: channels to DRAM, ports of the global buffer.

/** What a parameter says that sets no limit: a width beyond any line, a bandwidth beyond any memory (GB/s). */
export const unlimited = { channel: 2 ** 30, bandwidth: 2 ** 20 } as const;

export interface LinePath {
  /** Bits of what is asked for, or stored, at one address. */
  readonly line: number;
  /** Bits that cross in a cycle: a beat. */
  readonly width: number;
  /** Of a line: ceil(line / width). */
  readonly beats: number;
}

/** Of so many bits a cycle, or of a line where that is less. */
export const pathOf = (line: number, own: number): LinePath => {
  const width = Math.min(line, own);
  return { line, width, beats: Math.ceil(line / width) };
};

/** Bits of a line that come, or go, before its last beat. */
export const heldBits = ({ width, beats }: LinePath): number => (beats - 1) * width;
