import type { Tool } from "./tools.mjs";

export const cacheFolder: string;
export function find(tool?: Tool, suite?: string): string | undefined;
export function packageFolder(name: string, suite?: string): string;
export function onPath(names: readonly string[]): string | undefined;
