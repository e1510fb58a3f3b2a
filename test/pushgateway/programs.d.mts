import type { Tool } from "./tools.mjs";

/** A real program on this machine. */
export interface Program {
  /** Such as `1.11.2`. */
  readonly version: string;
  /** Absolute. */
  readonly path: string;
}

export function preparePrograms(options: { readonly allRequired: boolean }): Promise<string>;
export function versionOf(path: string): Promise<string>;
export function foundPrograms(tool: Tool): Promise<Program[]>;
