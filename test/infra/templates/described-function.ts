/** What a template says of its one function, with values in place of references. */
export interface DescribedFunction {
  readonly runtime: string;
  readonly handler: string;
  readonly architectures: readonly string[];
  readonly timeoutSeconds: number;
  readonly memorySizeMb: number;
  readonly variables: Readonly<Record<string, string>>;
  /** The zip of each layer. */
  readonly layers: readonly string[];
  /** The folder or the zip with its code. */
  readonly code: string;
}
