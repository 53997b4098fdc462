// The kinds of jobs that a batch may hold.

import { codesignJobs } from './batch-codesign.js';
import type { JobKind } from './batch-kind.js';
import { mapJobs } from './batch-map.js';
import { proveJobs } from './batch-prove.js';

export const jobKinds: readonly JobKind[] = [mapJobs, proveJobs, codesignJobs];
