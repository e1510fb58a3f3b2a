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
    deaf: false,
  },
  "pushes first": {
    journal: true,
    freezes: true,
    before: true,
    apart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
    deaf: false,
  },
  "no journal": {
    journal: false,
    freezes: true,
    before: false,
    apart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
    deaf: false,
  },
  "many at once": {
    journal: true,
    freezes: false,
    before: false,
    apart: true,
    gateways: 1,
    minFlushIntervalMs: "auto",
    deaf: true,
  },
  "two gateways": {
    journal: true,
    freezes: true,
    before: false,
    apart: false,
    gateways: 2,
    minFlushIntervalMs: 0,
    deaf: false,
  },
} as const satisfies Readonly<Record<string, Kind>>;
