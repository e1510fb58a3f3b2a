import type { Tool } from "./tools.mjs";

export function findOrFetch(tool?: Tool): Promise<string>;
