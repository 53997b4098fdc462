// The strategy that searches a space with schedules: boxes bounded by the cheapest schedules, a machine on which nothing stays
// soon, and each machine that comes of a box placed by who knows where images may lie.

import { digest } from '../../../base/digest.js';
import { nth } from '../../../base/invariant.js';
import { keepsLimits, valueOf } from '../../../milp/master/master.js';
import { chipArea } from '../../../model/machine/template-parts.js';
import { templateAt } from '../../../model/space/design-space.js';
import type { Remote } from '../../../pool/tasks.js';
import type { Beside } from '../best-first.js';
import type { Strategy } from '../codesign.js';
import type { Checkpoint } from '../codesign-request.js';
import { totalsOfChosen } from '../../network/network-question.js';
import type { TotalsProblem, UniqueLayer } from '../codesign-problem.js';
import { lesser } from '../codesign-problem.js';
import type { FoundMachine } from '../found-machine.js';
import { incumbent } from '../incumbent.js';
import { plainlyBeyond } from '../plain-limits.js';
import type { Session } from '../session.js';
import type { ShapeTasks } from '../shape-task.js';
import { totals, totalsProblem } from '../totals.js';
import type { ScheduleOverSpace } from './keeping.js';
import { chosenBy, layersOfSchedules } from './scheduled-machine.js';

/** What is known of single machines. */
export interface ScheduledMachines {
  /**
   * Of a machine with the schedules that are best there by a problem, wherever their images lie: the same with their places, or the
   * best whose images have places; undefined where none was found. `deadline` on the clock of the search, ms.
   */
  readonly placed: (
    machine: FoundMachine,
    problem: TotalsProblem,
    deadline: number,
  ) => Promise<FoundMachine | undefined>;
  /** A machine with a mapping for each layer, with the schedules of these on which every tensor goes through DRAM. */
  readonly keepingNothing: (
    machine: FoundMachine,
    layers: readonly UniqueLayer[],
    problem: TotalsProblem,
  ) => FoundMachine;
}

/** Who advances shapes, with the machines that come of it placed. */
export const placing = (
  shapes: Remote<ShapeTasks>,
  placed: ScheduledMachines['placed'],
  deadline: number,
): Remote<ShapeTasks> => ({
  ...shapes,
  advance: async (input) => {
    const done = await shapes.advance(input);
    // What is proven of the shape stays as it is: no place for images makes a schedule cost less.
    return done.best ? { ...done, best: await placed(done.best, input.problem, deadline) } : done;
  },
});

/** `schedules`: each network; `layers`: those of the steps of all. The request limits the area and energy, latency and edp of networks. */
export const schedulesOver = (
  schedules: readonly ScheduleOverSpace[],
  layers: readonly UniqueLayer[],
  machines: ScheduledMachines,
): Strategy => ({
  mark: digest(JSON.stringify([schedules, layers])),
  search: async (given, resume) => {
    const session = { ...given, layers, schedules };
    const { hooks, deadline } = session;
    const shapes = placing(hooks.shapes, (...found) => machines.placed(...found), deadline);
    const known = resume?.best ? undefined : knownMachine(session);
    const early = known
      ? { best: () => known, next: () => undefined }
      : await withoutStaying(session, machines, resume);
    return totals({ ...session, hooks: { ...hooks, shapes } }, early, resume);
  },
  layersOf: layersOfSchedules,
});

/** The best machine of searches before that is within the limits. Where there are none, it may be of another objective alone. */
function knownMachine(session: Session): FoundMachine | undefined {
  const { request, hooks } = session;
  if (Object.keys(request.limits).length === 0) return undefined;
  const { space, technology, area: most, limits, objective, networks, isArea } = totalsProblem(session);
  return (hooks.learned?.machines ?? []).reduce<FoundMachine | undefined>((best, machine) => {
    const template = templateAt(space, machine.point);
    const area = template ? chipArea(template, technology) : Infinity;
    const totals = networks.map((_, k) => totalsOfChosen(chosenBy(machine, k)));
    if (area > most || !totals.every((own) => keepsLimits(own, limits))) return best;
    const sum = networks.reduce((n, weight, k) => n + weight * valueOf(objective, nth(totals, k)), 0);
    return lesser(best, { ...machine, value: isArea ? area : sum });
  }, undefined);
}

/** Guesses at machines without residency. */
async function withoutStaying(
  session: Session,
  machines: ScheduledMachines,
  resume: Checkpoint | undefined,
): Promise<Beside> {
  const { layers } = session;
  const { space } = session.request;
  const request = { ...session.request, space: { ...space, menus: { ...space.menus, residency: [0] } } };
  if (resume?.best || plainlyBeyond(request, layers)) return { best: () => undefined, next: () => undefined };
  const problem = totalsProblem(session);
  const guesses = await incumbent({ ...session, request });
  let last: { readonly guess: FoundMachine; readonly machine: FoundMachine } | undefined;
  return {
    best: () => {
      const guess = guesses.best();
      if (guess && guess !== last?.guess) last = { guess, machine: machines.keepingNothing(guess, layers, problem) };
      return last?.machine;
    },
    // Where no machine was found that keeps the limits with nothing staying, there may be none.
    next: () => (guesses.best() ? guesses.next() : undefined),
  };
}
