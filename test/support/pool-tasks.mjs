// Tasks for worker threads that behave in every way a task can.

export const double = async ({ x, slow = 0 }, progress) => {
  progress('half way', x);
  if (slow > 0) await new Promise((resume) => setTimeout(resume, slow));
  return { x: 2 * x };
};
export const refuse = () => {
  throw new Error('no');
};
export const crash = () => process.exit(3);
export const hang = () => {
  for (;;);
};
/** More and more on the heap, until there is no room. */
export const swell = () => {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 1e4 }, (_, i) => ({ i })));
};

/** As `src/pool/tasks.ts` has it; how long each may be silent stands in its input. */
const patience = ({ patience: seconds = 20 }) => seconds;
export const poolTasks = {
  url: import.meta.url,
  name: 'poolTasks',
  tasks: Object.fromEntries(
    Object.entries({ double, refuse, crash, hang, swell }).map(([name, task]) => [
      name,
      { load: () => Promise.resolve(task), patience },
    ]),
  ),
};
