// What a search for a machine asks of boxes of machines of one shape, whatever a machine is valued by.

import type { Box } from '../../enumerate/item.js';
import type { BoxNode, TotalsSearch } from './totals-search.js';

export interface BoxSearch extends Pick<
  TotalsSearch,
  | 'costs'
  | 'askedLayers'
  | 'reach'
  | 'rootLearned'
  | 'maxValue'
  | 'begin'
  | 'floor'
  | 'valueOf'
  | 'root'
  | 'child'
  | 'wanted'
  | 'agreed'
  | 'joined'
  | 'machine'
  | 'exact'
> {
  /** The parts of a box; fewer machines are of interest once a better one is known. */
  split: (node: BoxNode, target: number) => readonly Box[];
}
