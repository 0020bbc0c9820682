import { type PolicyName, policyOf } from "./policies.js";
import { type Played, type Span, simulate } from "./simulate.js";
import { type Shape, type Trace, traceOf } from "./traces.js";

/** The studio of all traces. */
const collections = 1_763;

/** One policy against one trace. */
export interface Run {
  readonly policy: PolicyName;
  readonly shape: Shape;
  readonly seed: number;
  readonly days: number;
  readonly requestsPerMinute: number;
  readonly outages?: readonly Span[];
  readonly storms?: readonly Span[];
}

const traces = new Map<string, Trace>();

/** Traces are not changed by playing them, and several policies play the same. */
function rememberedTrace({ shape, seed, days }: Run): Trace {
  const name = `${shape} ${seed} ${days}`;
  const trace = traces.get(name) ?? traceOf(shape, { seed, days, collections });
  traces.set(name, trace);
  return trace;
}

export function play(run: Run): Played {
  const trace = rememberedTrace(run);
  return simulate(trace, policyOf(run.policy, trace), run);
}
