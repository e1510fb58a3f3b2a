import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A Node binary that runs functions, and how AWS starts its version. */
export interface NodeBinary {
  readonly path: string;
  readonly majorVersion: number;
  /** Features that AWS switches off, each with the option that switches it on again. */
  readonly disabledFeatures: readonly { disable: string; enable: string }[];
}

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
const awsDisables = [
  { feature: "experimental-require-module", majorVersions: [20, 22] },
  { feature: "experimental-detect-module", majorVersions: [22] },
];

/** Asks the binary at `path` for its version and for the options that it knows. */
export async function inspectNode(path: string): Promise<NodeBinary> {
  const question =
    "JSON.stringify([process.versions.node, ...process.allowedNodeEnvironmentFlags])";
  const { stdout } = await promisify(execFile)(path, ["-p", question], { env: {} });
  const [version = "", ...knownOptions] = JSON.parse(stdout) as string[];
  const majorVersion = Number.parseInt(version, 10);
  const disabledFeatures = awsDisables
    .filter(({ majorVersions }) => majorVersions.includes(majorVersion))
    .map(({ feature }) => ({ disable: `--no-${feature}`, enable: `--${feature}` }))
    .filter(({ disable }) => knownOptions.includes(disable));
  return { path, majorVersion, disabledFeatures };
}
