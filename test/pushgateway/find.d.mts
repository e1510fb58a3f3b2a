import type { Tool } from "./tools.mjs";

export const cacheFolder: string;
export function find(tool?: Tool): string | undefined;
export function onPath(names: readonly string[]): string | undefined;
