import type { Tool } from "./tools.mjs";

export const DEBIAN_KEYS: string;
export function findOrFetch(tool?: Tool, suite?: string): Promise<string>;
export function fetchWithDependencies(names: readonly string[], folder: string): Promise<string>;
export function archivesOfThisMachine(): Promise<string[]>;
