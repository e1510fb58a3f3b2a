import type { Kind } from "./world.js";

/** Kinds of environments, from what is most common to what is least. */
export const KINDS = {
  "answers first": {
    journal: true,
    freezes: true,
    before: false,
    apart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
  },
  "pushes first": {
    journal: true,
    freezes: true,
    before: true,
    apart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
  },
  "no journal": {
    journal: false,
    freezes: true,
    before: false,
    apart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
  },
  "many at once": {
    journal: true,
    freezes: false,
    before: false,
    apart: true,
    gateways: 1,
    minFlushIntervalMs: "auto",
  },
  "two gateways": {
    journal: true,
    freezes: true,
    before: false,
    apart: false,
    gateways: 2,
    minFlushIntervalMs: 0,
  },
} as const satisfies Readonly<Record<string, Kind>>;
