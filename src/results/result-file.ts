// Any result file: which kind it is, by its schema, and what it holds.

import type { Parsed } from '../base/diagnostics.js';
import { parsed, refuse } from '../base/diagnostics.js';
import { nearest } from '../base/text.js';
import type { Design } from '../model/space/design.js';
import type { NetworkGraph } from '../model/workload/network-graph.js';
import type { AccuracyResult } from './accuracy-result.js';
import { accuracySchema, parseAccuracyResult } from './accuracy-result.js';
import type { CodesignFrontFile, CodesignResultFile } from './codesign-result.js';
import { codesignFrontSchema, codesignResultSchema } from './codesign-result.js';
import { parseCodesignFront, parseCodesignResult } from './codesign-result.js';
import { compareResultSchema } from './compare-result.js';
import type { CompareResult } from './compare-result.js';
import { parseCompareResult } from './compare-result.js';
import { parseDesignData } from './design-file.js';
import { designSchema } from './design-schema.js';
import type { MapResult } from './map-result.js';
import { mapResultSchema, parseMapResult } from './map-result.js';
import { networkGraphSchema, parseGraph } from './network-graph-result.js';
import type { ProveResultFile } from './prove-result.js';
import { proveResultSchema } from './prove-result.js';
import type { PrecisionFront } from './precision-front-result.js';
import { parsePrecisionFront, precisionFrontSchema } from './precision-front-result.js';
import type { QuantizeResult } from './quantize-result.js';
import { parseQuantizeResult, quantizeSchema } from './quantize-result.js';
import type { ScheduleResult } from './schedule-result.js';
import { parseScheduleResult, scheduleSchema } from './schedule-result.js';
import { fromFirst } from './older-files.js';
import { parseProveResult } from './prove-result.js';

export type ResultFile =
  | { readonly kind: 'map'; readonly result: MapResult }
  | { readonly kind: 'design'; readonly result: Design }
  | { readonly kind: 'codesign'; readonly result: CodesignResultFile }
  | { readonly kind: 'front'; readonly result: CodesignFrontFile }
  | { readonly kind: 'precisions'; readonly result: PrecisionFront }
  | { readonly kind: 'prove'; readonly result: ProveResultFile }
  | { readonly kind: 'compare'; readonly result: CompareResult }
  | { readonly kind: 'accuracy'; readonly result: AccuracyResult }
  | { readonly kind: 'quantize'; readonly result: QuantizeResult }
  | { readonly kind: 'schedule'; readonly result: ScheduleResult }
  | { readonly kind: 'graph'; readonly result: NetworkGraph };

const as = <K extends ResultFile['kind'], T>(
  kind: K,
  result: Parsed<T>,
): Parsed<{ readonly kind: K; readonly result: T }> => (result.ok ? parsed({ kind, result: result.value }) : result);

/** In the order in which they are named to people. */
const readers: Readonly<
  Record<string, { readonly from: string; readonly read: (data: unknown) => Parsed<ResultFile> }>
> = {
  [mapResultSchema]: { from: 'map --json', read: (data) => as('map', parseMapResult(data)) },
  [designSchema]: { from: 'map --design or codesign --design', read: (data) => as('design', parseDesignData(data)) },
  [codesignResultSchema]: { from: 'codesign --json', read: (data) => as('codesign', parseCodesignResult(data)) },
  [codesignFrontSchema]: { from: 'codesign --pareto --json', read: (data) => as('front', parseCodesignFront(data)) },
  [precisionFrontSchema]: {
    from: 'codesign --pareto accuracy-loss,energy --json',
    read: (data) => as('precisions', parsePrecisionFront(data)),
  },
  [proveResultSchema]: { from: 'prove --json', read: (data) => as('prove', parseProveResult(data)) },
  [compareResultSchema]: { from: 'compare --json', read: (data) => as('compare', parseCompareResult(data)) },
  [accuracySchema]: { from: 'accuracy --json', read: (data) => as('accuracy', parseAccuracyResult(data)) },
  [quantizeSchema]: { from: 'quantize --json', read: (data) => as('quantize', parseQuantizeResult(data)) },
  [scheduleSchema]: { from: 'schedule --json', read: (data) => as('schedule', parseScheduleResult(data)) },
  [networkGraphSchema]: { from: 'networks NAME --json', read: (data) => as('graph', parseGraph(data)) },
};

/** `networks NAME --json` has the graph beside the list of layers. */
const withoutList = (data: unknown): unknown =>
  typeof data === 'object' && data !== null && !('schema' in data) && 'graph' in data ? data.graph : data;

export function parseResultFile(given: unknown): Parsed<ResultFile> {
  const data = fromFirst(withoutList(given));
  const schema = typeof data === 'object' && data !== null && 'schema' in data ? data.schema : undefined;
  const reader = typeof schema === 'string' && Object.hasOwn(readers, schema) ? readers[schema] : undefined;
  if (reader) return reader.read(data);
  const known = Object.entries(readers)
    .map(([name, { from }]) => `"${name}" (${from})`)
    .join(', ');
  if (typeof schema !== 'string')
    return refuse(
      'malformed',
      schema === undefined ? [] : ['schema'],
      `expected a result with a schema, one of ${known}`,
    );
  const near = nearest(schema, Object.keys(readers));
  const hint = near === undefined ? '' : ` (the nearest is "${near}")`;
  return refuse(
    'other-version',
    ['schema'],
    `"${schema}" is not a result that this magnet reads${hint}; expected one of ${known}`,
  );
}
