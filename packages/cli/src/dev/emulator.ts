/** What `dev lambda` uses of the Lambda emulator, which the build puts beside this package's code. */
export interface Emulator {
  serveFunction(
    options: {
      readonly taskRoot: string;
      readonly handler: string;
      readonly functionName: string;
      readonly env: Record<string, string>;
      readonly maxEnvironments: number;
      readonly timeoutMs: number;
      readonly onOutput: (text: string) => void;
    },
    runtimeArguments: readonly string[],
  ): Promise<EmulatedFunction>;
  /** @returns a function that cancels this */
  endWithThisProcess(end: () => void): () => void;
  readonly standIn: string;
}

/** A function in the emulator. */
export interface EmulatedFunction {
  readonly endpoint: string;
  environments(): readonly { readonly pid: number }[];
  settled(): Promise<void>;
  shutdownEnvironment(pid: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** Its path is no literal, since there is no source of it here. */
const BUNDLE: string = "../../lambda-emulator.cjs";

export async function loadEmulator(): Promise<Emulator> {
  const loaded = (await import(BUNDLE)) as Emulator | { readonly default: Emulator };
  return "default" in loaded ? loaded.default : loaded;
}
