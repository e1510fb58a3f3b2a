import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The parts of a `wrangler.jsonc` that the harness uses. Paths are absolute. */
export interface WranglerConfig {
  readonly name?: string;
  readonly main?: string;
  readonly compatibilityDate?: string;
  readonly compatibilityFlags: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
  /** Classes of Durable Objects, by the binding of each. */
  readonly objects: Readonly<Record<string, string>>;
  /** Classes that a migration names, and no binding. */
  readonly unboundObjects: readonly string[];
  /** Names of queues, by the binding of their producer. */
  readonly producers: Readonly<Record<string, string>>;
  readonly consumers: readonly QueueConsumer[];
}

export interface QueueConsumer {
  readonly queue: string;
  readonly maxBatchSize: number | undefined;
  readonly maxBatchTimeout: number | undefined;
}

/** The keys of the file that are read. */
interface WranglerFile {
  readonly name?: string;
  readonly main?: string;
  readonly compatibility_date?: string;
  readonly compatibility_flags?: readonly string[];
  readonly vars?: Readonly<Record<string, string>>;
  readonly durable_objects?: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
  readonly migrations?: readonly { readonly new_sqlite_classes?: readonly string[] }[];
  readonly queues?: {
    readonly producers?: readonly { readonly binding: string; readonly queue: string }[];
    readonly consumers?: readonly {
      readonly queue: string;
      readonly max_batch_size?: number;
      readonly max_batch_timeout?: number;
    }[];
  };
}

/** Reads a `wrangler.jsonc`. Keys that the harness does not use are left out. */
export async function readWranglerConfig(path: string): Promise<WranglerConfig> {
  const text = await readFile(path, "utf8");
  let file: WranglerFile;
  try {
    file = JSON.parse(withoutTrailingCommas(withoutComments(text))) as WranglerFile;
  } catch (error) {
    throw new Error(`${path} is not valid JSON with comments. Correct it.`, { cause: error });
  }
  const { name, main, compatibility_date: compatibilityDate, queues } = file;
  const bound = file.durable_objects?.bindings ?? [];
  const classes = (file.migrations ?? []).flatMap((each) => each.new_sqlite_classes ?? []);
  return {
    ...(name !== undefined && { name }),
    ...(main !== undefined && { main: resolve(dirname(path), main) }),
    ...(compatibilityDate !== undefined && { compatibilityDate }),
    compatibilityFlags: file.compatibility_flags ?? [],
    vars: file.vars ?? {},
    objects: Object.fromEntries(bound.map((each) => [each.name, each.class_name])),
    unboundObjects: classes.filter((each) => !bound.some(({ class_name }) => class_name === each)),
    producers: Object.fromEntries(
      (queues?.producers ?? []).map(({ binding, queue }) => [binding, queue]),
    ),
    consumers: (queues?.consumers ?? []).map((each) => ({
      queue: each.queue,
      maxBatchSize: each.max_batch_size,
      maxBatchTimeout: each.max_batch_timeout,
    })),
  };
}

// Strings are matched first and kept: the "//" of an address in a string is not a comment.
const stringOrComment = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g;
const stringOrTrailingComma = /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g;

function withoutComments(text: string): string {
  return text.replace(stringOrComment, (_match, string?: string) => string ?? "");
}

function withoutTrailingCommas(text: string): string {
  return text.replace(stringOrTrailingComma, (_match, string?: string) => string ?? "");
}
