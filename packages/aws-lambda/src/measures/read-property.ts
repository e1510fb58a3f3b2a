/** A property of what others made; undefined where there is none, or where reading it throws. */
export function readProperty(of: unknown, name: string): unknown {
  try {
    return (of as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
