import { readSettings } from "@prefreeze/core/adapter";

/** Whether `PREFREEZE_TRANSPORT` asks for `node:http`. */
export function isNodeHttpAsked(): boolean {
  const { transport } = readSettings({}, process.env, "PREFREEZE_", { transport: onlyHttp });
  return transport !== undefined;
}

/** @throws Error if it is another one */
function onlyHttp(value: string): string {
  if (value === "http") return value;
  throw new Error("is not http");
}
