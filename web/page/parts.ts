// Heavy parts that a run fetches, with their sizes: news of its workers.

import type { PartNews } from '../work/part-news.js';
import { workersName } from './desk.js';

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

export function tellParts(): void {
  const known = new Map<string, PartNews>();
  const news = new BroadcastChannel(workersName);
  news.addEventListener('message', ({ data }: MessageEvent<PartNews>) => {
    known.set(data.part, data);
    const text = [...known.values()]
      .map(({ part, loaded, total }) =>
        loaded < total
          ? `fetching ${part}: ${megabytes(loaded)} of ${megabytes(total)} MB`
          : `${part} is there (${megabytes(total)} MB)`,
      )
      .join('; ');
    for (const place of document.querySelectorAll('.parts')) place.textContent = text;
  });
}
