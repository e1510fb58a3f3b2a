export function addCompileHints(): void;
export function withCompileHints(code: string, starts: ReadonlySet<number>): string;
