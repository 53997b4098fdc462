// Others have their turn in this thread: signals are heard then.

export const turn = (): Promise<void> =>
  new Promise((resume) => {
    // A browser has timers only.
    if (typeof setImmediate === 'function') setImmediate(resume);
    else setTimeout(resume);
  });
