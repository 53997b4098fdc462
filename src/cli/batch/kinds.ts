// The kinds of jobs that a batch may hold.

import { codesignJobs } from './codesign.js';
import { compareJobs } from './compare.js';
import type { JobKind } from './kind.js';
import { mapJobs } from './map.js';
import { proveJobs } from './prove.js';

export const jobKinds: readonly JobKind[] = [mapJobs, proveJobs, codesignJobs, compareJobs];
