/** What a step of a check looks at, in the order in which they run. */
export type StepName =
  | "resolve"
  | "connect"
  | "tls"
  | "answer"
  | "authentication"
  | "push"
  | "path"
  | "gzip"
  | "output"
  | "gateway"
  | "prometheus"
  | "cleanup";

/** One step of a check, and how it ended. */
export interface CheckStep {
  /** What it looks at. */
  readonly name: StepName;
  /** `warning`: it works, but something should be changed. */
  readonly status: "ok" | "warning" | "failed";
  /** Milliseconds. */
  readonly durationMs: number;
  /** What was seen, or what is wrong. */
  readonly message: string;
  /** How to mend it. */
  readonly advice?: string;
}

/** How a step ended, without its time. */
export type Finding = Pick<CheckStep, "status" | "message" | "advice">;

export function fine(message: string): Finding {
  return { status: "ok", message };
}

export function warning(message: string, advice: string): Finding {
  return { status: "warning", message, advice };
}

/** Ends a step, and with it the check. */
export class StepFailed extends Error {
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/** Runs steps one after another, and keeps how they ended. */
export interface Steps {
  readonly done: readonly CheckStep[];
  /**
   * @returns what the step found; undefined if it failed
   */
  run(name: StepName, step: () => Promise<Finding>): Promise<Finding | undefined>;
}

/** @param onStep is told each step when it has ended */
export function createSteps(onStep: (step: CheckStep) => void): Steps {
  const done: CheckStep[] = [];
  return {
    done,
    async run(name, step) {
      const beganMs = performance.now();
      const finding = await step().catch(failure);
      const durationMs = Math.round((performance.now() - beganMs) * 10) / 10;
      const ended = { name, durationMs, ...finding };
      done.push(ended);
      onStep(ended);
      return finding.status === "failed" ? undefined : finding;
    },
  };
}

function failure(error: unknown): Finding {
  if (error instanceof StepFailed) {
    return { status: "failed", message: error.message, advice: error.advice };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: "failed", message, advice: "Run the check again." };
}
