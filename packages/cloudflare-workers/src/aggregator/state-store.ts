import type { ObjectStorage } from "./runtime-types.js";

/** Rises when older versions could not read the state. */
const FORMAT = 1;
/** A row has room for 2 MB. */
const MAX_ROW_BYTES = 1_000_000;

/** Pieces of state by their keys; undefined deletes one. */
export type Pieces = ReadonlyMap<string, Uint8Array | undefined>;

/** The state of the aggregator in the object's database. */
export interface StateStore {
  /** Whether there is a state: there is none at first, nor after `deleteAll()`. */
  isThere(): boolean;
  /**
   * Reads the state, or begins one.
   *
   * @throws Error if a newer version has written it
   */
  open(): Iterable<readonly [key: string, piece: Uint8Array]>;
  /** Writes all pieces or, if it throws, none. */
  write(pieces: Pieces): void;
}

export function createStateStore(storage: ObjectStorage): StateStore {
  const { sql } = storage;
  /** The keys of pieces that need several rows. */
  const long = new Set<string>();

  function format(): number | undefined {
    const [table] = sql.exec("SELECT 1 FROM sqlite_schema WHERE name = 'prefreeze_about'");
    if (!table) return undefined;
    const [row] = sql.exec<{ value: number }>(
      "SELECT value FROM prefreeze_about WHERE name = 'format'",
    );
    return row?.value;
  }

  function begin(): void {
    storage.transactionSync(() => {
      sql.exec("CREATE TABLE prefreeze_about (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID");
      sql.exec(
        "CREATE TABLE prefreeze_pieces (name TEXT, part INTEGER, piece BLOB, PRIMARY KEY (name, part)) WITHOUT ROWID",
      );
      sql.exec("INSERT INTO prefreeze_about VALUES ('format', ?)", FORMAT);
    });
  }

  function put(key: string, piece: Uint8Array): void {
    const parts = Math.max(Math.ceil(piece.length / MAX_ROW_BYTES), 1);
    if (long.has(key)) remove(key);
    for (let part = 0; part < parts; part++) {
      const from = part * MAX_ROW_BYTES;
      sql.exec(
        "INSERT OR REPLACE INTO prefreeze_pieces VALUES (?, ?, ?)",
        key,
        part,
        parts === 1 ? piece : piece.slice(from, from + MAX_ROW_BYTES),
      );
    }
    if (parts > 1) long.add(key);
  }

  function remove(key: string): void {
    sql.exec("DELETE FROM prefreeze_pieces WHERE name = ?", key);
    long.delete(key);
  }

  return {
    isThere: () => format() !== undefined,
    open() {
      long.clear();
      const found = format();
      if (found === undefined) begin();
      else if (found !== FORMAT)
        throw new Error(
          `it has format ${found}, and this version reads ${FORMAT}: deploy the version that wrote it`,
        );
      return pieces();
    },
    write(pieces) {
      storage.transactionSync(() => {
        for (const [key, piece] of pieces) {
          if (piece === undefined) remove(key);
          else put(key, piece);
        }
      });
    },
  };

  function* pieces(): Iterable<readonly [string, Uint8Array]> {
    const rows = sql.exec<{ name: string; part: number; piece: ArrayBuffer }>(
      "SELECT name, part, piece FROM prefreeze_pieces ORDER BY name, part",
    );
    let key: string | undefined;
    let parts: Uint8Array[] = [];
    for (const { name, piece } of rows) {
      if (key !== undefined && name !== key) {
        yield [key, joined(parts)];
        parts = [];
      }
      key = name;
      parts.push(new Uint8Array(piece));
      if (parts.length > 1) long.add(name);
    }
    if (key !== undefined) yield [key, joined(parts)];
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
