import { randomUUID } from "node:crypto";
import type { Invocation } from "../invocation/invocation.js";

/** Why the Extensions API refuses a request with status 403, in AWS's words. */
export interface Refusal {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** Hands out an INVOKE event. */
export type DeliverEvent = (invocation: Invocation, deadlineMs: number) => void;

/** The extensions that have registered with one runtime. */
export interface Extensions {
  readonly registered: number;
  /**
   * Every extension waits for its next event, or registered for none and has called `event/next`
   * once.
   */
  readonly waiting: boolean;
  /** @returns the identifier of the new extension, or why it is refused */
  register(name: string, events: readonly string[]): { identifier: string } | Refusal;
  /**
   * Serves `event/next`.
   *
   * @param deliver called with the extension's next INVOKE event
   * @returns why the call is refused; undefined if it is accepted
   */
  next(identifier: string, deliver: DeliverEvent): Refusal | undefined;
  /** @returns undefined if an extension with this identifier has registered, else the refusal */
  check(identifier: string): Refusal | undefined;
  /** Refuses registrations from now on: the runtime has asked for its first invocation. */
  closeRegistration(): void;
  /** Hands an INVOKE event to every extension that has registered for it. */
  invoke: DeliverEvent;
}

interface Extension {
  readonly name: string;
  readonly identifier: string;
  readonly wantsInvoke: boolean;
  ready: boolean;
  deliver?: DeliverEvent | undefined;
}

// AWS's documentation of limits does not mention this one; AWS's runtime interface emulator allows
// 10.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxExtensions = 10;

/**
 * Starts without extensions. All that register are internal: they run inside the runtime's process.
 *
 * @param allowedEvents `["INVOKE"]`, and `[]` on Managed Instances
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
