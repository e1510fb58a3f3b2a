import { onTestFinished } from "vitest";

/** During this test, nobody can assign a name to an error, as where other code has frozen `Error.prototype`. */
export function hardenErrors(): void {
  const { prototype } = Error;
  const name = Object.getOwnPropertyDescriptor(prototype, "name")!;
  Object.defineProperty(prototype, "name", { ...name, writable: false });
  onTestFinished(() => void Object.defineProperty(prototype, "name", name));
}
