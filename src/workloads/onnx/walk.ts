// What a walk through a graph and the graphs inside it carries along, and what it leaves behind.

import type { Diagnostic } from '../../base/diagnostics.js';
import type { Binding } from './bind.js';
import type { Attribute, Body, GraphFunction, GraphNode } from './graph.js';
import type { Operation } from './operation.js';
import type { Scope } from './scope.js';
import type { Value } from './value.js';

export interface Step {
  readonly op: Operation;
  readonly outputs: readonly Value[];
  /** The node as the file has it, the graph in which it stands, and whether that is one inside another. */
  readonly origin: GraphNode;
  readonly body: Body;
  readonly nested: boolean;
  /** The node of the file's own graph that it is, or that it is inside of. */
  readonly top: GraphNode;
  /** How often it runs in one run of the network: the trips of the loops around it. */
  readonly times: number;
  readonly steady: boolean;
  /** Set for operators that hold graphs: what was made of them. */
  readonly control?: Control;
}

/** What all of one import share. */
export interface Walk {
  /** The steps of a body whose inputs `scope` holds; afterwards it holds all of its values. */
  readonly body: (walk: Walk, body: Body, scope: Scope, place: Place) => Walked;
  readonly binding: Binding;
  readonly opset: number;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly faults: Diagnostic[];
  /** How many nodes may still be looked at, and what ended it: also where faults are not kept. */
  readonly visits: { left: number; fault: Diagnostic | undefined };
}

/** Where in the file a body stands. */
export interface Place {
  readonly times: number;
  /** In front of the names of nodes: those of the calls and loops around them. */
  readonly prefix: string;
  readonly depth: number;
  /** The node of the file's own graph around it; absent in that graph. */
  readonly top?: GraphNode;
  /** Whether sizes are those of every trip of the loops around it. */
  readonly steady: boolean;
  /** Inside a function: what its attributes are in this call. */
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Walked {
  readonly steps: readonly Step[];
  readonly outputs: readonly Value[];
}

/** What was made of an operator that holds graphs. */
export interface Control {
  readonly remark: string;
  /** Whether it is not known how often what is inside runs. */
  readonly open: boolean;
  /** Set where a size that the user can give would tell. */
  readonly blame?: string | undefined;
}

export interface Entered {
  readonly steps: readonly Step[];
  readonly outputs: readonly (Value | undefined)[];
  readonly control: Control | undefined;
}
