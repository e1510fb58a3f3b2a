import type { Life } from "./life.js";

/**
 * What follows a snapshot in a push: the newest sequence number that is acknowledged. An aggregator that does
 * not know that push, because it lost its state or another one has it, refuses this one with status 410. To a
 * gateway, the line is a comment.
 */
export function acknowledgedLine({ acknowledged }: Life): string {
  return acknowledged?.sequence ? `# ACKNOWLEDGED ${acknowledged.sequence}\n` : "";
}
