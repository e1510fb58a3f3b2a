import { Refused } from "./refused.js";
import type { Settings } from "./settings.js";

/** What is read of a function, or of one of its versions. */
export interface FunctionConfiguration {
  readonly name: string;
  /** Without a qualifier. */
  readonly arn: string;
  readonly region: string;
  readonly version: string;
  /** Undefined for a container image. */
  readonly runtime: string | undefined;
  readonly handler: string | undefined;
  readonly packageType: string;
  readonly settings: Settings;
  /** Why the variables cannot be read. Their map is empty then. */
  readonly variablesError: string | undefined;
  readonly hasSnapStart: boolean;
  readonly isManagedInstances: boolean;
  /** A copy at an edge location. */
  readonly isReplica: boolean;
  readonly state: string | undefined;
  /** Undefined if it is not told, as in lists. */
  readonly updateStatus: string | undefined;
  readonly updateReason: string | undefined;
  readonly revisionId: string | undefined;
  /** What else tells two versions apart, by the name of each property. */
  readonly others: ReadonlyMap<string, string>;
}

/**
 * Looks whether the layer can instrument a function.
 *
 * @returns why not, and what to do; undefined if it can
 */
export function whyNot(configuration: FunctionConfiguration): string | undefined {
  const { runtime = "", packageType, handler } = configuration;
  if (packageType === "Image") {
    return "it is a container image, to which no layer can be attached: use @prefreeze/aws-lambda in its code";
  }
  if (configuration.isReplica) {
    return "it is a replica of a Lambda@Edge function, which has neither layers nor variables: use @prefreeze/aws-lambda in the code of the main function";
  }
  const [, major] = /^nodejs(\d+)\.x$/.exec(runtime) ?? [];
  if (major === undefined) return `its runtime is ${runtime}: the layer is for Node.js alone`;
  if (Number(major) < 20) return `its runtime is ${runtime}: choose nodejs22.x or newer`;
  if (configuration.hasSnapStart) {
    return "it uses SnapStart: environments of one snapshot would share one id, and overwrite each other's numbers";
  }
  if (handler?.startsWith("/opt/prefreeze/")) {
    return "its handler is the layer's already: it was instrumented by hand";
  }
  return undefined;
}

/** @throws Refused if the variables cannot be read: a change replaces all of them, and would delete them */
export function demandReadable({ variablesError }: FunctionConfiguration): void {
  if (variablesError === undefined) return;
  throw new Refused(
    `its variables cannot be read, and a change would delete them (${variablesError}): allow kms:Decrypt with its key`,
  );
}
