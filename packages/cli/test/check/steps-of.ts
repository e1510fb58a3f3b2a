import { check, type CheckOptions, type CheckResult } from "prefreeze";

/** A check of this address, with a short limit. */
export async function checkOf(
  url: string,
  options: Omit<CheckOptions, "pushgateway"> & {
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<CheckResult> {
  const { headers = {}, ...rest } = options;
  return await check({ pushgateway: { url, headers }, timeoutMs: 3_000, ...rest });
}

/** How each step ended: `connect: ok`. */
export function endsOf({ steps }: CheckResult): string[] {
  return steps.map(({ name, status }) => `${name}: ${status}`);
}

/** What the first failed step says, and how to mend it. */
export function failureOf({ steps, failed }: CheckResult): string {
  const { message, advice } = steps.find(({ status }) => status === "failed") ?? {};
  return `${failed}: ${message}. ${advice}`;
}

export function basic(username: string, password: string): Record<string, string> {
  const both = Buffer.from(`${username}:${password}`).toString("base64");
  return { authorization: `Basic ${both}` };
}
