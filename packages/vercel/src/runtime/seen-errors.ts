import { shared } from "@prefreeze/core/adapter";

/** More thrown texts and numbers than are on their way to the framework at once. */
const MAX_TEXTS = 100;

const seen = shared("seenErrors", {
  errors: new WeakSet(),
  /** Of thrown values that are no errors, once for each time. */
  texts: [] as string[],
});

/** On an error that another realm may see next: under `next start`, those of the edge runtime reach Node.js, too. */
const mark = Symbol.for("prefreeze/1/noted");

/** Notes what a handler threw: its invocation tells, so the framework's own report of it does not count. */
export function noteError(thrown: unknown): void {
  noteReport(thrown);
  const text = isError(thrown) ? undefined : textOf(thrown);
  if (text !== undefined && seen.texts.push(text) > MAX_TEXTS) seen.texts.shift();
}

/** Notes an error that was reported and counted: the framework may report the same object again. */
export function noteReport(reported: unknown): void {
  if (Object(reported) !== reported) return;
  seen.errors.add(reported as object);
  if ("EdgeRuntime" in globalThis)
    Reflect.defineProperty(reported as object, mark, { value: true });
}

/** Whether an invocation tells of this error, or of its cause. A value that is no error is told of once. */
export function isNoted(thrown: unknown): boolean {
  const isKnown = isMarked(thrown);
  // Next.js reports the error of a body as the cause of its own.
  if (isError(thrown) && (isKnown || isMarked(thrown.cause))) return true;
  // Of a value that is no error, it mostly reports an error that it makes of it.
  const text = isError(thrown) ? thrown.message : textOf(thrown);
  const index = seen.texts.findIndex((each) => each === text);
  if (index !== -1) seen.texts.splice(index, 1);
  return isKnown || index !== -1;
}

function isMarked(thrown: unknown): boolean {
  const object = Object(thrown) as object;
  return object === thrown && (seen.errors.has(object) || mark in object);
}

function isError(value: unknown): value is { readonly message: unknown; readonly cause?: unknown } {
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}

/** The message of the error that Next.js makes of a value: see `getProperError` there. */
function textOf(value: unknown): string | undefined {
  try {
    const prototype: unknown = Object(value) === value && Reflect.getPrototypeOf(value as object);
    const isPlain = prototype === null || prototype === Object.prototype;
    return isPlain ? JSON.stringify(value) : String(value);
  } catch {
    return undefined;
  }
}
