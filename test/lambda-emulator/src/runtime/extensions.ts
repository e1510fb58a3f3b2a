import { randomUUID } from "node:crypto";
import type { Invocation } from "../invocation/invocation.js";

/** Why the Extensions API refuses a request, in AWS's words; status 403. */
export interface Refusal {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** Hands out an INVOKE event. */
export type DeliverEvent = (invocation: Invocation, deadlineMs: number) => void;

/** The extensions that have registered in one life of an environment. */
export interface Extensions {
  readonly registered: number;
  /** All of them wait for their next event, or want none and have said that they are ready. */
  readonly waiting: boolean;
  /** The identifier of the new extension, or why there is none. */
  register(name: string, events: readonly string[]): { identifier: string } | Refusal;
  /** What `event/next` asks for; undefined where it is fine. */
  next(identifier: string, deliver: DeliverEvent): Refusal | undefined;
  /** Undefined where such an extension has registered. */
  check(identifier: string): Refusal | undefined;
  /** From now on nothing registers: the runtime has asked for its first invocation. */
  closeRegistration(): void;
  /** Hands an INVOKE event to all that have registered for it. */
  invoke: DeliverEvent;
}

interface Extension {
  readonly name: string;
  readonly identifier: string;
  readonly wantsInvoke: boolean;
  ready: boolean;
  deliver?: DeliverEvent | undefined;
}

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html has no word of it; AWS's
// runtime interface emulator counts to 10.
const maxExtensions = 10;

/**
 * No extension yet. All are internal: they run inside the runtime's process.
 *
 * `allowedEvents`: `INVOKE`, and nothing on Managed Instances.
 */
export function createExtensions(allowedEvents: readonly string[]): Extensions {
  const extensions: Extension[] = [];
  let closed = false;

  return {
    get registered() {
      return extensions.length;
    },
    get waiting() {
      return extensions.every(({ wantsInvoke, ready, deliver }) =>
        wantsInvoke ? deliver !== undefined : ready,
      );
    },
    register(name, events) {
      const refused = events.find((event) => !allowedEvents.includes(event));
      if (refused !== undefined) {
        return refuse("InvalidEventType", `${refused}: not for an internal extension here`);
      }
      if (closed) return refuse("RegistrationClosed", "Extension registration closed already");
      if (extensions.some((extension) => extension.name === name)) {
        return refuse("InvalidExtensionState", "Extension with this name already registered");
      }
      if (extensions.length >= maxExtensions) {
        return refuse("TooManyExtensions", `Extension limit (${maxExtensions}) reached`);
      }
      const identifier = randomUUID();
      extensions.push({ name, identifier, wantsInvoke: events.includes("INVOKE"), ready: false });
      return { identifier };
    },
    check,
    next(identifier, deliver) {
      const unknown = check(identifier);
      if (unknown !== undefined) return unknown;
      const extension = extensions.find((candidate) => candidate.identifier === identifier);
      if (extension?.deliver !== undefined) {
        return refuse("InvalidExtensionState", "The extension waits for its next event already");
      }
      if (extension !== undefined) Object.assign(extension, { ready: true, deliver });
      return undefined;
    },
    closeRegistration() {
      closed = true;
    },
    invoke(invocation, deadlineMs) {
      for (const extension of extensions.filter(({ wantsInvoke }) => wantsInvoke)) {
        const { deliver } = extension;
        extension.deliver = undefined;
        deliver?.(invocation, deadlineMs);
      }
    },
  };

  function check(identifier: string): Refusal | undefined {
    if (identifier === "") {
      return refuse("MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
    }
    if (extensions.some((extension) => extension.identifier === identifier)) return undefined;
    return refuse("UnknownExtensionIdentifier", `Unknown extension ${identifier}`);
  }
}

function refuse(type: string, errorMessage: string): Refusal {
  return { errorType: `Extension.${type}`, errorMessage };
}
