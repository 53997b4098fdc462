// Preloaded into a run of magnet: leaves what the process took (its workers are threads of it) in the file named by
// MAGNET_USAGE, as [processor seconds, peak megabytes].

import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(process.env.MAGNET_USAGE, JSON.stringify([(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024]));
  });
