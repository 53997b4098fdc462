// A clock that all threads agree on: what one of them sets as a deadline, another keeps.

/** Milliseconds, monotone. */
export const clock = (): number => performance.timeOrigin + performance.now();
