export function bold(text: string): string;
export function dim(text: string): string;
export function red(text: string): string;
export function green(text: string): string;
export function say(line?: string): void;
export function step<T>(
  doing: string,
  work: () => Promise<T>,
  done?: (result: T) => string,
): Promise<T>;
