// Elasticities of a design as a task for a worker: plain data in and out. They keep a thread busy for
// seconds, in which it hears nothing.

import type { DesignElasticity } from './elasticities.js';
import { elasticities } from './elasticities.js';
import type { CodesignBest, CodesignRequest } from './codesign-request.js';

export interface ElasticitiesTaskInput {
  readonly request: CodesignRequest;
  readonly best: CodesignBest;
  readonly seconds: number;
}

export const elasticitiesTask = ({
  request,
  best,
  seconds,
}: ElasticitiesTaskInput): Promise<readonly DesignElasticity[]> =>
  elasticities(request, best, { now: () => performance.now() }, seconds);
