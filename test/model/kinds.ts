import type { Kind } from "./world.js";

/** Kinds of environments, from the most to the least common. */
export const KINDS = {
  "answers first": {
    journal: true,
    freezes: true,
    waitsForPush: false,
    keepsApart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
    deaf: false,
  },
  "pushes first": {
    journal: true,
    freezes: true,
    waitsForPush: true,
    keepsApart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
    deaf: false,
  },
  "no journal": {
    journal: false,
    freezes: true,
    waitsForPush: false,
    keepsApart: false,
    gateways: 1,
    minFlushIntervalMs: 0,
    deaf: false,
  },
  "concurrent invocations": {
    journal: true,
    freezes: false,
    waitsForPush: false,
    keepsApart: true,
    gateways: 1,
    minFlushIntervalMs: "auto",
    deaf: true,
  },
  "two gateways": {
    journal: true,
    freezes: true,
    waitsForPush: false,
    keepsApart: false,
    gateways: 2,
    minFlushIntervalMs: 0,
    deaf: false,
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** The same, with aggregators in place of Pushgateways. */
export const AGGREGATED: Readonly<Record<keyof typeof KINDS, Kind>> = {
  "answers first": { ...KINDS["answers first"], aggregated: "scraped" },
  "pushes first": { ...KINDS["pushes first"], aggregated: "pushed" },
  "no journal": { ...KINDS["no journal"], aggregated: "scraped" },
  "concurrent invocations": { ...KINDS["concurrent invocations"], aggregated: "pushed" },
  "two gateways": { ...KINDS["two gateways"], aggregated: "scraped" },
};
