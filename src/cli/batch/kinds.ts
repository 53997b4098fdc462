// The kinds of jobs that a batch may hold.

import { codesignJobs } from './codesign-jobs.js';
import { compareJobs } from './compare-jobs.js';
import { mapJobs } from './map-jobs.js';
import { proveJobs } from './prove-jobs.js';
import type { JobKind } from './kind.js';

export const jobKinds: readonly JobKind[] = [mapJobs, proveJobs, codesignJobs, compareJobs];
