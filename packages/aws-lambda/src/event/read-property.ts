/** Reads a property of a foreign value. @returns undefined if there is none, or if reading it throws */
export function readProperty(of: unknown, name: string): unknown {
  try {
    return (of as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
