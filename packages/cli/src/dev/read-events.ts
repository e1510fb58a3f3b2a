import { readFileSync } from "node:fs";
import { readInput } from "../arguments/credentials.js";
import { WrongInput } from "../arguments/wrong-input.js";

/**
 * Reads the events of a file, or of stdin if the path is `-`.
 *
 * @param each whether the JSON is an array of events, and not one event
 * @throws WrongInput if it is no JSON, or no array
 */
export function readEvents(path: string | undefined, each: boolean): readonly unknown[] {
  if (path === undefined) return [{}];
  const text = path === "-" ? readFileSync(0, "utf8") : readInput("the event", path);
  const name = path === "-" ? "stdin" : path;
  let event: unknown;
  try {
    // Editors of Windows begin a file with this mark.
    event = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new WrongInput(
      `${name} is not JSON: ${(error as Error).message.replaceAll(/\s+/g, " ").slice(0, 200)}`,
    );
  }
  if (!each) return [event];
  if (!Array.isArray(event) || event.length === 0) {
    throw new WrongInput(`${name} is no array of events: leave --each out if it is one event`);
  }
  return event;
}
