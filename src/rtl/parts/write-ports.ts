// The way of outputs from post-processing into the global buffer, where its port is narrower than a line.

import type { Hardware } from '../hardware.js';
import type { Connections } from './instances.js';
import { parametricInstance } from './instances.js';

const isNarrow = (h: Hardware): boolean => h.ports.write.beats > 1;

/** Wires of one bit, of a place and of a line in front of the port. */
export const storeWires = (h: Hardware): readonly (readonly [width: number, names: string])[] =>
  isNarrow(h)
    ? [
        [1, 'post_we store_left'],
        [h.address.global, 'post_addr'],
        [h.ports.write.line, 'post_data'],
      ]
    : [];

/** Where post-processing stores. */
export const storedBy = (h: Hardware): Connections =>
  isNarrow(h)
    ? { we: 'post_we', waddr: 'post_addr', wdata: 'post_data' }
    : { we: 'store_we', waddr: 'store_addr', wdata: 'store_data' };

/** What else keeps a drain busy. */
export const storing = (h: Hardware): string => (isNarrow(h) ? ' || store_left' : '');

export const writePort = (h: Hardware): readonly string[] =>
  isNarrow(h)
    ? [
        parametricInstance(
          'write_port',
          'u_write_port',
          { LINE: h.ports.write.line, WIDTH: h.ports.write.width, ADDR: h.address.global },
          {
            in_valid: 'post_we',
            in_addr: 'post_addr',
            in_data: 'post_data',
            busy: 'store_left',
            out_valid: 'store_we',
            out_addr: 'store_addr',
            out_data: 'store_data',
          },
        ),
      ]
    : [];
