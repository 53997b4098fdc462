// Placeholder.
import type { DesignSpace } from '../../src/model/design-space.js';
import type { Technology } from '../../src/index.js';
import type { Effort, HeadlineRow } from './study.js';
export const headlinePage = (rows: readonly HeadlineRow[], _s: DesignSpace, _t: Technology, _e: Effort): string => JSON.stringify(rows);
