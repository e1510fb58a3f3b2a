import type { Program } from "./programs.mjs";

export function foundGateways(): Promise<Program[]>;
