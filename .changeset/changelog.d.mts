export function release(
  changelog: string,
  version: string,
  date: string,
  changesets: readonly string[],
): string;
export function textOf(changeset: string): string;
