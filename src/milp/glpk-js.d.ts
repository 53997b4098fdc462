// The little of glpk.js that is used: its own types are absent where this optional dependency is not installed.

declare module 'glpk.js/node' {
  interface Bounds {
    type: number;
    lb: number;
    ub: number;
  }
  interface Term {
    name: string;
    coef: number;
  }
  export interface Program {
    name: string;
    objective: { direction: number; name: string; vars: Term[] };
    subjectTo: { name: string; vars: Term[]; bnds: Bounds }[];
    bounds: (Bounds & { name: string })[];
    generals: string[];
  }
  export interface Glpk {
    readonly GLP_MIN: number;
    readonly GLP_FR: number;
    readonly GLP_LO: number;
    readonly GLP_UP: number;
    readonly GLP_DB: number;
    readonly GLP_FX: number;
    readonly GLP_MSG_OFF: number;
    readonly GLP_FEAS: number;
    readonly GLP_NOFEAS: number;
    readonly GLP_UNDEF: number;
    readonly GLP_OPT: number;
    /** Times in seconds. */
    solve(
      program: Program,
      options: { msglev: number; presol: boolean; mipgap: number; tmlim: number },
    ): { result: { status: number; z: number; vars: Record<string, number>; dual?: Record<string, number> } };
  }
  export default function start(): Promise<Glpk>;
}
